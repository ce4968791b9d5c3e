/** Sv39, Sv48 and Sv57 with what changes their page-table entries: Svade, Svadu, Svpbmt, Svnapot. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Machine } from '../../emulator/machine.js';
import { soc } from './bare-metal.js';
import {
  DATA,
  fence,
  jumps,
  keeps,
  loads,
  peek,
  poke,
  prove,
  reads,
  run,
  type Step,
  stores,
  TABLES,
  trap,
  value,
  write,
} from './privileged.js';

const [V, R, W, X, U, A, D] = [1, 2, 4, 8, 16, 64, 128];
const RW = V | R | W | A | D;
const READ = 13;
const WRITE = 15;
const FETCH = 12;

const entry = (pa: number, flags: number, high = 0n) => (BigInt(pa / 4096) << 10n) | BigInt(flags) | high;
/** Entry n of table t. */
const at = (t: number, n: number) => TABLES + 4096 * t + 8 * n;
const satp = (mode: number) => (BigInt(mode) << 60n) | BigInt(TABLES / 4096);
const N = 1n << 63n;
const pbmt = (type: number) => BigInt(type) << 61n;

/** Under table 0, pointers through entry 1 of each table down to the lowest, whose number is the count of pointers. */
const chain = (levels: number): Step[] =>
  Array.from({ length: levels - 1 }, (_, t) => poke(at(t, 1), entry(TABLES + 4096 * (t + 1), V)));
/** The address with these indices, the highest level first. */
const va = (...indices: number[]) => indices.reduce((all, n) => (all << 9n) | BigInt(n), 0n) << 12n;

const CPU = 'rv64,h=false,v=false';

for (const [mode, levels, isa] of [
  [8, 3, 'rv64gc'],
  [9, 4, 'rv64gc_sv48'],
  [10, 5, 'rv64gc_sv57'],
] as const) {
  const ones = Array.from({ length: levels - 1 }, () => 1);
  const page = va(...ones, 5);
  const bits = 12 + 9 * levels;
  const high = BigInt.asUintN(64, BigInt.asIntN(bits, va(511, ...ones.slice(1), 5)));
  prove(`translation with ${levels} levels`, isa, `${CPU},svade=off`, [
    ...chain(levels),
    poke(at(0, 511), entry(TABLES + 4096, V)),
    poke(at(levels - 1, 5), entry(DATA, RW)),
    poke(DATA, 0x1234),
    poke(DATA + 0x1000, 0x99),
    write('satp', satp(mode)),
    fence,
    reads('satp', satp(mode)),
    loads('S', page, value(0x1234)),
    loads('S', high, value(0x1234)),
    loads('U', page, trap(READ, page)),
    stores('S', page + 8n, value(0)),
    peek(DATA + 8, 7),
    // An address that is not the extension of its highest translated bit.
    loads('S', page | (1n << BigInt(bits - 1)), trap(READ, page | (1n << BigInt(bits - 1)))),
    loads('S', page | (1n << BigInt(bits)), trap(READ, page | (1n << BigInt(bits)))),
    loads('S', page | (1n << 63n), trap(READ, page | (1n << 63n))),
    loads('S', va(...ones, 6), trap(READ, va(...ones, 6))),
    // A leaf at every level, aligned and not.
    ...Array.from({ length: levels - 1 }, (_, k) => k + 1).flatMap((level) => {
      const indices = [
        ...Array.from({ length: levels - 1 - level }, () => 1),
        3,
        ...Array.from({ length: level }, () => 0),
      ];
      const base = va(...indices);
      const span = 2 ** (12 + 9 * level);
      const slot = at(levels - 1 - level, 3);
      const pa = Math.floor(DATA / span) * span;
      return [
        poke(slot, entry(pa, RW)),
        fence,
        loads('S', base + BigInt(DATA - pa) + 0x1000n, value(0x99)),
        poke(slot, entry(pa + 0x1000, RW)),
        fence,
        loads('S', base, trap(READ, base)),
        poke(slot, entry(pa + span / 2, RW)),
        fence,
        loads('S', base, trap(READ, base)),
      ];
    }),
    // What a pointer and a leaf must not be.
    ...[V, V | A, V | D, V | U, V | W, V | W | X].flatMap((flags) => [
      poke(at(levels - 1, 7), entry(DATA, flags)),
      fence,
      loads('S', va(...ones, 7), trap(READ, va(...ones, 7))),
      stores('S', va(...ones, 7), trap(WRITE, va(...ones, 7))),
    ]),
    ...[V | A, V | D, V | U].flatMap((flags) => [
      poke(at(0, 1), entry(TABLES + 4096, flags)),
      fence,
      loads('S', page, trap(READ, page)),
    ]),
    ...[54, 55, 56, 57, 58, 59, 60, 61, 62, 63].flatMap((bit) => [
      poke(at(0, 1), entry(TABLES + 4096, V)),
      poke(at(levels - 1, 5), entry(DATA, RW, 1n << BigInt(bit))),
      fence,
      loads('S', page, trap(READ, page)),
      poke(at(levels - 1, 5), entry(DATA, RW)),
      poke(at(0, 1), entry(TABLES + 4096, V, 1n << BigInt(bit))),
      fence,
      loads('S', page, trap(READ, page)),
    ]),
    // Modes that the hart lacks change nothing.
    keeps('satp', 1n << 60n, satp(mode)),
    keeps('satp', (11n << 60n) | 5n, satp(mode)),
    keeps('satp', 0),
  ]);
}

prove('a hart without Sv48 and Sv57 does not take their modes', 'rv64gc', `${CPU},sv48=off,sv57=off`, [
  keeps('satp', satp(9), 0),
  keeps('satp', satp(10), 0),
  keeps('satp', satp(8)),
]);

const page = va(1, 1, 5);
/** Tables of Sv39 with one page for each of the entries, from page 5 on. */
const three = (...entries: bigint[]) => [
  ...chain(3),
  ...entries.map((e, n) => poke(at(2, 5 + n), e)),
  write('satp', satp(8)),
  fence,
];
const next = (n: number) => page + 4096n * BigInt(n);
const mark = (n: number, expect: bigint) => peek(at(2, 5 + n), expect);

const unmarked = [V | R | W, V | R | W | A, V | R | W | A | D].map((flags) => entry(DATA, flags));
const leftToSoftware = [
  loads('S', next(0), trap(READ, next(0))),
  stores('S', next(0), trap(WRITE, next(0))),
  loads('S', next(1), value(0)),
  stores('S', next(1), trap(WRITE, next(1))),
  stores('S', next(2), value(0)),
  mark(0, unmarked[0]!),
  mark(1, unmarked[1]!),
];
const setByTheWalk = [
  loads('S', next(0), value(7)),
  mark(0, unmarked[1]!),
  stores('S', next(0), value(0)),
  mark(0, unmarked[2]!),
  stores('S', next(1), value(0)),
  mark(1, unmarked[2]!),
];
prove('Svade leaves accessed and dirty to software', 'rv64gc_svade', `${CPU},svadu=off,svade=on`, [
  ...three(...unmarked),
  keeps('menvcfg', 1n << 61n, 0),
  ...leftToSoftware,
]);
prove('Svadu sets accessed and dirty when menvcfg says so', 'rv64gc_svadu', `${CPU},svadu=on,svade=off`, [
  ...three(...unmarked),
  keeps('menvcfg', 0),
  ...leftToSoftware,
  keeps('menvcfg', 1n << 61n),
  fence,
  ...setByTheWalk,
]);
prove('Svade beside Svadu: menvcfg decides', 'rv64gc_svade_svadu', `${CPU},svadu=on,svade=on`, [
  ...three(...unmarked),
  keeps('menvcfg', 0),
  ...leftToSoftware,
  keeps('menvcfg', 1n << 61n),
  fence,
  ...setByTheWalk,
]);
prove('the walk sets the bits under PMP as a supervisor would', 'rv64gc_svadu', `${CPU},svadu=on,svade=off`, [
  ...three(...unmarked),
  write('menvcfg', 1n << 61n),
  write('pmpaddr0', TABLES / 4 + 0x1fff),
  write('pmpcfg0', 0x19),
  fence,
  loads('S', next(0), trap(5, next(0))),
  loads('S', next(1), value(0)),
  stores('S', next(1), trap(7, next(1))),
  stores('S', next(2), value(0)),
  write('pmpcfg0', 0x18),
  fence,
  loads('S', next(2), trap(5, next(2))),
]);

prove('memory types', 'rv64gc_svpbmt', `${CPU},svpbmt=on`, [
  write('menvcfg', 0),
  ...three(...[0, 1, 2, 3].map((type) => entry(DATA, RW, pbmt(type)))),
  poke(DATA, 0x77),
  loads('S', next(0), value(0x77)),
  loads('S', next(1), trap(READ, next(1))),
  keeps('menvcfg', 1n << 62n),
  fence,
  loads('S', next(0), value(0x77)),
  loads('S', next(1), value(0x77)),
  loads('S', next(2), value(0x77)),
  loads('S', next(3), trap(READ, next(3))),
  stores('S', next(3), trap(WRITE, next(3))),
  poke(at(1, 1), entry(TABLES + 8192, V, pbmt(1))),
  fence,
  loads('S', next(0), trap(READ, next(0))),
]);
prove('a hart without Svpbmt has no memory types', 'rv64gc', `${CPU},svpbmt=off`, [
  ...three(entry(DATA, RW, pbmt(1))),
  keeps('menvcfg', 1n << 62n, 0),
  loads('S', next(0), trap(READ, next(0))),
]);

const napot = [0b1000, 0b0000, 0b0100, 0b1100, 0b1010, 0b1001].map((low) => entry(DATA + 4096 * low, RW, N));
prove('ranges of 64 KiB', 'rv64gc_svnapot', `${CPU},svnapot=on`, [
  ...three(...napot),
  ...Array.from({ length: 16 }, (_, n) => poke(DATA + 4096 * n, 0x100 + n)),
  // An entry serves its own page of the range: page 5 of the tables is page 5 of the range.
  loads('S', next(0), value(0x105)),
  ...[1, 2, 3, 4, 5].map((n) => loads('S', next(n), trap(READ, next(n)))),
  ...Array.from({ length: 16 }, (_, n) => poke(at(2, 16 + n), napot[0]!)),
  ...Array.from({ length: 16 }, (_, n) => loads('S', va(1, 1, 16 + n), value(0x100 + n))),
  // No such range above the lowest level, nor among pointers.
  poke(at(1, 2), entry(DATA & ~0x1f_ffff, RW, N)),
  loads('S', va(1, 2, 0), trap(READ, va(1, 2, 0))),
  poke(at(1, 1), entry(TABLES + 8192, V, N)),
  fence,
  loads('S', next(0), trap(READ, next(0))),
]);
prove('a hart without Svnapot has no such ranges', 'rv64gc', `${CPU},svnapot=off`, [
  ...three(napot[0]!),
  loads('S', next(0), trap(READ, next(0))),
]);

/** Two instructions that give 9: what a fetch is meant to find. */
const CODE = [
  run('la t0, 1f; ld t1, 0(t0); li t2, 0x80200000; sd t1, 0(t2); fence.i; j 2f; .align 3; 1: li a0, 9; ecall; 2:'),
];
prove('fetches with five levels', 'rv64gc_sv57_svade', `${CPU},svadu=off,svade=on`, [
  ...chain(5),
  ...CODE,
  poke(at(4, 5), entry(DATA, V | X | A)),
  poke(at(4, 6), entry(DATA, V | X)),
  poke(at(4, 7), entry(DATA, V | R | A)),
  poke(at(4, 8), entry(DATA, V | X | U | A)),
  write('satp', satp(10)),
  fence,
  jumps('S', va(1, 1, 1, 1, 5), value(9)),
  jumps('S', va(1, 1, 1, 1, 6), trap(FETCH, va(1, 1, 1, 1, 6))),
  jumps('S', va(1, 1, 1, 1, 7), trap(FETCH, va(1, 1, 1, 1, 7))),
  jumps('S', va(1, 1, 1, 1, 8), trap(FETCH, va(1, 1, 1, 1, 8))),
  jumps('U', va(1, 1, 1, 1, 8), value(9)),
  jumps('U', va(1, 1, 1, 1, 8) | (1n << 60n), trap(FETCH, va(1, 1, 1, 1, 8) | (1n << 60n))),
]);

test("looking in from outside follows five levels, in the hart's own space or another, with or without a tag", async () => {
  const machine = await Machine.create(soc({ harts: [{ isa: 'rv64gc_sv57_ssnpm_svade' }] }));
  machine.reset({ pc: 0x8000_0000n });
  const poke = (pa: number, v: bigint) => machine.memory.write(pa, new Uint8Array(BigUint64Array.of(v).buffer));
  for (let t = 0; t < 4; t++) poke(at(t, 1), entry(TABLES + 4096 * (t + 1), V));
  poke(at(4, 5), entry(DATA, V | R | U)); // Svade: software would set A, but who looks needs none
  poke(DATA + 8, 0x1122n);
  const address = va(1, 1, 1, 1, 5) + 8n;
  const seen = (where: bigint, space?: bigint) => [...machine.readVirtual(0, where, 2, space)];
  assert.deepEqual(seen(address, satp(10)), [0x22, 0x11]);
  assert.deepEqual(seen(address, satp(9)), [], 'four levels do not reach so far');
  const [hart] = machine.harts;
  hart!.setCsr('satp', satp(10));
  hart!.setPrivilege(0);
  assert.deepEqual(seen(address), [0x22, 0x11]);
  const tagged = address | (0x55n << 57n);
  assert.deepEqual(seen(tagged), []);
  hart!.setCsr('senvcfg', 2n << 32n);
  assert.deepEqual(seen(tagged), [0x22, 0x11]);
  assert.equal(machine.translate(0, address, 'read'), undefined, 'a load would fault');
  assert.deepEqual(machine.translate(0, address), { pa: DATA + 8 });
});
