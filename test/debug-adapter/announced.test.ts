/** Every capability that is announced works: each is used once here, and one that is not used here fails. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DebugProtocol as P } from '@vscode/debugprotocol';
import { capabilities } from '../../debug-adapter/requests/index.js';
import { root } from './conversation.js';
import { Talk } from './in-process.js';

const path = `${root}test/debug-adapter/programs/trip.S`;
const source = { path };
const LOAD = 27;

/** A program that stands at a line, on the vector hart, as thread 3. */
async function standing(line = LOAD, more: object = {}): Promise<Talk> {
  const talk = await Talk.launch(path, more, { supportsMemoryEvent: true, supportsInvalidatedEvent: true });
  await talk.ask('setBreakpoints', { source, breakpoints: [{ line }] });
  await talk.until('stopped', 'configurationDone');
  return talk;
}
const frameOf = async (talk: Talk, threadId = 3): Promise<P.StackFrame> =>
  (await talk.ask('stackTrace', { threadId })).stackFrames[0];
const evaluate = async (talk: Talk, expression: string, more: object = {}): Promise<string> =>
  (await talk.ask('evaluate', { expression, frameId: (await frameOf(talk)).id, ...more })).result;

/** What stops a run of the program first, after a request has asked for it. */
async function stopOf(command: string, args: object): Promise<{ reason: string; threadId: number; line: number }> {
  const talk = await Talk.launch(path);
  await talk.ask(command, args);
  const { reason, threadId } = await talk.until('stopped', 'configurationDone');
  return { reason, threadId, line: (await frameOf(talk, threadId)).line };
}

const used: { readonly [name: string]: () => Promise<void> } = {
  supportsConfigurationDoneRequest: async () => void (await standing()),
  supportTerminateDebuggee: async () => {
    const talk = await standing();
    await talk.ask('disconnect', { terminateDebuggee: true });
  },
  supportsTerminateRequest: async () => {
    const talk = await standing();
    await talk.until('terminated', 'terminate').catch(() => {});
    assert.ok(talk.events.some(({ event }) => event === 'terminated'));
    assert.equal((await talk.request('threads')).message, 'the program has ended');
  },
  supportsRestartRequest: async () => {
    const talk = await standing();
    await talk.ask('restart', {});
    await talk.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'double_all' }] });
    assert.equal((await talk.until('stopped', 'configurationDone')).reason, 'breakpoint');
  },
  supportsCancelRequest: async () => {
    const talk = await standing();
    const waiting = [talk.request('threads'), talk.request('modules')];
    await talk.ask('cancel', { requestId: talk.last });
    assert.equal((await waiting[1]).message, 'cancelled');
  },
  supportsDelayedStackTraceLoading: async () => {
    const talk = await standing();
    const { stackFrames, totalFrames } = await talk.ask('stackTrace', { threadId: 3, startFrame: 1, levels: 1 });
    assert.deepEqual([stackFrames.length, stackFrames[0].name, totalFrames], [1, 'round', 2]);
  },
  supportsSetVariable: async () => {
    const talk = await standing();
    const { scopes } = await talk.ask('scopes', { frameId: (await frameOf(talk)).id });
    const { variablesReference } = scopes.find(({ name }: P.Scope) => name === 'Integer');
    const { value } = await talk.ask('setVariable', {
      variablesReference,
      name: 'a5',
      value: '77',
      format: { hex: true },
    });
    assert.equal(value, '0x4d');
    assert.equal(await evaluate(talk, 'a5'), '77');
  },
  supportsSetExpression: async () => {
    const talk = await standing(28);
    talk.events.length = 0;
    const args = { expression: '*(long *)(numbers + 8)', value: '255', format: { hex: true } };
    assert.equal((await talk.ask('setExpression', args)).value, '0xff');
    const { memoryReference, count } = await talk.event('memory');
    assert.deepEqual([memoryReference, count], ['0x11008', 8]);
  },
  supportsEvaluateForHovers: async () =>
    assert.equal(await evaluate(await standing(), '$vl', { context: 'hover' }), '4'),
  supportsValueFormattingOptions: async () => {
    const talk = await standing();
    talk.events.length = 0;
    assert.equal(await evaluate(talk, 'a5 == 255'), '0');
    assert.equal(talk.events.length, 0);
    assert.equal(await evaluate(talk, 'a5 = 255', { format: { hex: true } }), '0xff');
    // What the client shows elsewhere is old now.
    await talk.event('invalidated');
    const [frame] = (await talk.ask('stackTrace', { threadId: 3, format: { line: true, module: true } })).stackFrames;
    assert.equal(frame.name, `program!double_all line ${LOAD}`);
  },
  supportsClipboardContext: async () => {
    const talk = await standing();
    const numbers = (text: string) => text.replace(/[{}]/g, '').split(', ');
    assert.equal(numbers(await evaluate(talk, '$v8.e8', { context: 'clipboard' })).length, 32);
    assert.equal(numbers(await evaluate(talk, '$v8.e8')).at(-1), '…');
  },
  supportsCompletionsRequest: async () => {
    const talk = await standing();
    const labels = async (text: string) => {
      const { targets } = await talk.ask('completions', {
        text,
        column: text.length + 1,
        frameId: (await frameOf(talk)).id,
      });
      return targets.map(({ label, start }: P.CompletionItem) => `${label}@${start}`);
    };
    assert.ok((await labels('1 + doub')).includes('double_all@5'));
    assert.ok((await labels('$mstat')).includes('$mstatus@1'));
    assert.deepEqual(await labels('$mstatus.MPR'), ['MPRV@10']);
    assert.ok((await labels('$v8.')).includes('e32@5'));
    assert.ok((await labels('current_task[0]->ti')).includes('tid@18'));
    assert.deepEqual(await labels('nothing.'), []);
  },
  completionTriggerCharacters: async () =>
    assert.deepEqual(capabilities().completionTriggerCharacters, ['$', '.', '>']),
  supportsLoadedSourcesRequest: async () => {
    const { sources } = await (await standing()).ask('loadedSources');
    assert.ok(sources.some((each: P.Source) => each.path === path));
    assert.ok(sources.some((each: P.Source) => each.name === 'trap.c'));
  },
  supportsModulesRequest: async () => {
    const { modules, totalModules } = await (await standing()).ask('modules', { startModule: 0, moduleCount: 1 });
    assert.deepEqual([modules.length, modules[0].id, totalModules], [1, 'program', 3]);
  },
  supportsConditionalBreakpoints: async () => {
    const stop = await stopOf('setBreakpoints', { source, breakpoints: [{ line: 15, condition: 's0 == 1' }] });
    assert.deepEqual([stop.reason, stop.line], ['breakpoint', 15]);
  },
  supportsHitConditionalBreakpoints: async () => {
    const stop = await stopOf('setBreakpoints', { source, breakpoints: [{ line: 15, hitCondition: '2' }] });
    assert.equal(stop.line, 15);
  },
  supportsLogPoints: async () => {
    const talk = await Talk.launch(path);
    await talk.ask('setBreakpoints', { source, breakpoints: [{ line: 15, logMessage: 's0 is {s0}' }] });
    await talk.ask('configurationDone');
    await talk.event('terminated');
    const said = talk.events.filter(({ event, body }) => event === 'output' && body.output.startsWith('s0 is'));
    assert.deepEqual(
      said.map(({ body }) => body.output),
      ['s0 is 2\n', 's0 is 1\n'],
    );
  },
  supportsBreakpointLocationsRequest: async () => {
    const { breakpoints } = await (await standing()).ask('breakpointLocations', { source, line: 24, endLine: 26 });
    assert.deepEqual(breakpoints, [{ line: 25 }, { line: 26 }]);
  },
  breakpointModes: async () => {
    for (const { mode, appliesTo } of capabilities().breakpointModes!)
      if (appliesTo.includes('source'))
        assert.equal((await stopOf('setBreakpoints', { source, breakpoints: [{ line: 15, mode }] })).line, 15);
  },
  supportsDataBreakpoints: async () => {
    const talk = await standing(25);
    await talk.ask('setBreakpoints', { source, breakpoints: [] });
    const { dataId } = await talk.ask('dataBreakpointInfo', { name: '*(long *)numbers' });
    await talk.ask('setDataBreakpoints', { breakpoints: [{ dataId, accessType: 'write' }] });
    assert.equal((await talk.until('stopped', 'continue', { threadId: 1 })).reason, 'data breakpoint');
  },
  supportsDataBreakpointBytes: async () => {
    const talk = await standing(25);
    const info = await talk.ask('dataBreakpointInfo', { name: '0x11000', asAddress: true, bytes: 16 });
    assert.ok(info.dataId, info.description);
  },
  supportsFunctionBreakpoints: async () =>
    assert.equal(
      (await stopOf('setFunctionBreakpoints', { breakpoints: [{ name: 'double_all' }] })).reason,
      'breakpoint',
    ),
  supportsInstructionBreakpoints: async () => {
    const args = { breakpoints: [{ instructionReference: '0x10000', offset: 2 }] };
    assert.equal((await stopOf('setInstructionBreakpoints', args)).line, 13);
  },
  supportsExceptionFilterOptions: async () => {
    const args = { filters: [], filterOptions: [{ filterId: 'arrive', condition: '$to == 2' }] };
    assert.equal((await stopOf('setExceptionBreakpoints', args)).threadId, 3);
  },
  exceptionBreakpointFilters: async () => {
    const filters = capabilities().exceptionBreakpointFilters!.map(({ filter }) => filter);
    const talk = await Talk.launch(path);
    const { breakpoints } = await talk.ask('setExceptionBreakpoints', { filters });
    assert.ok(breakpoints.every(({ verified }: P.Breakpoint) => verified));
  },
  supportsExceptionInfoRequest: async () => {
    const talk = await Talk.launch(path);
    await talk.ask('setExceptionBreakpoints', { filters: ['illegal'] });
    const { threadId } = await talk.until('stopped', 'configurationDone');
    assert.match((await talk.ask('exceptionInfo', { threadId })).description, /needs V/);
  },
  supportsStepInTargetsRequest: async () => {
    const talk = await standing(13);
    const { targets } = await talk.ask('stepInTargets', { frameId: (await frameOf(talk, 1)).id });
    assert.equal(targets[0].label, 'double_all');
    assert.match((await talk.go('stepIn', 1, { targetId: targets[0].id })).stack[0], /^double_all/);
  },
  supportsGotoTargetsRequest: async () => {
    const talk = await standing(13);
    const { targets } = await talk.ask('gotoTargets', { source, line: 16 });
    assert.deepEqual((await talk.go('goto', 1, { targetId: targets[0].id })).stack, ['round trip.S:16']);
    // Hart 1 is in the kernel: nothing of the program's can go on there.
    const refused = await talk.request('goto', { threadId: 2, targetId: targets[0].id });
    assert.match(refused.message ?? '', /^hart 1 is at .*, whose privilege is another than that of line 16/);
  },
  supportsStepBack: async () => {
    const talk = await standing(28);
    assert.deepEqual((await talk.go('stepBack', 3)).stack[0], 'double_all trip.S:27');
  },
  supportsRestartFrame: async () => {
    const talk = await standing(28);
    await talk.until('stopped', 'restartFrame', { frameId: (await frameOf(talk)).id });
    assert.deepEqual(await talk.stack(1), ['double_all trip.S:25', 'round trip.S:13']);
  },
  supportsSteppingGranularity: async () => {
    const talk = await standing(13);
    // A call of two instructions.
    assert.match((await talk.go('stepIn', 1, { granularity: 'instruction' })).stack[0], /trip\.S:13/);
    assert.match((await talk.go('stepIn', 1, { granularity: 'instruction' })).stack[0], /^double_all trip\.S:25/);
    assert.match((await talk.go('stepBack', 1, { granularity: 'instruction' })).stack[0], /trip\.S:13/);
  },
  supportsSingleThreadExecutionRequests: async () => {
    const talk = await standing(13);
    assert.match((await talk.go('next', 1, { singleThread: true, granularity: 'instruction' })).reason, /step|pause/);
  },
  supportsDisassembleRequest: async () => {
    const talk = await standing();
    const ask = { memoryReference: '0x10036', instructionOffset: -2, instructionCount: 4 };
    const { instructions } = await talk.ask('disassemble', ask);
    assert.equal(instructions.length, 4);
    assert.equal(instructions[2].address, '0x10036');
    const { instructions: bare } = await talk.ask('disassemble', {
      ...ask,
      instructionOffset: -4,
      resolveSymbols: false,
    });
    assert.ok(bare.every(({ symbol }: P.DisassembledInstruction) => symbol === undefined));
    const odd = await talk.ask('disassemble', { memoryReference: '0x11000', instructionCount: 3 });
    assert.ok(odd.instructions.some((each: P.DisassembledInstruction) => each.presentationHint === 'invalid'));
  },
  supportsReadMemoryRequest: async () => {
    const talk = await standing(28);
    const { address, data, unreadableBytes } = await talk.ask('readMemory', {
      memoryReference: '0x11000',
      offset: 8,
      count: 1e9,
    });
    assert.equal(address, '0x11008');
    assert.equal(Buffer.from(data, 'base64').readBigInt64LE(), 2n);
    assert.ok(unreadableBytes > 0);
  },
  supportsWriteMemoryRequest: async () => {
    const talk = await standing(28);
    const { data } = await talk.ask('readMemory', { memoryReference: '0x11000', count: 1e6 });
    const end = 0x11000 + Buffer.from(data, 'base64').length;
    const args = { memoryReference: `0x${(end - 2).toString(16)}`, data: Buffer.alloc(8, 5).toString('base64') };
    assert.match((await talk.request('writeMemory', args)).message ?? '', /is not mapped/);
    talk.events.length = 0;
    assert.equal((await talk.ask('writeMemory', { ...args, allowPartial: true })).bytesWritten, 2);
    assert.equal((await talk.event('memory')).count, 2);
  },
};

test('what is announced is what is used here', () => {
  assert.deepEqual(Object.keys(used).sort(), Object.keys(capabilities()).sort());
});

for (const [name, use] of Object.entries(used)) test(`${name} works`, { timeout: 120_000 }, use);

test('code that a value points at is found in the sources', { timeout: 120_000 }, async () => {
  const talk = await standing();
  const { valueLocationReference } = await talk.ask('evaluate', { expression: 'ra' });
  const place = await talk.ask('locations', { locationReference: valueLocationReference });
  assert.deepEqual([place.source.path, place.line], [path, 14]);
  assert.match((await talk.request('locations', { locationReference: 999 })).message ?? '', /is not known/);
});
