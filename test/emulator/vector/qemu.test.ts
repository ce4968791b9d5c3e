import assert from 'node:assert/strict';
import { test } from 'node:test';
import { vectorRows } from '../../../emulator/engine/handlers.js';
import { QEMU } from '../../fuzz/machines.js';
import { Random } from '../../fuzz/random.js';
import { needs } from '../../tools.js';
import { usesFloat } from '../../../isa/vector/legality.js';
import { needsFused } from '../fused.js';
import { casesOf, differences } from './comparison.js';

const tools = needs(QEMU, 'riscv64-linux-gnu-as', 'riscv64-linux-gnu-ld', 'riscv64-linux-gnu-objcopy');

const fused = { skip: tools.skip || needsFused.skip };
const computing = vectorRows.filter((row) => usesFloat(row) === 'computes');
test("rows that compute with floating point as in QEMU, with the platform's multiply-add", fused, async () => {
  const random = new Random(1);
  const cases = computing.flatMap((row) => casesOf(row, 256, random, 12, 0));
  const [first] = await differences(cases, 256, 1, true);
  assert.equal(first, undefined, first && `${first.case.row.name} ${first.case.word.toString(16)}\n${first.what}`);
});

for (const { vlen, legal, illegal } of [
  { vlen: 128, legal: 6, illegal: 2 },
  { vlen: 256, legal: 4, illegal: 1 },
  { vlen: 512, legal: 1, illegal: 1 },
  { vlen: 1024, legal: 1, illegal: 0 },
]) {
  test(`every vector row as in QEMU, VLEN ${vlen}: registers, memory, flags, illegal ones too`, tools, async () => {
    const random = new Random(vlen);
    const cases = vectorRows.flatMap((row) => casesOf(row, vlen, random, legal, illegal));
    const found = await differences(cases, vlen, vlen);
    const first = found[0];
    assert.equal(
      found.length,
      0,
      first &&
        `${found.length} of ${cases.length}; ${first.case.row.name} ${first.case.word.toString(16)}\n${first.what}`,
    );
  });
}
