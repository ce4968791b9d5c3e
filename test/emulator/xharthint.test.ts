/** Xharthint: hints that are nothing, until machine mode wants to hear of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { disassemble } from '../../assembler/disassemble.js';
import { loadImage } from '../../emulator/boot.js';
import { readElf } from '../../emulator/elf.js';
import type { EngineChoice } from '../../emulator/engine/choice.js';
import type { TrapEvent } from '../../emulator/events.js';
import { Machine } from '../../emulator/machine.js';
import { rowOf } from '../../isa/decode.js';
import { build, complaints } from '../assembler/ours.js';
import { Random } from '../fuzz/random.js';
import { soc } from './bare-metal.js';

const WITH = 'rv64gc_xharthint';
const WITHOUT = 'rv64gc';
const POWER_OFF = 'li t5, 0x100000\n li t6, 0x5555\n sw t6, 0(t5)\n 0: j 0b\n';

/** Run a program in machine mode to power-off. Its traps go to `handler`, by default over the instruction. */
async function run(source: string, isa = WITH, engine: EngineChoice = 'auto') {
  const text = `.globl _start
    _start: la t0, handler
    csrw mtvec, t0
    csrw stvec, t0
    li t0, -1
    csrw pmpaddr0, t0
    li t0, 0x1f
    csrw pmpcfg0, t0
    ${source}
    ${POWER_OFF}`;
  const elf = readElf(build(text, { entry: '_start', base: 0x8000_0000n }), 'test');
  const machine = await Machine.create(soc({ harts: [{ isa }] }), { engine });
  loadImage(machine.memory, elf, 'the program');
  machine.reset({ pc: elf.entry });
  const traps: TrapEvent[] = [];
  machine.events.on((event) => void (event.kind === 'trap' && traps.push(event)));
  assert.equal(machine.run(2_000_000).reason, 'power');
  const hart = machine.harts[0]!;
  return {
    hart,
    traps,
    x: (n: number) => hart.x(n),
    label: (n: string) => elf.symbols.find((s) => s.name === n)!.value,
  };
}

/** Machine mode's handler: an environment call ends the program, any other exception is stepped over. */
const HANDLER = `
  j begin
  .balign 4
handler:
  csrr t3, mcause
  li t4, 8
  beq t3, t4, 1f
  li t4, 9
  beq t3, t4, 1f
  csrr t3, mepc
  addi t3, t3, 4
  csrw mepc, t3
  mret
1: ${POWER_OFF}
begin:
`;
/** Go on behind this in U (mpp 0) or S (mpp 1). */
const enter = (mpp: 0 | 1) => `
  li t0, 0x1800
  csrc mstatus, t0
  li t0, ${mpp << 11}
  csrs mstatus, t0
  la t0, lower
  csrw mepc, t0
  mret
lower:
`;
const HINTS = 'soon: hart.soon 0\n hart.soon 1000\n hart.done 0\n done: hart.done 1000\n';
const words = [0x00102013, 0x7d102013, 0x00202013, 0x7d202013];

test('they are SLTI to x0 with twice the class and 1 or 2, and are written both ways', () => {
  assert.deepEqual(
    words.map((word) => disassemble(word, 0n, { has: () => true })?.text),
    ['hart.soon 0', 'hart.soon 1000', 'hart.done 0', 'hart.done 1000'],
  );
  const name = (imm: number) => rowOf(((imm << 20) | 0x2013) >>> 0)?.name;
  for (const imm of [0, -1, -2, -2048, 2003, 2004, 2047]) assert.equal(name(imm), 'slti', `${imm} is no hint`);
  for (const imm of [1, 3, 2001]) assert.equal(name(imm), 'hart.soon', String(imm));
  for (const imm of [2, 4, 2002]) assert.equal(name(imm), 'hart.done', String(imm));
  assert.equal(rowOf(0x00102093)?.name, 'slti', 'with another rd it is a comparison');
  assert.equal(rowOf(0x0010a013)?.name, 'slti', 'and with another rs1');
  assert.match(complaints('hart.soon 1001').join(), /1001/);
  assert.match(complaints('hart.done -1').join(), /-1/);
});

test('in user mode, when machine mode has asked for it, they raise exception 24 with the instruction as its value', async () => {
  const { traps, label } = await run(`${HANDLER} csrwi mhint, 1\n ${enter(0)} ${HINTS} ecall`);
  assert.deepEqual(
    traps.map(({ cause, tval, from, to }) => [cause, tval, from, to]),
    [...words.map((word) => [24, BigInt(word), 0, 3]), [8, 0n, 0, 3]],
  );
  assert.deepEqual([traps[0]!.pc, traps[3]!.pc], [label('soon'), label('done')]);
});

test('the supervisor gets them where medeleg says so', async () => {
  const handler = HANDLER.replaceAll('mcause', 'scause').replaceAll('mepc', 'sepc').replace('mret', 'sret');
  const { traps } = await run(
    `${handler} li t0, 1 << 24 | 1 << 8\n csrw medeleg, t0\n csrwi mhint, 1\n ${enter(0)} ${HINTS} ecall`,
  );
  assert.deepEqual(
    traps.map(({ cause, to }) => [cause, to]),
    [...words.map(() => [24, 1]), [8, 1]],
  );
});

test('in other modes, and until they are asked for, they are nothing', async () => {
  for (const source of [
    `csrwi mhint, 1\n ${HINTS} ${enter(1)} ${HINTS} ecall`,
    `csrwi mhint, 0\n ${enter(0)} ${HINTS} ecall`,
  ]) {
    const { traps } = await run(`${HANDLER} ${source.replace(HINTS, HINTS.replaceAll(/\w+:/g, ''))}`);
    assert.deepEqual(
      traps.map(({ cause }) => cause),
      [source.includes('mhint, 1') ? 9 : 8],
    );
  }
});

test('mhint has one bit, and medeleg one for them; a hart without the extension has neither', async () => {
  const of = async (isa: string) => (await Machine.create(soc({ harts: [{ isa }] }))).harts[0]!;
  const hart = await of(WITH);
  hart.setCsr('mhint', ~0n);
  hart.setCsr('medeleg', ~0n);
  assert.equal(hart.csr('mhint'), 1n);
  assert.equal(hart.csr('medeleg'), 0x100_b3ffn);
  const other = await of(WITHOUT);
  other.setCsr('medeleg', ~0n);
  assert.equal(other.csr('medeleg'), 0xb3ffn);
  assert.throws(() => other.csr('mhint'), /has no CSR mhint/);
  const { traps } = await run(`${HANDLER} csrr t1, mhint\n ${enter(0)} csrr t1, 0x7c0\n ${HINTS} ecall`, WITHOUT);
  assert.deepEqual(
    traps.map(({ cause }) => cause),
    [2, 2, 8],
  );
  const user = await run(`${HANDLER} ${enter(0)} csrr t1, mhint\n ecall`);
  assert.deepEqual(
    user.traps.map(({ cause }) => cause),
    [2, 8],
    'it is machine mode’s',
  );
});

/** Loops of arithmetic with hints anywhere among it; the handler counts in s10, so that a hint leaves a trace where it is one. */
function program(seed: number, hinted: boolean): string {
  const random = new Random(seed);
  const register = () => `a${random.below(8)}`;
  const line = () => {
    // Drawn in any case, so that the program without hints is the same otherwise.
    const [at, kind, number] = [random.oneIn(4), random.oneIn(2), random.below(1001)];
    const plain = [
      () => `add ${register()}, ${register()}, ${register()}`,
      () => `addi ${register()}, ${register()}, ${random.below(4096) - 2048}`,
      () => `xor ${register()}, ${register()}, ${register()}`,
      () => `slti ${register()}, ${register()}, ${random.below(4096) - 2048}`,
      () => `slli ${register()}, ${register()}, ${random.below(64)}`,
      () => `slti x0, ${register()}, ${random.below(4096) - 2048}`,
    ];
    const text = random.pick(plain)();
    if (!at) return text;
    return hinted ? `hart.${kind ? 'soon' : 'done'} ${number}` : 'addi x0, x0, 0';
  };
  const lines = (n: number) => Array.from({ length: n }, line).join('\n');
  return `
    li s1, ${3 + random.below(5)}
  1: ${lines(random.below(12))}
    li s2, ${20 + random.below(60)}
  2: ${lines(4 + random.below(12))}
    addi s2, s2, -1
    bnez s2, 2b
    ${lines(random.below(6))}
    addi s1, s1, -1
    bnez s1, 1b
    ecall`;
}

test('random programs: both engines agree, hints cost what nothing costs, and each is heard of once', async () => {
  const counting = HANDLER.replace('csrr t3, mepc', 'addi s10, s10, 1\n csrr t3, mepc');
  let all = 0;
  for (let seed = 1; seed <= 12; seed++) {
    const whole = (hinted: boolean, on: boolean) =>
      `${counting} ${on ? 'csrwi mhint, 1' : 'csrwi mscratch, 1'}\n ${enter(0)} ${program(seed, hinted)}`;
    const outcome = async (source: string, isa: string, engine: EngineChoice) => {
      const { hart, traps, x } = await run(source, isa, engine);
      const kept = Array.from({ length: 32 }, (_, n) => (n >= 28 ? 0n : x(n)));
      return { hints: traps.filter(({ cause }) => cause === 24).length, time: hart.time, instret: hart.instret, kept };
    };
    const engines = ['interpreter', 'translator'] as const;
    const [silent, translated] = await Promise.all(engines.map((each) => outcome(whole(true, false), WITHOUT, each)));
    assert.deepEqual(translated, silent, `seed ${seed}, a hart without`);
    const nothing = await outcome(whole(false, false), WITHOUT, 'interpreter');
    assert.deepEqual(nothing, silent, `seed ${seed}: a hint is one instruction that does nothing`);
    for (const engine of engines)
      assert.deepEqual(
        await outcome(whole(true, false), WITH, engine),
        silent,
        `seed ${seed}, not asked for, ${engine}`,
      );
    const [heard, heardTranslated] = await Promise.all(engines.map((each) => outcome(whole(true, true), WITH, each)));
    assert.deepEqual(heardTranslated, heard, `seed ${seed}, asked for`);
    all += heard!.hints;
    assert.equal(heard!.kept[26], BigInt(heard!.hints));
    const same = (kept: readonly bigint[]) => kept.filter((_, n) => n !== 26);
    assert.deepEqual(
      same(heard!.kept),
      same(silent!.kept),
      `seed ${seed}: a handler that steps over them changes nothing`,
    );
  }
  assert.ok(all > 1000, `${all} hints`);
});
