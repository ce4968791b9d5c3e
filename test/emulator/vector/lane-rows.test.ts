/** Which element-wise rows have no lanes: those go element by element. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { typesOf } from '../../../emulator/engine/vector/element-wise.js';
import { laneForm } from '../../../emulator/engine/vector/lanes.js';
import { SEWS } from '../../../emulator/engine/vector/state.js';
import { operandNames } from '../../../isa/operands.js';
import { instructions } from '../../../isa/table.js';

/** Estimates come from tables, and products of polynomials of 64 bits from a function. */
const BY_ELEMENT = ['vfrsqrt7.v', 'vfrec7.v', 'vclmul.vv', 'vclmul.vx', 'vclmulh.vv', 'vclmulh.vx'];

test('every element-wise row has lanes at every SEW, but for those that are known', () => {
  const found = new Set<string>();
  for (const row of instructions) {
    const s = row.semantics;
    if (s.kind !== 'vector' || s.vector.shape !== 'element-wise') continue;
    const second = operandNames(row).includes('vs1') ? 'lanes' : s.vector.vs1 === 'full' ? 'full' : 'uniform';
    for (const sew of SEWS) {
      const types = typesOf(s.vector, sew);
      if (types && !laneForm(s.vector, types, second)) found.add(row.name);
    }
  }
  assert.deepEqual([...found], BY_ELEMENT);
});
