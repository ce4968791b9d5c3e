/** A conversation that no client would have: requests in any order, with arguments of any kind, some of them taken back. */
import assert from 'node:assert/strict';
import type { DebugProtocol as P } from '@vscode/debugprotocol';
import { nodeHost } from '../../../debug-adapter/node-host.js';
import { Session } from '../../../debug-adapter/session.js';
import { root } from '../conversation.js';
import { Generator, Random } from './generate.js';

const REQUESTS = 250;
/** Milliseconds within which every request must be answered. */
const PATIENCE = 30_000;
const programs = ['trip.S', 'faults.S', 'forever.S', 'places.S'].map(
  (name) => `${root}test/debug-adapter/programs/${name}`,
);
/** These end what could be asked further: rare. */
const ending = new Set(['disconnect', 'terminate', 'restart', 'launch', 'initialize', 'attach']);

export interface Tally {
  readonly requests: number;
  readonly served: number;
  /** By command: how often it was served, and how often refused. */
  readonly commands: ReadonlyMap<string, { served: number; refused: number }>;
}

/** One conversation. @throws AssertionError that names the request */
export async function converse(seed: number): Promise<Tally> {
  const closing: (() => void)[] = [];
  try {
    return await conversation(seed, closing);
  } finally {
    // Of one that failed: a guest that runs on would keep the process from its end.
    for (const close of closing) close();
  }
}

async function conversation(seed: number, closing: (() => void)[]): Promise<Tally> {
  const random = new Random(seed);
  const generator = new Generator(random, [...programs, `${root}kernel/trap.c`]);
  const waiting = new Map<number, (response: P.Response) => void>();
  const commands = new Map<string, { served: number; refused: number }>();
  const answered = new Set<number>();
  let over = false;
  const session = new Session(
    await nodeHost(root),
    (message) => {
      // What can't go over the wire is a fault, too.
      JSON.stringify(message);
      if (message.type === 'event') {
        const { event, body } = message as P.Event;
        assert.ok(event !== 'output' || !/debugger failed/.test(body.output), `seed ${seed}: ${body?.output}`);
        return;
      }
      const response = message as P.Response;
      const { request_seq } = response;
      assert.ok(!answered.has(request_seq), `seed ${seed}: request ${request_seq} was answered twice`);
      answered.add(request_seq);
      waiting.get(request_seq)?.(response);
    },
    () => {
      over = true;
    },
  );
  let seq = 0;
  closing.push(() => {
    if (!over) session.receive({ seq: ++seq, type: 'request', command: 'disconnect' });
  });
  const ask = (command: string, args: unknown) => {
    const number = ++seq;
    const what = `seed ${seed}, request ${number}: ${command} ${(JSON.stringify(args) ?? '').slice(0, 300)}`;
    let late: NodeJS.Timeout | undefined;
    const answer = new Promise<P.Response>((done, failed) => {
      late = setTimeout(() => failed(new assert.AssertionError({ message: `no answer; ${what}` })), PATIENCE);
      waiting.set(number, done);
      session.receive({ seq: number, type: 'request', command, arguments: args });
    }).finally(() => clearTimeout(late));
    return { number, what, answer };
  };
  const references = new Map<string, (number | string)[]>([['filterId', ['illegal', 'arrive', 'syscall']]]);
  /** A program that can be asked about; what was in hand before may be anything. */
  const launch = async () => {
    await ask('initialize', { adapterID: 'fuzz', supportsProgressReporting: true, supportsMemoryEvent: true }).answer;
    const program = random.pick(programs);
    const { success } = await ask('launch', { program, stopOnEntry: random.chance(2), soc: 'app1-vec1' }).answer;
    if (!success) await ask('restart', { arguments: { program, stopOnEntry: true } }).answer;
    await ask('configurationDone', {}).answer;
  };
  // Some conversations begin in the middle.
  if (!random.chance(5)) await launch();
  let served = 0;
  for (let n = 0; n < REQUESTS && !over; n++) {
    let command = random.pick(generator.commands);
    if (command === 'runInTerminal' || command === 'startDebugging')
      command = random.pick(['stackTrace', 'variables', 'threads', command]);
    if (ending.has(command) && !random.chance(12)) command = random.pick(['continue', 'pause', 'stackTrace', 'scopes']);
    const { number, what, answer } = ask(command, generator.arguments(command, references));
    if (random.chance(25)) void ask('cancel', { requestId: number }).answer.catch(() => {});
    const response = await answer;
    assert.equal(response.command, command, what);
    assert.equal(typeof response.success, 'boolean', what);
    const tally = commands.get(command) ?? { served: 0, refused: 0 };
    commands.set(command, tally);
    if (response.success) {
      served++;
      tally.served++;
      collect(response.body, references);
    } else {
      tally.refused++;
      assert.ok(response.message, what);
      assert.doesNotMatch(response.message, /debugger failed/, what);
    }
    // Most of what can be asked is about a program that stands still.
    if (/running/.test(response.message ?? '') && random.chance(2)) {
      await ask('pause', { threadId: 1 }).answer;
      await new Promise((done) => setTimeout(done, 20));
    }
    if (response.success && command === 'stackTrace' && references.has('frameId'))
      collect((await ask('scopes', { frameId: references.get('frameId')!.at(-1) }).answer).body, references);
    if (random.chance(6)) await new Promise((done) => setTimeout(done, random.below(6)));
    if (response.message && /has ended|initialize and launch|no program/.test(response.message) && random.chance(2))
      await launch();
  }
  if (!over) {
    await ask('pause', { threadId: 1 }).answer;
    await ask('disconnect', {}).answer;
  }
  assert.ok(over, `seed ${seed}: the conversation did not end`);
  return { requests: seq, served, commands };
}

/** What an answer's `id` is given for, by the list that it stands in. */
const idsOf: Readonly<Record<string, string>> = { stackFrames: 'frameId', targets: 'targetId', breakpoints: 'id' };

/** Numbers and names by which things can be asked for. */
function collect(value: unknown, into: Map<string, (number | string)[]>, list = ''): void {
  const note = (kind: string, thing: number | string) => {
    const known = into.get(kind) ?? [];
    known.push(thing);
    into.set(kind, known.slice(-40));
  };
  if (Array.isArray(value)) for (const each of value.slice(0, 20)) collect(each, into, list);
  else if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value))
      if (key === 'id' && typeof inner === 'number') note(idsOf[list] ?? 'id', inner);
      else if (/Reference$/.test(key) && typeof inner === 'number' && inner > 0) note(key, inner);
      else if (/^(name|label|filterId|filter|dataId)$/.test(key) && typeof inner === 'string') note(key, inner);
      else collect(inner, into, key);
}
