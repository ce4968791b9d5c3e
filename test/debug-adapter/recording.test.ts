/** A debug session's run as a recording: saved, opened again elsewhere, the same to the byte. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { stateFingerprint } from '../../emulator/history/fingerprint.js';
import { root } from './conversation.js';
import { Talk } from './in-process.js';

const folder = mkdtempSync(join(tmpdir(), 'harthop-recording-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const program = join(folder, 'trip.S');
const text = readFileSync(`${root}test/debug-adapter/programs/trip.S`, 'utf8');
const file = join(folder, 'run.harthop');
const breakpoints = async (talk: Talk, ...lines: number[]) =>
  talk.ask('setBreakpoints', { source: { path: program }, breakpoints: lines.map((line) => ({ line })) });

interface Stop {
  readonly steps: number;
  readonly state: string;
  readonly stack: readonly string[];
}

async function here(talk: Talk, thread: number): Promise<Stop> {
  const { machine } = talk.live;
  return { steps: machine.steps, state: stateFingerprint(machine), stack: await talk.stack(thread) };
}

/** From stop to stop. */
async function way(talk: Talk, stops: number): Promise<Stop[]> {
  const seen: Stop[] = [];
  let { threadId } = await talk.until('stopped', 'configurationDone');
  for (let n = 0; n < stops; n++) {
    if (n > 0) ({ threadId } = await talk.go('continue', threadId));
    seen.push(await here(talk, threadId));
  }
  return seen;
}

test('a run is saved with what was changed in it, and opened again without program and sources', async () => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(program, text);
  const talk = await Talk.launch(program, { seed: 3, soc: 'mixed-vlen', engine: 'interpreter', args: ['a b'] });
  await breakpoints(talk, 16, 19);
  const stops = await way(talk, 2);
  const thread = talk.live.runner.last + 1;
  const { stackFrames } = await talk.ask('stackTrace', { threadId: thread });
  const frameId = stackFrames[0].id;
  for (const [expression, value] of [
    ['$s5', '77'],
    ['$f3', '1.5'],
    ['*(long *)(sp - 64)', '0x123456789'],
    ['$stval', '99'],
  ])
    await talk.ask('setExpression', { expression, value, frameId });
  stops.push(await here(talk, thread));
  const last = await talk.go('continue', thread);
  stops.push(await here(talk, last.threadId));
  // Gone back, it is still the whole run that is saved.
  await talk.go('stepBack', last.threadId);
  const before = talk.live.machine.steps;
  const { content } = await talk.ask('harthop/saveRecording');
  assert.equal(talk.live.machine.steps, before);
  assert.deepEqual(
    JSON.parse(content).inputs.map(({ kind }: { kind: string }) => kind),
    ['x', 'f', 'virtual', 'csr'],
  );
  writeFileSync(file, content);
  await talk.ask('terminate');
  rmSync(program);

  for (const engine of ['auto']) {
    const again = await Talk.launch(undefined, { recording: file, engine });
    await breakpoints(again, 16, 19);
    // A place in the run is what it was after the changes that were made there.
    assert.deepEqual(await way(again, 2), [stops[0], stops[2]], engine);
    const third = await again.go('continue', again.live.runner.last + 1);
    assert.deepEqual(await here(again, third.threadId), stops[3]);
    // Back before the change, and over it again.
    await again.go('harthop/goTo', third.threadId, { steps: stops[2]!.steps });
    assert.equal((await again.stack(third.threadId))[0], stops[2]!.stack[0]);
    await again.go('harthop/goTo', third.threadId, { steps: stops[2]!.steps + 1 });
    await again.go('harthop/goTo', third.threadId, { steps: stops[3]!.steps });
    assert.deepEqual(await here(again, third.threadId), stops[3]);
    const [frame] = (await again.ask('stackTrace', { threadId: third.threadId })).stackFrames;
    assert.ok(frame.source.sourceReference, 'the source came with the recording');
    const source = await again.ask('source', { source: frame.source, sourceReference: frame.source.sourceReference });
    assert.equal(source.content, text);
    await again.ask('terminate');
  }
});

test('at its end a recording stops; from there it is a run like any other', async () => {
  const talk = await Talk.launch(undefined, { recording: file });
  const { end } = talk.live.debuggee.target.history!;
  const stop = await talk.until('stopped', 'configurationDone');
  assert.deepEqual([stop.reason, stop.description], ['pause', 'The end of the recording']);
  assert.equal(talk.live.machine.steps, end);
  const back = await talk.go('reverseContinue', stop.threadId);
  assert.equal(back.reason, 'entry');
  const again = await talk.go('continue', back.threadId);
  assert.equal(again.reason, 'pause');
  const exit = await talk.until('exited', 'continue', { threadId: again.threadId });
  assert.equal(exit.exitCode, 16);
  assert.ok(!talk.events.some(({ body }) => /not the run that was recorded/.test(body?.output ?? '')));
});

test('a recording of another run is told when its end is not what it was', async () => {
  const other = join(folder, 'other.harthop');
  const json = JSON.parse(readFileSync(file, 'utf8'));
  json.inputs = [];
  writeFileSync(other, JSON.stringify(json));
  const talk = await Talk.launch(undefined, { recording: other });
  await talk.until('stopped', 'configurationDone');
  const told = talk.events.filter(({ event, body }) => event === 'output' && body.category === 'important');
  assert.deepEqual(
    told.map(({ body }) => body.output.replace(folder, '')),
    [
      '/other.harthop: this is not the run that was recorded: HartHop 0.1.0 recorded it, and this is HartHop 0.1.0, of another build\n',
    ],
  );
  await talk.ask('terminate');
});

test('what does not go with a recording, and what is none, is refused with words', async () => {
  const refusal = async (more: object) => (await Talk.refused({ ...more })).replace(folder, '');
  assert.match(
    await refusal({ recording: file, program }),
    /launch: a recording brings its own program; leave `program` or `recording` out/,
  );
  assert.match(await refusal({ recording: file, seed: 5 }), /a recording brings its own seed/);
  assert.match(await refusal({ recording: 5 }), /launch: recording must be a string, not 5/);
  assert.match(await refusal({ recording: join(folder, 'none') }), /\/none can't be read: there is no such file/);
  assert.match(await refusal({ recording: `${root}package.json` }), /package\.json is no recording of HartHop's/);
});
