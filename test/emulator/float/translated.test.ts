/**
 * Floating-point rows that stand in translated code themselves (emulator/engine/translator/float.ts): a loop around each over ordinary and special numbers, with
 * flags clear and raised and in every rounding mode, on interpreter and translator. Results and flags must be the same.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode } from '../../../emulator/engine/decoder.js';
import type { EngineChoice } from '../../../emulator/engine/choice.js';
import type { Step } from '../../../emulator/engine/translator/code.js';
import { isInlineFloat } from '../../../emulator/engine/translator/float.js';
import { encode } from '../../../isa/encode.js';
import { extract, operandNames, operands } from '../../../isa/operands.js';
import { instructions } from '../../../isa/table.js';
import type { Instruction } from '../../../isa/types.js';
import { Random } from '../../fuzz/random.js';
import { needs } from '../../tools.js';
import { assemble, END, load, TOOLS } from '../bare-metal.js';
import { needsFused } from '../fused.js';

const rounds = (row: Instruction) => operandNames(row).some((name) => operands[name].class === 'rounding');
const has = (extension: string) => extension.startsWith('Z') || extension.length === 1;
const DYNAMIC = 7;
const PASSES = 50;
const LOOPS = 30;

function stepOf(row: Instruction, rounding: number): { word: number; step: Step } {
  const values = operandNames(row).map((name) => {
    const kind = operands[name].class;
    if (kind === 'f') return { fd: 10, fs1: 11, fs2: 12, fs3: 13 }[name as 'fd']!;
    if (kind === 'x') return name === 'rd' ? 10 : 11;
    return kind === 'rounding' ? rounding : 0;
  });
  const word = encode(row, values);
  const known = new Map(operandNames(row).map((name) => [name, extract(operands[name], word)] as const));
  return { word, step: { at: 0, length: 4, row, word, values: known } };
}

const doubles = [
  0,
  1,
  -1,
  0.1,
  1 / 3,
  2 ** 52,
  2 ** -1022,
  2 ** -1074,
  2 ** 1023,
  1e308,
  1e-300,
  Math.PI,
  3.5,
  2 ** 31,
  2 ** 63,
];
const rest = [0x7ff0000000000000n, 0xfff0000000000000n, 0x7ff8000000000000n, 0x7ff0000000000001n, 0x8000000000000000n];

/** Numbers of a format that results hang on. */
function number(random: Random, single: boolean): bigint {
  const view = new DataView(new ArrayBuffer(8));
  const value =
    random.pick(doubles) * (random.oneIn(2) ? -1 : 1) * (random.oneIn(3) ? 1 + random.word() * 2 ** -40 : 1);
  if (single) {
    if (random.oneIn(12)) return random.pick([0xffffffff7f800000n, 0xffffffff7fc00000n, 0xffffffff7f800001n, 1n]);
    if (random.oneIn(6)) return 0xffffffff00000000n | BigInt(random.word());
    view.setFloat32(0, value * (random.oneIn(4) ? 2 ** -130 : 1));
    return 0xffffffff00000000n | BigInt(view.getUint32(0));
  }
  if (random.oneIn(12)) return random.pick(rest);
  if (random.oneIn(6)) return random.long();
  view.setFloat64(0, value);
  return view.getBigUint64(0);
}

function loopOf({ row, word }: { row: Instruction; word: number }, n: number, random: Random) {
  const single = /\.s(\.[wl]u?)?$/.test(row.name) || row.name.endsWith('.s');
  const passes = Array.from({ length: PASSES }, () => [
    ...[1, 2, 3].map(() => number(random, single !== random.oneIn(20))),
    random.oneIn(3) ? random.long() : BigInt(random.word() >>> random.below(32)),
    BigInt((random.oneIn(2) ? 0 : random.below(5) << 5) | random.below(2)),
  ]);
  return {
    code: `
  la s1, passes${n}
  li s2, ${PASSES}
1:fld fa1, 0(s1)
  fld fa2, 8(s1)
  fld fa3, 16(s1)
  ld a1, 24(s1)
  ld t0, 32(s1)
  csrw fcsr, t0
  .4byte ${word} # ${row.name}
  fsd fa0, 0(s0)
  sd a0, 8(s0)
  csrr t0, fcsr
  sd t0, 16(s0)
  addi s0, s0, 24
  addi s1, s1, 40
  addi s2, s2, -1
  bnez s2, 1b
`,
    data: `passes${n}: .quad ${passes.flat().join(', ')}`,
  };
}

async function outcome(elf: ReturnType<typeof assemble>, engine: EngineChoice, fused: boolean): Promise<string> {
  const { machine, label } = await load(elf, { harts: [{ isa: 'rv64gc_zfh_zfa' }] }, { engine, fused });
  assert.equal(machine.run(10_000_000).reason, 'power');
  const [out, end] = [Number(label('out')), Number(label('end'))];
  return Buffer.from(machine.memory.read(out, end - out)).toString('hex');
}

for (const fused of [false, true]) {
  const missing = needs(...TOOLS);
  const why = fused && !missing.skip ? needsFused : missing;
  test(
    `rows with a fast path do what their functions do${fused ? ', with the platform’s multiply-add' : ''}`,
    why,
    async () => {
      const random = new Random(11);
      const cases = instructions
        .filter(({ name, semantics }) => semantics.kind === 'plain' && name.startsWith('f'))
        .flatMap((row) =>
          (rounds(row) ? [DYNAMIC, random.below(2)] : [0]).map((mode) => ({ row, ...stepOf(row, mode) })),
        )
        .filter(({ row, word, step }) => decode(word, has).row === row && isInlineFloat(step, fused));
      const names = new Set(cases.map(({ row }) => row.name));
      for (const name of [
        'fadd.d',
        'fmul.s',
        'fdiv.d',
        'fsqrt.d',
        'fmadd.d',
        'feq.s',
        'fcvt.w.d',
        'fcvt.d.l',
        'fmin.d',
        'fcvt.s.d',
      ])
        assert.ok(names.has(name), `${name} has no fast path`);
      for (let n = 0; n < cases.length; n += LOOPS) {
        const some = cases.slice(n, n + LOOPS);
        const loops = some.map((each, k) => loopOf(each, k, random));
        const elf = assemble(`
  li t0, 0x6000
  csrs mstatus, t0
  la s0, out
  ${loops.map(({ code }) => code).join('\n')}
  ${END}
.data
.balign 8
${loops.map(({ data }) => data).join('\n')}
.bss
.balign 8
out: .space ${some.length * PASSES * 24}
end:
`);
        const told = some.map(({ row }) => row.name).join(', ');
        assert.equal(await outcome(elf, 'translator', fused), await outcome(elf, 'interpreter', fused), told);
      }
    },
  );
}
