/** Machine-mode lockdown (Smepmp): mseccfg, and what rules allow under it. */
import {
  access,
  csr,
  DATA,
  gives,
  illegal,
  jumps,
  keeps,
  loads,
  type Mode,
  prove,
  reads,
  run,
  type Step,
  stores,
  trap,
  value,
  write,
} from './privileged.js';

const CPU = 'rv64,h=false,v=false,smepmp=on';
const ISA = 'rv64gc_smepmp';
const [R, W, X, LOCK, NAPOT] = [1, 2, 4, 0x80, 0x18];
const [MML, MMWP, RLB] = [1, 2, 4];

/** A rule for 4 KiB of data, and what may be done there, as the specification's table has it: by machine mode, by the others. */
const table: readonly (readonly [setting: number, machine: string, lower: string])[] = [
  [0, '', ''],
  [X, '', 'x'],
  [W, 'rw', 'r'],
  [W | X, 'rw', 'rw'],
  [R, '', 'r'],
  [R | X, '', 'rx'],
  [R | W, '', 'rw'],
  [R | W | X, '', 'rwx'],
  [LOCK, '', ''],
  [LOCK | X, 'x', ''],
  [LOCK | W, 'x', 'x'],
  [LOCK | W | X, 'rx', 'x'],
  [LOCK | R, 'r', ''],
  [LOCK | R | X, 'rx', ''],
  [LOCK | R | W, 'rw', ''],
  [LOCK | R | W | X, 'r', 'r'],
];

/** Rules under which this program goes on when machine mode is locked down: its code, and everything else by the rule behind. */
const survive = [
  write('pmpaddr14', 0x8000_0000 / 4 + 0x1_ffff), // 1 MiB of code, for machine mode
  write('pmpcfg2', BigInt(NAPOT | LOCK | R | X) << 48n),
];
/** At the data: an environment call. */
const callAtData = run('li t0, 0x80200000; li t1, 0x73; sw t1, 0(t0); fence.i');
const place = write('pmpaddr0', DATA / 4 + 0x1ff);

function attempts(mode: Mode, may: string): Step[] {
  const ok = (right: string, cause: number) => (may.includes(right) ? value(0) : trap(cause, DATA));
  return [
    access(mode, DATA, 'ld x0, 0(t0)', ok('r', 5)),
    access(mode, DATA, 'li t1, 0x73; sd t1, 0(t0)', ok('w', 7)),
    jumps(mode, DATA, ok('x', 1)),
  ];
}

for (const [setting, machine, lower] of table)
  prove(`lockdown, rule ${setting.toString(2).padStart(8, '0')}`, ISA, CPU, [
    callAtData,
    write('mseccfg', RLB),
    ...survive,
    place,
    write('mseccfg', MML | RLB),
    keeps('pmpcfg0', NAPOT | setting),
    ...attempts('M', machine),
    ...attempts('S', lower),
    ...attempts('U', lower),
  ]);

prove('without lockdown a locked rule binds all, W without R is not kept', ISA, CPU, [
  callAtData,
  place,
  write('pmpcfg0', NAPOT | R),
  ...attempts('M', 'rwx'),
  ...attempts('S', 'r'),
  // QEMU keeps the reserved combination.
  { ...keeps('pmpcfg0', NAPOT | W, NAPOT), qemu: value(NAPOT | W) },
  keeps('pmpcfg0', NAPOT | LOCK | X),
  ...attempts('M', 'x'),
  ...attempts('U', 'x'),
  keeps('pmpcfg0', 0, NAPOT | LOCK | X),
]);

const NOT_CODE = 0x8010_0000;
prove('without a rule machine mode may not execute under lockdown', ISA, CPU, [
  run(`li t0, 0x${NOT_CODE.toString(16)}; li t1, 0x73; sw t1, 0(t0); fence.i`),
  ...survive,
  write('pmpcfg2', BigInt(NAPOT | LOCK | R | X) << 48n),
  loads('M', NOT_CODE, value(0x73)),
  jumps('M', NOT_CODE, value(0)),
  write('mseccfg', MML),
  loads('M', NOT_CODE, value(0x73)),
  stores('M', NOT_CODE + 8, value(0)),
  jumps('M', NOT_CODE, trap(1, NOT_CODE)),
  loads('S', NOT_CODE, trap(5, NOT_CODE)),
]);

prove('with an allow list machine mode may only do what rules allow', ISA, CPU, [
  write('pmpcfg2', 0),
  ...survive,
  write('pmpaddr13', 0x8030_0000 / 4 + 0x1_ffff), // where outcomes are kept
  write('pmpaddr12', 0x1000_0000 / 4 + 0x1ff), // the console
  write('pmpaddr11', 0x10_0000 / 4 + 0x1ff), // the switch
  write('pmpcfg2', (BigInt(NAPOT | LOCK | R | X) << 48n) | (0x1b1b1bn << 24n)),
  keeps('mseccfg', MMWP),
  loads('M', DATA, trap(5, DATA)),
  stores('M', DATA, trap(7, DATA)),
  jumps('M', DATA, trap(1, DATA)),
  keeps('mseccfg', 0, MMWP),
]);

prove('bits of mseccfg stick, and locked rules can be bypassed', ISA, CPU, [
  ...survive,
  keeps('mseccfg', RLB, 0),
  place,
  keeps('pmpcfg0', NAPOT | LOCK | R),
  keeps('pmpcfg0', 0, NAPOT | LOCK | R),
  keeps('pmpaddr0', 0, DATA / 4 + 0x1ff),
  keeps('mseccfg', MML),
  keeps('mseccfg', RLB, MML),
  // No rule may be added that lets machine mode execute; others may, and are locked.
  ...[X, W, W | X, R | X].map((rwx) => keeps('pmpcfg0', BigInt(NAPOT | LOCK | rwx) << 8n, NAPOT | LOCK | R)),
  keeps('pmpcfg0', BigInt(NAPOT | LOCK | R | W) << 8n, (BigInt(NAPOT | LOCK | R | W) << 8n) | BigInt(NAPOT | LOCK | R)),
  keeps('pmpcfg0', 0, (BigInt(NAPOT | LOCK | R | W) << 8n) | BigInt(NAPOT | LOCK | R)),
]);
prove('a bypass that is on stays possible', ISA, CPU, [
  keeps('mseccfg', RLB),
  ...survive,
  place,
  keeps('pmpcfg0', NAPOT | LOCK | R),
  keeps('pmpcfg0', NAPOT | LOCK | X),
  keeps('pmpaddr0', 0x1234),
  keeps('pmpcfg0', BigInt(0x08 | LOCK | R) << 8n),
  keeps('pmpaddr0', 0x5678),
  keeps('mseccfg', 0),
  keeps('pmpaddr0', 0x1234, 0x5678), // the bottom of a locked range
  keeps('mseccfg', RLB, 0),
]);

prove('no lockdown without Smepmp', 'rv64gc', 'rv64,h=false,v=false,smepmp=off', [
  gives(`csrr a0, ${csr('mseccfg')}`, illegal),
  reads('mscratch', 0),
]);
