/** Conversations that no client would have: every request is answered, and never with a fault of the debugger's own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requests } from '../../debug-adapter/requests/index.js';
import { root } from './conversation.js';
import { Talk } from './in-process.js';

const ROUNDS = Number(process.env.HARTHOP_RANDOM_ROUNDS ?? 3);
const REQUESTS = 300;
const programs = ['trip.S', 'faults.S', 'forever.S'];

/** The same numbers for the same seed, so that a failure can be had again. */
function generator(seed: number) {
  let state = seed * 2654435761 + 1;
  const below = (n: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  return { below, pick: <T>(list: readonly T[]): T => list[below(list.length)] };
}

for (let round = 1; round <= ROUNDS; round++)
  test(`random requests, seed ${round}`, { timeout: 120_000 }, async () => {
    const { below, pick } = generator(round);
    const program = `${root}test/debug-adapter/programs/${pick(programs)}`;
    const soc = pick(['app2-vec1', 'app1-vec1', 'mixed-vlen']);
    const talk = await Talk.launch(program, {
      soc,
      stopOnEntry: true,
    });
    const references: number[] = [0];
    const frames: number[] = [0];
    const addresses = [
      '0x10000',
      '0x11008',
      '0x80000000',
      '0x80200000',
      '0xffffffc080200000',
      '0x3fffffcea0',
      '0x0',
      '0xffffffffffffffff',
      '0x2000000',
    ];
    const expressions = [
      'a0',
      '$v8.e32[1]',
      'v0',
      '*(long *)sp',
      'sp = sp - 8',
      'a0 = 1 << 40',
      'pc',
      '$mstatus.FS',
      '$satp',
      'current_task[0]->name',
      'numbers',
      '$hart + $task',
      'pc = pc + 2',
      '$satp = 0',
      '$mtvec = 0',
      's0 / (s0 - s0)',
      '&numbers',
      '$priv == M',
    ];
    const make: Record<string, () => object> = {
      stackTrace: () => ({ threadId: 1 + below(4), startFrame: below(3), levels: below(9) }),
      scopes: () => ({ frameId: pick(frames) }),
      variables: () => ({ variablesReference: pick(references), start: below(3), count: below(40) }),
      setVariable: () => ({
        variablesReference: pick(references),
        name: pick(['a0', '[0]', 'pc', 'vl', 'e8', 'mstatus', 'sp']),
        value: pick(['1', '-1', '0x80000000', 'x', '1e9']),
      }),
      setExpression: () => ({ expression: pick(expressions), value: pick(expressions), frameId: pick(frames) }),
      evaluate: () => ({
        expression: pick(expressions),
        frameId: pick([...frames, undefined]),
        context: pick(['watch', 'hover', 'repl']),
      }),
      setBreakpoints: () => ({
        source: { path: below(3) ? program : `${root}kernel/trap.c` },
        breakpoints: Array.from({ length: below(4) }, () => ({
          line: below(140),
          condition: pick([undefined, ...expressions]),
          logMessage: pick([undefined, undefined, '{a0} {$v8}']),
        })),
      }),
      setFunctionBreakpoints: () => ({
        breakpoints: Array.from({ length: below(3) }, () => ({
          name: pick(['_start', 'user_trap', 'trap', 'double_all', 'nobody']),
        })),
      }),
      setInstructionBreakpoints: () => ({
        breakpoints: Array.from({ length: below(3) }, () => ({
          instructionReference: pick(addresses),
          offset: below(64) - 32,
        })),
      }),
      setExceptionBreakpoints: () => ({
        filters: Array.from({ length: below(3) }, () =>
          pick(['illegal', 'sbi-migrate', 'arrive', 'leave', 'return', 'resume', 'syscall', 'page-fault', 'x']),
        ),
      }),
      disassemble: () => ({
        memoryReference: pick(addresses),
        offset: below(400) - 200,
        instructionOffset: below(80) - 40,
        instructionCount: below(60),
      }),
      readMemory: () => ({ memoryReference: pick(addresses), offset: below(8000) - 4000, count: below(9000) }),
      writeMemory: () => ({ memoryReference: pick(addresses.slice(0, 2)), offset: below(64), data: 'AAECAw==' }),
      completions: () => ({ text: pick(expressions), column: below(9) }),
    };
    const ending = new Set(['initialize', 'launch', 'disconnect', 'terminate', 'restart', 'configurationDone']);
    const commands = Object.keys(requests).filter((command) => !ending.has(command));
    /** Let it run for some milliseconds, then have it stop if nothing else stopped it. */
    const standStill = async (milliseconds: number) => {
      const over = () => talk.events.some(({ event }) => event === 'stopped' || event === 'exited');
      for (let waited = 0; !over(); waited++) {
        if (waited === milliseconds) await talk.request('pause', { threadId: 1 });
        assert.ok(waited < 5000, 'a pause was not answered');
        await new Promise((done) => setTimeout(done, 1));
      }
      talk.events.length = 0;
    };
    let served = 0;
    await talk.ask('configurationDone');
    await standStill(100);
    for (let n = 0; n < REQUESTS; n++) {
      const command = pick(commands);
      const threadId = 1 + below(4);
      const args = make[command]?.() ?? { threadId, granularity: pick(['statement', 'line', 'instruction']) };
      const answer = await talk.request(command, args);
      assert.equal(typeof answer.success, 'boolean');
      const said = `${command} ${JSON.stringify(args)}`;
      if (answer.success) served++;
      else {
        assert.doesNotMatch(answer.message ?? '', /debugger failed/, said);
        assert.ok(answer.message, said);
      }
      for (const { id } of answer.body?.stackFrames ?? []) frames.push(id);
      for (const { variablesReference } of [...(answer.body?.scopes ?? []), ...(answer.body?.variables ?? [])])
        if (variablesReference) references.push(variablesReference);
      if (answer.body?.variablesReference) references.push(answer.body.variablesReference);
      frames.splice(0, frames.length - 20);
      references.splice(0, references.length - 60);
      if (/continue|next|step/.test(command) && answer.success && below(20)) await standStill(below(4));
      if ((await talk.request('threads')).message === 'the program has ended') {
        await talk.ask('restart', { arguments: { program, soc, stopOnEntry: true } });
        await talk.ask('configurationDone');
        talk.events.length = 0;
        await standStill(100);
      }
    }
    assert.ok(served > REQUESTS / 3, `only ${served} of ${REQUESTS} requests could be served`);
    const failures = talk.events.filter(({ event, body }) => event === 'output' && /debugger failed/.test(body.output));
    assert.deepEqual(failures, []);
    await talk.ask('disconnect');
  });
