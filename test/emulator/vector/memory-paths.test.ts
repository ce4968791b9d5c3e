/**
 * Vector loads and stores of all kinds, near the end of RAM and beyond it, in pages that the TLB knows and in pages that are watched, which it never knows: there every
 * element is a call of the host. Registers, memory, vl and the element that faults must be the same.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { EngineChoice } from '../../../emulator/engine/choice.js';
import { encode } from '../../../isa/encode.js';
import { operandNames, operands } from '../../../isa/operands.js';
import { instructions } from '../../../isa/table.js';
import type { Instruction } from '../../../isa/types.js';
import { vectorOf, whyIllegal } from '../../../isa/vector/legality.js';
import { vlmaxOf, vtypeOf } from '../../../isa/vector/vtype.js';
import { Random } from '../../fuzz/random.js';
import { needs } from '../../tools.js';
import { assemble, END, load, TOOLS } from '../bare-metal.js';

const RAM_END = 0x8100_0000;
/** The last pages of RAM. */
const PAGES = 4;
const AREA = RAM_END - PAGES * 4096;
/** Each instruction is executed so often: the first time no page is known. */
const PASSES = 3;

interface Case {
  readonly row: Instruction;
  readonly word: number;
  readonly vtype: number;
  readonly vl: number;
  readonly vstart: number;
  readonly address: number;
  readonly stride: number;
  /** How far indices reach. */
  readonly indexBits: number;
}

const rows = instructions.filter((row) => row.semantics.kind === 'vector' && vectorOf(row).shape === 'memory');

function caseOf(row: Instruction, vlenb: number, random: Random): Case | undefined {
  const v = vectorOf(row);
  if (v.shape !== 'memory') return undefined;
  for (let tries = 0; tries < 300; tries++) {
    const vtype = random.below(256);
    const type = vtypeOf(BigInt(vtype));
    if (!type) continue;
    const align = random.pick([1, 2, 4, 8]);
    const word = encode(
      row,
      operandNames(row).map((name) => {
        const { class: kind } = operands[name];
        if (kind === 'x') return name === 'rs1' ? 11 : 12;
        return kind === 'v' ? 8 + (random.below(24) & -align) : random.below(2);
      }),
    );
    const vlmax = vlmaxOf(type, vlenb);
    const vl = random.oneIn(2) ? vlmax : random.below(vlmax + 1);
    const vstart = random.oneIn(5) ? random.below(vlmax) : 0;
    const state = { vtype: BigInt(vtype), vstart, vs: 3, fs: 3, frm: 0, vl, vlenb, has: () => true };
    if (whyIllegal(row, word, state)) continue;
    const bytes = v.eew / 8;
    // In the middle of a page, across pages, across the end of RAM.
    const near = random.pick([0x700, 4096, 2 * 4096, PAGES * 4096]) - random.below(random.pick([16, 64, 600]));
    const aligned = random.oneIn(6) ? near : near & -Math.max(bytes, type.sew / 8);
    const stride = random.pick([0, 1, 2, 3, 4, 16, 100, 4096, 5000]) * bytes * (random.oneIn(3) ? -1 : 1);
    return { row, word, vtype, vl, vstart, address: AREA + aligned, stride, indexBits: random.pick([4, 8, 12, 14]) };
  }
  return undefined;
}

const program = (cases: readonly Case[], vlenb: number) =>
  assemble(`
  la t0, handler
  csrw mtvec, t0
  li t0, 0x6600
  csrs mstatus, t0
  la s0, out
  csrr s3, vlenb
  slli s3, s3, 3
  li s4, ${PASSES}
again:
  # The area and all registers, the same before each pass.
  li t0, ${AREA}
  li t1, ${RAM_END}
  li t2, 0x123456789abcdef
  li t3, 6364136223846793005
1:sd t2, 0(t0)
  mul t2, t2, t3
  addi t2, t2, 1011
  addi t0, t0, 8
  bne t0, t1, 1b
${cases
  .map(({ row, word, vtype, vl, vstart, address, stride, indexBits }) => {
    const v = vectorOf(row);
    const eew = v.shape === 'memory' ? v.eew : 8;
    const mask = (1n << BigInt(Math.min(indexBits, eew))) - 8n;
    return `
  la t1, pool
  ${[0, 8, 16, 24].map((g) => `vl8re8.v v${g}, (t1)\n  add t1, t1, s3`).join('\n  ')}
  ${
    v.shape === 'memory' && v.address === 'indexed'
      ? `li t0, ${mask}\n  vsetvli t1, x0, e${eew}, m8, ta, ma\n  vand.vx v8, v8, t0\n  vand.vx v16, v16, t0\n  vand.vx v24, v24, t0`
      : ''
  }
  li a1, ${address}
  li a2, ${stride}
  li t0, ${vl}
  vsetvli x0, t0, ${vtype}
  li s5, 0
  li s6, 0
  csrwi vstart, 0
  li t0, ${vstart}
  csrw vstart, t0
  .4byte ${word} # ${row.name}
  csrr t0, vstart
  csrr t1, vl
  sd t0, 0(s0)
  sd t1, 8(s0)
  sd s5, 16(s0)
  sd s6, 24(s0)
  csrwi vstart, 0
  addi s0, s0, 32
  ${[0, 8, 16, 24].map((g) => `vs8r.v v${g}, (s0)\n  add s0, s0, s3`).join('\n  ')}`;
  })
  .join('\n')}
  li t0, ${AREA}
  li t1, ${RAM_END}
1:ld t2, 0(t0)
  sd t2, 0(s0)
  addi s0, s0, 8
  addi t0, t0, 8
  bne t0, t1, 1b
  addi s4, s4, -1
  bnez s4, again
  ${END}
.balign 4
handler:
  csrr s5, mcause
  csrr s6, mtval
  csrr t0, mepc
  addi t0, t0, 4
  csrw mepc, t0
  mret
.data
.balign 8
pool: .quad ${Array.from({ length: 4 * vlenb }, (_, n) => new Random(n + 1).long()).join(', ')}
.bss
.balign 16
out: .space ${PASSES * (cases.length * (32 + 32 * vlenb) + PAGES * 4096)}
end:
`);

async function outcome(elf: ReturnType<typeof assemble>, vlenb: number, engine: EngineChoice, watched: boolean) {
  const isa = `rv64gcv_zvl${8 * vlenb}b`;
  const { machine, label } = await load(elf, { harts: [{ isa }] }, { engine });
  // Somebody who wants to know of one double-word keeps its page out of the TLB.
  if (watched) {
    for (let page = 0; page < PAGES; page++) {
      const va = BigInt(AREA + page * 4096 + 0x200);
      machine.watchpoints.add({ va, bytes: 8, satp: 0n, reads: true, writes: 'all' });
    }
  }
  for (let n = 0; ; n++) {
    const { reason } = machine.run(100_000_000);
    if (reason === 'power') break;
    assert.equal(reason, 'watchpoint');
    assert.ok(n < 1_000_000);
  }
  const results = machine.memory.read(Number(label('out')), Number(label('end') - label('out')));
  const [hart] = machine.harts;
  return `${hart!.instret} ${createHash('sha1').update(results).digest('hex')}`;
}

for (const vlenb of [16, 32, 128])
  test(`known pages and watched ones, VLEN ${8 * vlenb}`, needs(...TOOLS), async () => {
    const random = new Random(vlenb);
    const cases = rows.flatMap((row) => caseOf(row, vlenb, random) ?? []);
    assert.ok(cases.length > 300, `${cases.length} cases`);
    for (let n = 0; n < cases.length; n += 100) {
      const some = cases.slice(n, n + 100);
      const elf = program(some, vlenb);
      const expected = await outcome(elf, vlenb, 'interpreter', true);
      const names = some.map(({ row }) => row.name).join(' ');
      assert.equal(await outcome(elf, vlenb, 'interpreter', false), expected, names);
      assert.equal(await outcome(elf, vlenb, 'translator', false), expected, names);
    }
  });
