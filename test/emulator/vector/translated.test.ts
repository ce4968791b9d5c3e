/**
 * Vector rows that stand in translated code themselves (emulator/engine/translator/vector/): loops around one instruction each, under many vl, on
 * interpreter and translator. Registers, memory and flags must be the same, whether lanes are whole or not.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { EngineChoice } from '../../../emulator/engine/choice.js';
import { formOf } from '../../../emulator/engine/translator/vector/inline.js';
import { decode } from '../../../emulator/engine/decoder.js';
import { encode } from '../../../isa/encode.js';
import { extract, operandNames, operands, range } from '../../../isa/operands.js';
import { instructions } from '../../../isa/table.js';
import type { Instruction } from '../../../isa/types.js';
import { vectorOf } from '../../../isa/vector/legality.js';
import { vlmaxOf, vtypeOf } from '../../../isa/vector/vtype.js';
import { Random } from '../../fuzz/random.js';
import { needs } from '../../tools.js';
import { assemble, END, load, TOOLS } from '../bare-metal.js';
import { pool } from './comparison.js';

const ISA = 'rv64gcv_zvfh_zvfbfwma_zvbb_zvbc';
/** Cases of a row. */
const EACH = Number(process.env.HARTHOP_VECTOR_CASES ?? 1);
const PASSES = 16;
const LOOPS = 30;
/** Double-words of a pool of any numbers, and of one of moderate ones. */
const POOL = 640;

interface Case {
  readonly row: Instruction;
  readonly word: number;
  readonly vtype: number;
}

const has = () => true;

/** How a word would be translated. */
function form(row: Instruction, word: number, vtype: number, vlenb: number) {
  const values = new Map(operandNames(row).map((name) => [name, extract(operands[name], word)] as const));
  return formOf({ at: 0, length: 4, row, word, values }, vtype, { vlenb, has, fused: false });
}

/** A case of a row that has a fast path, if one is found. */
function caseOf(row: Instruction, vlenb: number, random: Random): Case | undefined {
  for (let tries = 0; tries < 200; tries++) {
    const vtype = random.below(256);
    if (!vtypeOf(BigInt(vtype))) continue;
    const align = random.pick([1, 2, 4, 8]);
    const values = operandNames(row).map((name) => {
      const kind = operands[name];
      if (kind.class === 'x') return { rd: 13, rs2: 12 }[name as string] ?? 11;
      if (kind.class === 'f') return 10;
      if (kind.class === 'v') return random.below(32) & -align;
      if (kind.class === 'vtype') return vtype;
      const { min, max } = range(kind);
      return min + random.below(max - min + 1);
    });
    const word = encode(row, values);
    if (decode(word, has).row === row && form(row, word, vtype, vlenb)?.emit) return { row, word, vtype };
  }
  return undefined;
}

/** A loop that executes one instruction in each pass, with registers from the pools, and stores all that may have changed. */
function loopOf({ row, word, vtype }: Case, n: number, vlenb: number, random: Random): { code: string; data: string } {
  const v = vectorOf(row);
  const memory = v.shape === 'memory';
  const vlmax = vlmaxOf(vtypeOf(BigInt(vtype))!, vlenb);
  const passes = Array.from({ length: PASSES }, (_, pass) => {
    const avl = pass % 3 === 0 ? vlmax : pass % 3 === 1 ? random.below(vlmax + 1) : random.below(vlmax + 1) & -16;
    const tame = random.oneIn(2) ? 8 * POOL : 0;
    const at = tame + 8 * random.below(POOL - 4 * vlenb);
    // Near a page's end now and then, or not aligned.
    const address = 8 * random.below(300) + (random.oneIn(6) ? random.below(8) : 0);
    const stride = memory ? (v.eew / 8) * random.below(4) + (random.oneIn(9) ? 1 : 0) : 0;
    const scalar = memory ? 0n : random.oneIn(2) ? BigInt(random.below(64)) : random.long();
    return [avl, at, random.below(2), memory ? address : scalar, stride];
  });
  const groups = [0, 8, 16, 24];
  return {
    code: `
  la s1, passes${n}
  li s2, ${PASSES}
1:ld a0, 0(s1)
  ld t0, 8(s1)
  la t1, pool
  add t1, t1, t0
  slli t3, s3, 3
  ${groups.map((g) => `vl8re8.v v${g}, (t1)\n  add t1, t1, t3`).join('\n  ')}
  fld fa0, 0(t1)
  ld t0, 16(s1)
  csrw fflags, t0
  ld a1, 24(s1)
  ld a2, 32(s1)
  ${memory ? 'la t0, area\n  add a1, a1, t0' : ''}
  vsetvli x0, a0, ${vtype}
  .4byte ${word} # ${row.name}
  vs1r.v v0, (s0)
  ${groups.map((g) => `vs8r.v v${g}, (s0)\n  add s0, s0, t3`).join('\n  ')}
  csrr t0, fcsr
  csrr t1, vl
  csrr t2, vtype
  sd t0, 0(s0)
  sd t1, 8(s0)
  sd t2, 16(s0)
  sd a3, 24(s0)
  fsd fa0, 32(s0)
  csrr t0, mstatus
  sd t0, 40(s0)
  addi s0, s0, 64
  addi s1, s1, 40
  addi s2, s2, -1
  bnez s2, 1b
`,
    data: `passes${n}: .quad ${passes.flat().join(', ')}`,
  };
}

function program(cases: readonly Case[], vlenb: number, random: Random) {
  const loops = cases.map((each, n) => loopOf(each, n, vlenb, random));
  const tame = Array.from({ length: POOL }, () => {
    if (random.oneIn(2))
      return (BigInt(0x3f0 + random.below(0x20)) << 52n) | (random.oneIn(2) ? random.long() >> 12n : 0n);
    const single = () => BigInt(((0x78 + random.below(8)) << 23) | (random.oneIn(2) ? random.below(1 << 23) : 0));
    return (single() << 32n) | single();
  });
  const room = cases.length * PASSES * (32 * vlenb + 64);
  return assemble(`
  li t0, 0x6600
  csrs mstatus, t0
  csrr s3, vlenb
  la s0, out
  ${loops.map(({ code }) => code).join('\n')}
  ${END}
.data
.balign 4096
area: .space 4096
.balign 8
pool: .quad ${[...pool(random.word()).slice(0, POOL), ...tame].join(', ')}
${loops.map(({ data }) => data).join('\n')}
.bss
.balign 16
out: .space ${room + 4096}
end:
`);
}

async function outcome(elf: ReturnType<typeof assemble>, vlenb: number, engine: EngineChoice): Promise<string> {
  const isa = `${ISA}_zvl${8 * vlenb}b`;
  const { machine, label } = await load(elf, { harts: [{ isa }] }, { engine });
  const stop = machine.run(10_000_000);
  assert.equal(stop.reason, 'power');
  const [hart] = machine.harts;
  const results = machine.memory.read(Number(label('area')), Number(label('end') - label('area')));
  return `${hart!.time} ${hart!.instret} ${createHash('sha1').update(results).digest('hex')}`;
}

const rows = instructions.filter((row) => row.semantics.kind === 'vector');

for (const [vlenb, seed] of [
  [16, 1],
  [64, 2],
] as const) {
  test(`rows made for a vtype do what their functions do (VLEN ${8 * vlenb})`, needs(...TOOLS), async () => {
    const random = new Random(seed);
    const cases = rows.flatMap((row) => Array.from({ length: EACH }, () => caseOf(row, vlenb, random) ?? []).flat());
    assert.ok(cases.length > 360, `only ${cases.length} rows have a form`);
    for (let n = 0; n < cases.length; n += LOOPS) {
      const some = cases.slice(n, n + LOOPS);
      const elf = program(some, vlenb, random);
      const expected = await outcome(elf, vlenb, 'interpreter');
      const names = some.map(({ row, vtype }) => `${row.name} (vtype ${vtype})`).join(', ');
      assert.equal(await outcome(elf, vlenb, 'translator'), expected, names);
    }
  });
}

test(
  'what stands behind a vset instruction with vtype from a register is executed under that',
  needs(...TOOLS),
  async () => {
    const elf = assemble(`
  li t0, 0x6600
  csrs mstatus, t0
  li t0, -1
  vsetivli x0, 2, e64, m1, ta, ma
  vmv.v.x v12, t0
  li s2, 300
1:vsetvli t0, x0, e8, m1, ta, ma
  csrr t1, vtype # where translated code ends and begins
  li a1, 72 # e16, m1, ta, mu
  vsetvl t6, a1, a1
  vsrl.vi v4, v12, 14
  addi s2, s2, -1
  bnez s2, 1b
  la s0, out
  vs1r.v v4, (s0)
  ${END}
.bss
.balign 16
out: .space 16
`);
    for (const engine of ['interpreter', 'translator'] as const) {
      const { machine, label } = await load(elf, { harts: [{ isa: ISA }] }, { engine });
      assert.equal(machine.run(10_000).reason, 'power');
      const halves = new Uint16Array(machine.memory.read(Number(label('out')), 16).slice().buffer);
      assert.deepEqual([...halves], new Array(8).fill(3), engine);
    }
  },
);
