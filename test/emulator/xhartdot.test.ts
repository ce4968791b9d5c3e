/** Xhartdot against a model of its own: no other machine knows it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { disassemble } from '../../assembler/disassemble.js';
import { loadImage } from '../../emulator/boot.js';
import { readElf } from '../../emulator/elf.js';
import { Machine } from '../../emulator/machine.js';
import { causes } from '../../isa/csrs.js';
import { assembleLines, gnu } from '../assembler/other-tools.js';
import { build, complaints, textOf } from '../assembler/ours.js';
import { Random } from '../fuzz/random.js';
import { needs } from '../tools.js';
import { soc } from './bare-metal.js';

const DOT = { harts: [{ isa: 'rv64gc_xhartdot' }] };
const ON = 'csrwi dotstatus, 1\n';

/** Run a program in machine mode until it comes to `end`; a trap goes to `caught`. */
async function run(
  source: string,
  description: Record<string, unknown> = DOT,
  start?: (machine: Machine) => void,
  budget = 100_000,
) {
  const text = `.globl _start\n_start: la t0, caught\n csrw mtvec, t0\n${source}\nend: j end\n.balign 4\ncaught: j caught\n`;
  const elf = readElf(build(text, { entry: '_start', base: 0x8000_0000n }), 'test');
  const machine = await Machine.create(soc(description));
  loadImage(machine.memory, elf, 'the program');
  machine.reset({ pc: elf.entry });
  start?.(machine);
  const stops = ['end', 'caught'].map((label) => elf.symbols.find(({ name }) => name === label)!.value);
  for (const va of stops) machine.breakpoints.add({ va });
  assert.equal(machine.run(budget).reason, 'breakpoint');
  const hart = machine.harts[0]!;
  return { hart, machine, trapped: hart.pc === stops[1], x: (n: number) => BigInt.asIntN(64, hart.x(n)) };
}

const bytes = (word: bigint, signed: boolean) =>
  Array.from({ length: 8 }, (_, n) => {
    const byte = (word >> BigInt(8 * n)) & 0xffn;
    return signed ? BigInt.asIntN(8, byte) : byte;
  });
const dot = (a: bigint, b: bigint, bSigned = true) => {
  const other = bytes(b, bSigned);
  return bytes(a, true).reduce((sum, each, n) => sum + each * other[n]!, 0n);
};
/** Nearest, halves up, clipped to a byte. */
const narrowed = (sum: bigint, by: bigint) => {
  const rounded = by ? (sum + (1n << (by - 1n))) >> by : sum;
  return rounded < -128n ? -128n : rounded > 127n ? 127n : rounded;
};

test('dot products are those of the model, byte by byte', async () => {
  const random = new Random(7);
  const word64 = () => (BigInt(random.word() >>> 0) << 32n) | BigInt(random.word() >>> 0);
  const extremes = [0n, 0x8080808080808080n, 0x7f7f7f7f7f7f7f7fn, 0xffffffffffffffffn];
  for (let round = 0; round < 24; round++) {
    const [a, b] = [0, 1].map(() => (round < 16 ? extremes[random.below(4)]! : word64())) as [bigint, bigint];
    const source = `${ON}
      hdot.macc a0, a1
      csrr a2, dotacc
      hdot.clear
      csrr a3, dotacc
      hdot.maccsu a0, a1
      csrr a4, dotacc
      hdot.set d5, a1
      hdot.maccd a0, d5
      csrr a5, dotacc
      hdot.get a6, d5`;
    const { x } = await run(source, DOT, ({ harts }) => {
      harts[0]!.setX(10, a);
      harts[0]!.setX(11, b);
    });
    const expected = [dot(a, b), 0n, dot(a, b, false), dot(a, b, false) + dot(a, b), BigInt.asIntN(64, b)];
    assert.deepEqual([12, 13, 14, 15, 16].map(x), expected, `${a.toString(16)} · ${b.toString(16)}`);
  }
});

test('the accumulator is taken with rounding and clipping, and is 0 afterwards', async () => {
  const limit = 2n ** 63n;
  for (const sum of [0n, 1n, -1n, 5n, 6n, -6n, -10n, 127n, 128n, -128n, -129n, 1000n, -1000n, limit - 1n, -limit]) {
    const shifts = [0n, 1n, 2n, 3n, 8n, 56n, 63n];
    const takes = shifts.map(
      (shift, n) => `csrw dotacc, a0\n hdot.take x${18 + n}, ${shift}\n csrr t0, dotacc\n or a1, a1, t0`,
    );
    const { x } = await run(`${ON} ${takes.join('\n')}`, DOT, ({ harts }) => harts[0]!.setX(10, sum));
    assert.deepEqual(
      shifts.map((_, n) => x(18 + n)),
      shifts.map((shift) => narrowed(sum, shift)),
      `${sum}`,
    );
    assert.equal(x(11), 0n);
  }
});

test('a hot loop gives what the model gives: translated code goes on with the unit as it is', async () => {
  const rounds = 20_000n;
  const source = `${ON} la s0, words\n li s1, ${rounds}\n li a0, 0
    1: ld t0, (s0)\n hdot.load d1, 8(s0)\n hdot.maccd t0, d1\n hdot.get t1, d1\n add a0, a0, t1
    andi t2, s1, 1023\n bnez t2, 2f\n hdot.take t3, 4\n add a1, a1, t3
    2: addi t0, t0, 3\n sd t0, (s0)\n hdot.set d2, t0\n hdot.store d2, 16(s0)\n addi s1, s1, -1\n bnez s1, 1b
    csrr a2, dotacc\n ld a3, 16(s0)\n j end\n .balign 8\n words: .dword 0x0102f3f405067f80, 0x11fe03fc05fa0780, 0`;
  const { x } = await run(source, DOT, undefined, 1_000_000);
  let [a, sum, taken, gotten] = [0x0102f3f405067f80n, 0n, 0n, 0n];
  const b = 0x11fe03fc05fa0780n;
  for (let left = rounds; left > 0n; left--) {
    sum += dot(a, b);
    gotten += b;
    if (left % 1024n === 0n) {
      taken += narrowed(sum, 4n);
      sum = 0n;
    }
    a += 3n;
  }
  assert.deepEqual(
    [10, 11, 12, 13].map(x),
    [gotten, taken, sum, a].map((n) => BigInt.asIntN(64, n)),
  );
});

test('the scratchpad is loaded and stored, each register by its own name', async () => {
  const all = Array.from({ length: 8 }, (_, n) => n);
  const source = `${ON} la a0, from\n la a1, to
    ${all.map((n) => `hdot.load d${n}, ${8 * n - 24}(a0)`).join('\n')}
    ${all.map((n) => `hdot.store d${n}, ${8 * (7 - n)}(a1)`).join('\n')}
    ld a2, (a1)\n ld a3, 56(a1)\n j end
    .balign 8\n ${all.map((n) => `${n === 3 ? 'from:' : ''} .dword 0x0101010101010101 * ${n}`).join('\n')}
    to: .zero 64`;
  const { x, hart } = await run(source);
  assert.deepEqual([x(12), x(13)], [0x0707070707070707n, 0n]);
  const [unit] = hart.units;
  assert.deepEqual(
    all.map((n) => hart.unitWord(unit!, n)),
    all.map((n) => 0x0101010101010101n * BigInt(n)),
  );
});

test('a load that faults changes nothing', async () => {
  const { hart, trapped } = await run(`${ON} li a0, 5\n hdot.set d1, a0\n csrwi dotstatus, 2\n hdot.load d1, 0(zero)`);
  assert.ok(trapped);
  assert.equal(hart.csr('mcause'), BigInt(causes.loadAccess));
  assert.equal(hart.unitWord(hart.units[0]!, 1), 5n);
  assert.equal(hart.csr('dotstatus'), 2n);
});

test('the unit is off until its status says otherwise, and dirty once it was changed', async () => {
  for (const instruction of ['hdot.clear', 'hdot.get a0, d0', 'csrr a0, dotacc', 'csrwi dotacc, 1']) {
    const { hart, trapped } = await run(instruction);
    assert.ok(trapped, instruction);
    assert.equal(hart.csr('mcause'), BigInt(causes.illegal), instruction);
    assert.equal((hart.csr('mstatus') >> 15n) & 3n, 0n);
    const on = await run(ON + instruction);
    assert.ok(!on.trapped, instruction);
    const changes = !/get|csrr /.test(instruction);
    assert.equal(on.hart.csr('dotstatus'), changes ? 3n : 1n, instruction);
    assert.equal((on.hart.csr('mstatus') >> 15n) & 3n, changes ? 3n : 1n, 'mstatus.XS sums it up');
    assert.equal(on.hart.csr('sstatus') >> 63n, changes ? 1n : 0n, 'SD too');
  }
});

test('reset switches the unit off and empties it', async () => {
  const { hart, machine } = await run(`${ON} li a0, -1\n hdot.set d7, a0\n hdot.macc a0, a0`);
  machine.reset({ pc: 0x8000_0000n });
  const [unit] = hart.units;
  assert.deepEqual(
    Array.from({ length: unit!.words }, (_, n) => hart.unitWord(unit!, n)),
    Array(9).fill(0n),
  );
  assert.equal(hart.csr('dotstatus'), 0n);
});

test('a hart without Xhartdot has neither its instructions nor its registers', async () => {
  for (const instruction of ['hdot.clear', 'csrr a0, dotacc', 'csrwi dotstatus, 1', 'hdot.load d0, (a0)']) {
    const { hart, trapped } = await run(instruction, {});
    assert.ok(trapped, instruction);
    assert.equal(hart.csr('mcause'), BigInt(causes.illegal), instruction);
  }
});

test('the supervisor switches the unit on, user mode can not', async () => {
  const user = (enter: string, what: string) =>
    `li t0, -1\n csrw pmpaddr0, t0\n li t0, 31\n csrw pmpcfg0, t0\n li t0, ${enter}\n csrw mstatus, t0\n la t0, 1f\n csrw mepc, t0\n mret\n1: ${what}`;
  const supervisor = await run(user('0x800', 'csrwi dotstatus, 1\n hdot.clear'));
  assert.ok(!supervisor.trapped);
  const there = await run(user('0', 'csrwi dotstatus, 1'));
  assert.ok(there.trapped);
  const allowed = await run(ON + user('0', 'csrwi dotacc, 9\n csrr a0, dotacc'));
  assert.equal(allowed.x(10), 9n);
});

test('the words are those that GNU as makes of their formats', needs(...gnu.tools), () => {
  const pairs: readonly (readonly [ours: string, formats: string])[] = [
    ['hdot.load d7, -2048(a1)', '.insn i 0x0b, 0, x7, a1, -2048'],
    ['hdot.store d6, 2047(t6)', '.insn s 0x0b, 1, x6, 2047(t6)'],
    ['hdot.set d3, s1', '.insn r 0x0b, 2, 0, x3, s1, x0'],
    ['hdot.get a7, d5', '.insn r 0x0b, 2, 1, a7, x0, x5'],
    ['hdot.macc t0, t1', '.insn r 0x0b, 3, 0, x0, t0, t1'],
    ['hdot.maccsu t0, t1', '.insn r 0x0b, 3, 1, x0, t0, t1'],
    ['hdot.maccd t0, d2', '.insn r 0x0b, 3, 2, x0, t0, x2'],
    ['hdot.clear', '.insn r 0x0b, 4, 0, x0, x0, x0'],
    ['hdot.take a0, 33', '.insn i 0x0b, 5, a0, x0, 33'],
  ];
  const { bytes: other, refused } = assembleLines(
    gnu,
    ['.text'],
    pairs.map(([, formats]) => formats),
  );
  assert.equal(refused.size, 0);
  assert.deepEqual(textOf(pairs.map(([ours]) => ours).join('\n')), new Uint8Array(other));
  const view = new DataView(other.buffer, other.byteOffset);
  const bare = (text: string) => text.replaceAll(/\s/g, '');
  pairs.forEach(([ours], n) => assert.equal(bare(disassemble(view.getUint32(4 * n, true), 0n).text), bare(ours)));
});

test('mistakes are told with what was expected, and d0 is a name like any other elsewhere', () => {
  assert.deepEqual(
    complaints(
      'hdot.load d8, (a0)\nhdot.set a0, a1\nhdot.maccd a0, d01\nhdot.get d1, d2\nhdot.take a0, 64\ncsrr a0, dotac\n',
    ),
    [
      'a.s:1:11: error: expected a register d0 to d7',
      'a.s:2:10: error: expected a register d0 to d7',
      'a.s:3:16: error: expected a register d0 to d7',
      'a.s:4:10: error: expected an integer register',
      'a.s:5:15: error: 64 is out of range: it must be from 0 to 63',
      'a.s:6:10: error: there is no CSR dotac; did you mean dotacc?',
    ],
  );
  assert.deepEqual(complaints('d0: .dword d0\n la a0, d0\n'), []);
  const [missing] = complaints('hdot.clear\n', { arch: 'rv64gc' });
  assert.match(missing!, /^a\.s:1:1: error: .*xhartdot/i);
});
