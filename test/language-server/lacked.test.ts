/** Instructions that application harts have and accelerator harts lack: they bring a thread home. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assemble } from '../../assembler/assemble.js';
import { examine } from '../../assembler/examine.js';
import { readSoc } from '../../emulator/soc/soc.js';
import { surroundingsOf } from '../../language-server/chip.js';
import { codeOf } from '../../language-server/code/from-source.js';
import { Flow } from '../../language-server/flow/flow.js';
import { forecast } from '../../language-server/forecast/forecast.js';
import { truthOf } from './truth.js';

const chip = (...accelerators: string[]) =>
  readSoc(
    {
      name: 'test',
      harts: [{ isa: 'rv64gc_zba' }, ...accelerators.map((isa) => ({ isa, role: 'accelerator' }))],
    },
    'test',
  );
const text = `        .globl _start
        .option arch, +zba
_start: li      s0, 3
1:      vsetivli zero, 4, e32, m1, ta, ma
        sh1add  t0, s0, s0
        addi    s0, s0, -1
        bnez    s0, 1b
        sh1add  t0, s0, s0
        li      a0, 0
        li      a7, 93
        ecall
`;
const sources = [{ name: 'lacked.S', text }];

const told = (soc: ReturnType<typeof chip>) => {
  const flow = Flow.through(codeOf(examine(sources)), surroundingsOf(soc, { calls: 'move', faults: 'ask' }));
  const { leaves, returns } = forecast(flow);
  const line = ({ instruction }: { instruction: { place?: { line: number } } }) => instruction.place!.line;
  return [
    ...leaves.map((each) => `${line(each)} ${each.always ? 'leaves' : 'may leave'}`),
    ...returns.map((each) => `${line(each)} ${each.always ? 'comes back' : 'may come back'}: ${each.reason}`),
  ];
};

test('a thread comes home for an instruction that its hart lacks, and leaves again, as the machine does', async () => {
  const soc = chip('rv64gcv');
  assert.deepEqual(told(soc), ['4 leaves', '5 comes back: illegal']);
  const { elf } = assemble(sources);
  const truth = await truthOf(elf!, [], { soc });
  assert.equal(truth.status, 0);
  const code = codeOf(examine(sources));
  const lines = (set: ReadonlySet<number> | undefined) =>
    [...(set ?? [])].map((address) => code.at(address)!.place!.line);
  assert.deepEqual(lines(truth.leaves), [4]);
  assert.deepEqual(lines(truth.returns.get('illegal')), [5]);
});

test('where only some accelerator harts lack it a thread may stay; where none does it stays', () => {
  assert.deepEqual(told(chip('rv64gcv', 'rv64gcv_zba')), [
    '4 may leave',
    '5 may come back: illegal',
    '8 may come back: illegal',
  ]);
  assert.deepEqual(told(chip('rv64gcv_zba')), ['4 may leave']);
});
