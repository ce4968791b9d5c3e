/** Code that is chosen by VLEN: where all harts with vectors have one, it is known which code that is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assemble } from '../../assembler/assemble.js';
import { examine } from '../../assembler/examine.js';
import { readSoc, type Soc } from '../../emulator/soc/soc.js';
import { surroundingsOf } from '../../language-server/chip.js';
import { codeOf } from '../../language-server/code/from-source.js';
import { Flow } from '../../language-server/flow/flow.js';
import { forecast } from '../../language-server/forecast/forecast.js';
import { truthOf } from './truth.js';

const text = `        .globl _start
_start: csrr    t0, vlenb
        call    home
        li      t1, 32
        bne     t0, t1, other
        vsetvli t2, zero, e32, m2, ta, ma
        call    home
        li      t1, 16
        beq     t1, t2, lanes
other:  vsetivli zero, 4, e8, m1, ta, ma
        j       end
lanes:  vsetivli zero, 4, e16, m1, ta, ma
        call    home
        csrr    t3, vlenb
        slli    t3, t3, 3
        addi    t3, t3, -256
        beqz    t3, last
        vadd.vi v8, v8, 2
last:   vsetvli zero, zero, e16, m1, ta, ma
end:    li      a0, 0
        li      a7, 93
        ecall
home:   li      a7, 178
        ecall
        ret
`;
const sources = [{ name: 'vlen.S', text }];
const chip = (...vlens: number[]) =>
  readSoc(
    {
      name: 'test',
      harts: [
        { isa: 'rv64gc', role: 'application' },
        ...vlens.map((vlen) => ({ isa: `rv64gcv_zvl${vlen}b`, vlen, role: 'accelerator' })),
      ],
    },
    'test',
  );

const code = codeOf(examine(sources));
const lineOf = (address: number) => code.at(address)!.place!.line;

/** Lines from which a thread leaves, surely or perhaps. */
function leaves(soc: Soc): number[] {
  const flow = Flow.through(code, surroundingsOf(soc, { calls: 'move', faults: 'ask' }));
  return forecast(flow).leaves.map(({ instruction }) => instruction.place!.line);
}

async function left(soc: Soc): Promise<number[]> {
  const truth = await truthOf(assemble(sources).elf!, [], { soc });
  assert.equal(truth.status, 0);
  return [...(truth.leaves ?? [])].map(lineOf).sort((a, b) => a - b);
}

for (const [vlen, lines] of [
  [256, [2, 6, 12, 14]],
  [512, [2, 10]],
] as const)
  test(`with VLEN ${vlen} alone, only that code is forecast which runs then`, async () => {
    const soc = chip(vlen, vlen);
    assert.deepEqual(leaves(soc), lines);
    assert.deepEqual(await left(soc), lines);
  });

test('where harts differ in VLEN, either code may run', () => {
  assert.deepEqual(leaves(chip(256, 512)), [2, 6, 10, 12, 14]);
});
