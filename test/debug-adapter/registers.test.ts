/** Registers of every kind, shown and set, on the hart where the thread runs. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { root } from './conversation.js';
import { Talk } from './in-process.js';

const program = `${root}test/debug-adapter/programs/trip.S`;
let talk: Talk;
/** The vector hart's thread id: the program stands there before `vadd.vv`, with four numbers in v8. */
const VECTOR = 3;

before(async () => {
  talk = await Talk.launch(program, { args: ['one'], env: { NAME: 'value', GONE: null } });
  await talk.ask('setBreakpoints', { source: { path: program }, breakpoints: [{ line: 28 }] });
  const stop = await talk.go('configurationDone', 1);
  assert.deepEqual(stop.stack, ['double_all trip.S:28', 'round trip.S:13']);
  assert.equal(stop.threadId, VECTOR);
});

const evaluate = async (expression: string, level = 0) => {
  const { stackFrames } = await talk.ask('stackTrace', { threadId: VECTOR });
  return talk.request('evaluate', { expression, frameId: stackFrames[level].id, context: 'watch' });
};
const value = async (expression: string, level = 0) => {
  const { success, message, body } = await evaluate(expression, level);
  return success ? body.result : `error: ${message}`;
};

/** Set a line of a scope as a user does, by what it is called. */
async function set(scope: string, path: readonly string[], text: string) {
  const { stackFrames } = await talk.ask('stackTrace', { threadId: VECTOR });
  const { scopes } = await talk.ask('scopes', { frameId: stackFrames[0].id });
  let { variablesReference } = scopes.find(({ name }: { name: string }) => name === scope);
  for (const name of path.slice(0, -1))
    variablesReference = (await talk.variables(variablesReference)).get(name)!.variablesReference;
  return talk.request('setVariable', { variablesReference, name: path.at(-1), value: text });
}

test('integer registers', async () => {
  assert.equal((await talk.scope(VECTOR, 'Integer')).get('s0')?.value, '0x2');
  assert.ok((await set('Integer', ['s0'], '-3')).success);
  assert.equal((await talk.scope(VECTOR, 'Integer')).get('s0')?.value, '0xfffffffffffffffd (-3)');
  assert.ok((await set('Integer', ['s0'], '0x2')).success);
  assert.equal(await value('$s0'), '2');
  assert.equal(await value('x8 + fp'), '4');
  assert.equal((await talk.scope(VECTOR, 'Integer')).get('t1')?.value, '0x11000 <numbers>');
  for (const text of ['two', '', '1.5', '0xg']) assert.equal((await set('Integer', ['s0'], text)).success, false, text);
});

test('registers of a calling frame are shown as far as they are saved, and not set', async () => {
  assert.equal((await talk.scope(VECTOR, 'Integer', 1)).get('a0')?.value, '<not saved>');
  assert.equal((await talk.scope(VECTOR, 'Integer', 1)).get('s0')?.value, '0x2');
  assert.match(await value('a0', 1), /a0 was not saved by the frames above/);
  assert.match(await value('s0 = 1', 1), /only the innermost frame/);
});

test('floating-point registers: doubles, boxed singles, bits', async () => {
  assert.equal(await value('$fa0.f64 = 1.5'), '1.5');
  assert.equal((await talk.scope(VECTOR, 'Float')).get('fa0')?.value, '1.5');
  assert.equal(await value('$fa0.f32 = 0.1'), '0.1');
  assert.equal((await talk.scope(VECTOR, 'Float')).get('fa0')?.value, '0.1');
  assert.equal(await value('$fa0.bits >> 32'), '4294967295');
  assert.ok((await set('Float', ['fa0', 'f64'], '-2e10')).success);
  assert.equal(await value('fa0'), '-20000000000');
});

test('vector registers: lanes under the vtype, other views, set by lane and by expression', async () => {
  const scope = await talk.scope(VECTOR, 'Vector');
  assert.equal(scope.get('vtype')?.value, 'e64, m1, ta, ma');
  assert.equal(scope.get('vl')?.value, '4');
  assert.equal(scope.get('v8')?.value, '{1, 2, 3, 4}');
  assert.equal(scope.get('v8')?.type, 'e64 × 4');
  const lanes = await talk.variables(scope.get('v8')!.variablesReference);
  assert.deepEqual([...lanes.keys()], ['[0]', '[1]', '[2]', '[3]', 'as']);
  assert.equal(await value('v8'), '{1, 2, 3, 4}');
  assert.equal(await value('$v8[2]'), '3');
  assert.equal(await value('$v8.u8[8]'), '2');
  assert.ok((await set('Vector', ['v8', '[1]'], '20')).success);
  assert.ok((await set('Vector', ['v8', 'as', 'f64', '[3]'], '0.5')).success);
  assert.equal(await value('$v8.e64[1]'), '20');
  assert.equal(await value('$v8.f64[3] = $v8.f64[3] + 1'), '1.5');
  assert.equal(await value('$v8.e64[3] = 4'), '4');
  assert.equal(await value('$v8.e64[1] = 2'), '2');
  // A lane that the register has not is none, and not one of the next register's.
  assert.match(await value('$v8.e64[4]'), /there is no element 4 in long\[4\]/);
  assert.match(await value('$v8.e64[4] = 7'), /there is no element 4/);
  assert.match(await value('$v31.e64[4]'), /there is no element 4/);
  assert.match(await value('$v31.m2'), /v31 can't start a group of 2 registers/);
});

test('vector registers as other elements and groups, in hexadecimal and binary', async () => {
  const { variablesReference } = (await talk.scope(VECTOR, 'Vector')).get('v8')!;
  const ways = await talk.variables((await talk.variables(variablesReference)).get('as')!.variablesReference);
  const elements = ['e8', 'e16', 'e32', 'e64', 'u8', 'u16', 'u32', 'u64', 'f16', 'bf16', 'f32', 'f64', 'mask'];
  assert.deepEqual([...ways.keys()], [...elements, 'm1', 'm2', 'm4', 'm8']);
  assert.equal(ways.get('mask')?.value, '{1, 0, 0, 0, 0, 0, 0, 0, …}');
  assert.equal(ways.get('m2')?.type, 'long[8]');
  assert.equal(await value('$v8.m4'), '{1, 2, 3, 4, 0, 0, 0, 0, …}');
  assert.equal(await value('$v8.m2.e32[6]'), '4');
  assert.match(await value('$v9.m2'), /v9 can't start a group of 2 registers/);
  assert.equal(await value('$v8.e64,x'), '{0x1, 0x2, 0x3, 0x4}');
  assert.equal(await value('$v8.e64[2], b'), '0b11');
  assert.equal(await value('$v8.u8[0],d'), '1');
  assert.equal(await value('(float)1.5,x'), '0x3fc00000');
  assert.match(await value('$v8,q'), /after the comma stands d, x or b/);
  assert.equal(await value('$v8.mask[1] = 1'), '1');
  assert.equal(await value('$v8.e64[0]'), '3');
  assert.equal(await value('$v8.e64[0] = 1'), '1');
});

test('lanes in hexadecimal for a client that wants values so, in as many digits as their elements have', async () => {
  assert.equal(await value('$v8.e32[1] = -1'), '-1');
  const { variablesReference } = (await talk.scope(VECTOR, 'Vector')).get('v8')!;
  const { variablesReference: as } = (await talk.variables(variablesReference)).get('as')!;
  const { variablesReference: e32 } = (await talk.variables(as)).get('e32')!;
  const { variables } = await talk.ask('variables', { variablesReference: e32, count: 2, format: { hex: true } });
  assert.deepEqual(
    variables.map((lane: { value: string }) => lane.value),
    ['0x1', '0xffffffff'],
  );
  assert.equal(await value('$v8.e32[1] = 0'), '0');
});

test('what is no value of a lane is refused, and says why', async () => {
  const refusal = async (path: readonly string[], text: string) => (await set('Vector', path, text)).message;
  assert.equal(await refusal(['v8', '[0]'], '1.5'), '`1.5` is no integer');
  assert.equal(await refusal(['v8', '[0]'], ''), '`` is no integer');
  assert.equal(await refusal(['v8', 'as', 'u8', '[0]'], '256'), '`256` does not fit into the 8 bits of unsigned char');
  assert.equal(await refusal(['v8', 'as', 'e8', '[0]'], '-129'), '`-129` does not fit into the 8 bits of signed char');
  assert.equal(await refusal(['v8', 'as', 'f32', '[0]'], 'much'), '`much` is no number');
  assert.equal(await refusal(['v8', '[4]'], '1'), 'there is no `[4]` here');
  assert.equal(await refusal(['v8', 'as', 'e8', '[0]'], '0xff'), undefined);
  assert.equal(await value('$v8.e8[0]'), '-1');
  assert.equal(await refusal(['v8', '[0]'], '1'), undefined);
});

test('vstart is marked, and the lanes before it', async () => {
  assert.equal(await value('$vstart = 2'), '2');
  const lanes = await talk.variables((await talk.scope(VECTOR, 'Vector')).get('v8')!.variablesReference);
  assert.deepEqual(
    [...lanes.values()].slice(0, 4).map((lane) => lane.value),
    ['1 (prestart)', '2 (prestart)', '3 (vstart)', '4'],
  );
  assert.equal(await value('$vstart = 0'), '0');
});

test('CSRs with their fields', async () => {
  const scope = await talk.scope(VECTOR, 'CSRs');
  const status = await talk.variables(scope.get('mstatus')!.variablesReference);
  assert.equal(status.get('VS')?.value, '3');
  assert.equal(await value('$mstatus.VS'), '3');
  assert.equal(await value('$mhartid'), '2');
  assert.match(await value('$mhartid = 3'), /mhartid can only be read/);
  assert.ok((await set('CSRs', ['frm'], '2')).success);
  assert.equal(await value('$fcsr.frm'), '2');
  assert.ok((await set('CSRs', ['frm'], '0')).success);
  assert.equal(await value('$vlenb'), '32');
});

test('context: which hart, task, privilege', async () => {
  assert.equal(await value('$hart == 2 && $task == 1 && $priv == U'), '1');
  assert.match(await value('$nothing'), /no register, CSR or context value/);
});

test('the program got its arguments and environment', async () => {
  await talk.ask('setBreakpoints', { source: { path: program }, breakpoints: [] });
  const again = await Talk.launch(program, { args: ['one'], env: { NAME: 'value', GONE: null }, stopOnEntry: true });
  await again.go('configurationDone', 1);
  const text = async (expression: string) => (await again.ask('evaluate', { expression, context: 'repl' })).result;
  assert.equal(await text('*(long *)sp'), '2');
  assert.equal(await text('**(char **)(sp + 16)'), "111 'o'");
  assert.equal(await text('**(char **)(sp + 32)'), "78 'N'");
  assert.equal(await text('*(long *)(sp + 40)'), '0');
  await again.ask('terminate');
});

test('what was set is what the program goes on with', async () => {
  assert.equal(await value('$v8.e64[3] = 50'), '50');
  assert.equal((await talk.until('exited', 'continue', { threadId: VECTOR })).exitCode, 200);
});
