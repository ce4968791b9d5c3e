/** Vector registers where there is much of them, and how they change from stop to stop. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { DebugProtocol as P } from '@vscode/debugprotocol';
import type { VectorAnswer } from '../../debug-adapter/vector-messages.js';
import { root } from './conversation.js';
import { Talk } from './in-process.js';
import { wide } from './wide.js';

const program = `${root}test/debug-adapter/programs/wide.S`;
const VECTOR = 2;
let talk: Talk;

before(async () => {
  talk = await Talk.launch(program, { soc: wide });
  await talk.ask('setBreakpoints', { source: { path: program }, breakpoints: [{ line: 8 }] });
  assert.equal((await talk.go('configurationDone', 1)).threadId, VECTOR);
});

const group = async (name: string): Promise<P.Variable> => (await talk.scope(VECTOR, 'Vector')).get(name)!;
const lanes = async (args: object): Promise<string[]> => {
  const { variablesReference } = await group('v8..v15');
  const { variables } = await talk.ask('variables', { variablesReference, ...args });
  return variables.map(({ name, value }: P.Variable) => `${name} = ${value}`);
};
const look = (args: object = {}): Promise<VectorAnswer> => talk.ask('harthop/vector', { threadId: VECTOR, ...args });

test('4096 lanes are given by pages, those with numbers and those with names each by themselves', async () => {
  const { indexedVariables, namedVariables, type } = await group('v8..v15');
  assert.deepEqual(
    { indexedVariables, namedVariables, type },
    { indexedVariables: 4096, namedVariables: 1, type: 'e8 × 4096' },
  );
  assert.deepEqual(await lanes({ filter: 'indexed', start: 3998, count: 3 }), [
    '[3998] = -98',
    '[3999] = -97',
    '[4000] = 0 (tail)',
  ]);
  assert.deepEqual(await lanes({ filter: 'named' }), ['as = other elements and groups']);
  assert.equal((await lanes({ filter: 'indexed', start: 4090 })).length, 6);
  assert.deepEqual(await lanes({ filter: 'indexed', start: 4096 }), []);
  // A client that knows no pages gets all of it, the lanes first.
  const all = await lanes({});
  assert.equal(all.length, 4097);
  assert.equal(all.at(-1), 'as = other elements and groups');
  const { variablesReference } = await group('v8..v15');
  assert.match(
    (await talk.request('variables', { variablesReference, filter: 'all' })).message ?? '',
    /indexed or named/,
  );
});

test('a lane far behind is set by its name', async () => {
  const { variablesReference } = await group('v8..v15');
  const answer = await talk.request('setVariable', { variablesReference, name: '[4001]', value: '7' });
  assert.equal(answer.body.value, '7 (tail)');
  assert.equal((await talk.ask('evaluate', { expression: '$v8.e8[4001]' })).result, '7');
  const none = await talk.request('setVariable', { variablesReference, name: '[4096]', value: '7' });
  assert.equal(none.message, 'there is no `[4096]` here');
});

test('an answer holds so many lanes as fit, at least a row, and says where they begin', async () => {
  const mask = (await look({ element: 'mask', firstRow: 1, firstLane: 10 })).contents!;
  assert.deepEqual(
    [mask.laneCount, mask.firstRow, mask.firstLane, mask.rows.length, mask.rows[0]!.values.length],
    [32768, 1, 10, 1, 16384],
  );
  const behind = (await look({ firstRow: 9, firstLane: 5000 })).contents!;
  assert.deepEqual([behind.firstRow, behind.firstLane, behind.rows], [4, 4096, []]);
});

test('a step marks the lanes that it changed, of whoever was looked at before', async () => {
  assert.equal((await look()).contents?.hasBefore, false);
  await talk.go('next', VECTOR);
  const { rows, hasBefore } = (await look()).contents!;
  assert.equal(hasBefore, true);
  assert.deepEqual(
    rows.map(({ name, changed }) => [name, changed.length]),
    // 253 + 3 is 0 in a byte, as it was: so in 15 of the 4,000 lanes.
    [
      ['v0..v7', 0],
      ['v8..v15', 0],
      ['v16..v23', 4000 - 15],
      ['v24..v31', 0],
    ],
  );
  // Back again, all of it is as it was, and so changed.
  await talk.go('stepBack', VECTOR);
  assert.equal((await look()).contents?.rows[2]?.changed.length, 4000 - 15);
  await talk.ask('terminate');
});

test('saved and live registers are compared lane by lane, whichever of the two is edited', async () => {
  const faults = `${root}test/debug-adapter/programs/faults.S`;
  const other = await Talk.launch(faults, { append: 'migrate.faults=move' });
  await other.ask('setExceptionBreakpoints', { filters: ['resume'] });
  // Back for a page fault: saved, and still in the registers of hart 2.
  const { threadId } = await other.go('configurationDone', 1);
  const saved = () => other.scope(threadId, 'Saved vector state');
  assert.equal((await saved()).get('compared with')?.value, 'the registers of hart 2');
  assert.equal((await saved()).get('v8..v9')?.value, '{7, 8, 9, 10, 11, 12, 0, 0, …}');
  await other.ask('harthop/setLane', { threadId: 3, register: 8, element: 'e32', lane: 2, value: '90' });
  const { value, variablesReference } = (await saved()).get('v8..v9')!;
  assert.equal(value, '{7, 8, 9, 10, 11, 12, 0, 0, …} (differs from the registers of hart 2)');
  const lanes = await other.variables(variablesReference);
  assert.deepEqual(
    ['[1]', '[2]', '[3]'].map((name) => lanes.get(name)?.value),
    ['8', '9 (the registers of hart 2: 90)', '10'],
  );
  const { rows } = (await other.ask('harthop/vector', { task: 1, nonzero: true })).contents;
  assert.deepEqual(rows[0].other, [[2, '90']]);
  // There again: live, and compared with the save.
  await other.ask('setExceptionBreakpoints', { filters: ['arrive'] });
  const there = await other.go('continue', threadId);
  await other.ask('evaluate', { expression: '$v8.e32[3] = -1' });
  const live = await other.scope(there.threadId, 'Saved vector state');
  assert.equal(live.get('compared with')?.value, 'the last save');
  const now = await other.variables(live.get('v8..v9')!.variablesReference);
  assert.equal(now.get('[3]')?.value, '-1 (the last save: 10)');
  await other.ask('terminate');
});
