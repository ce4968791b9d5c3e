/** The smaller requests, and the order of a conversation, without a transport. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, test } from 'node:test';
import type { DebugProtocol as P } from '@vscode/debugprotocol';
import { root } from './conversation.js';
import { Talk } from './in-process.js';

const programs = `${root}test/debug-adapter/programs`;
const folder = mkdtempSync(join(tmpdir(), 'harthop-session-'));
after(() => rmSync(folder, { recursive: true }));

test('a relative path is the same program, and breakpoints by its absolute path hold', async () => {
  const talk = await Talk.launch(relative(process.cwd(), `${programs}/trip.S`));
  const { breakpoints } = await talk.ask('setBreakpoints', {
    source: { path: `${programs}/trip.S` },
    breakpoints: [{ line: 26 }],
  });
  assert.equal(breakpoints[0].verified, true);
  const { breakpoints: again } = await talk.ask('setBreakpoints', {
    source: { path: `${programs}/../programs/./trip.S` },
    breakpoints: [{ line: 26 }],
  });
  assert.equal(again[0].verified, true);
  await talk.ask('terminate');
});

test('completions: registers, CSRs and symbols that begin as the word does', async () => {
  const talk = await Talk.launch(`${programs}/trip.S`);
  const complete = async (text: string): Promise<string[]> => {
    const { targets } = await talk.ask('completions', { text, column: text.length + 1 });
    return targets.map(({ label }: P.CompletionItem) => label);
  };
  assert.ok((await complete('a0 + $vl')).includes('$vlenb'));
  assert.deepEqual(await complete('double_'), ['double_all']);
  assert.deepEqual(await complete('$hart'), ['$hart']);
  assert.deepEqual(await complete('$v8.f'), ['f16', 'f32', 'f64']);
  assert.deepEqual(await complete('2 + v8.m4.u8'), ['u8']);
  assert.deepEqual(await complete('nothing_begins_so'), []);
  // Of what is no value nothing is a part.
  assert.deepEqual(await complete('(a0 + 1).doub'), []);
  assert.deepEqual(await complete('(a0 = 5).doub'), []);
  await talk.ask('terminate');
});

test('disassembly backwards finds the instructions behind data that looks like the beginning of one', async () => {
  const program = join(folder, 'data.S');
  writeFileSync(program, '.globl _start\n_start: nop\n j over\n .half 0xffff\nover: li a7, 93\n li a0, 0\n ecall\n');
  const talk = await Talk.launch(program, { stopOnEntry: true });
  await talk.until('stopped', 'configurationDone');
  const { result } = await talk.ask('evaluate', { expression: 'over' });
  const memoryReference = result.split(' ')[0];
  const { instructions } = await talk.ask('disassemble', {
    memoryReference,
    offset: 4,
    instructionOffset: -1,
    instructionCount: 3,
  });
  assert.deepEqual(
    instructions.map(({ symbol, instruction }: P.DisassembledInstruction) => [symbol, instruction]),
    [
      ['over', 'li a7,93'],
      [undefined, 'li a0,0'],
      [undefined, 'ecall'],
    ],
  );
  await talk.ask('terminate');
});

test('modules and sources: program, kernel and firmware', async () => {
  const talk = await Talk.launch(`${programs}/trip.S`);
  const { modules } = await talk.ask('modules', {});
  assert.deepEqual(
    modules.map(({ id }: P.Module) => id),
    ['program', 'kernel', 'firmware'],
  );
  const { sources } = await talk.ask('loadedSources');
  const paths = sources.map(({ path }: P.Source) => path);
  for (const path of ['test/debug-adapter/programs/trip.S', 'kernel/trap.c', 'firmware/entry.S'])
    assert.ok(paths.includes(`${root}${path}`), path);
  await talk.ask('terminate');
});

test('a source that is not on this machine is told by `source`', async () => {
  const program = join(folder, 'gone.S');
  writeFileSync(program, '.globl _start\n_start: li a0, 3\n li a7, 93\n ecall\n');
  const talk = await Talk.launch(program, { stopOnEntry: true });
  rmSync(program);
  await talk.go('configurationDone', 1);
  const { stackFrames } = await talk.ask('stackTrace', { threadId: 1 });
  const { source, line } = stackFrames[0];
  assert.equal(line, 2);
  assert.equal(source.path, undefined);
  const { content } = await talk.ask('source', { source, sourceReference: source.sourceReference });
  assert.match(content, /gone\.S is not on this machine/);
  await talk.ask('terminate');
});

test('files that the program includes are read', async () => {
  writeFileSync(join(folder, 'numbers.inc'), '.equ STATUS, 9\n');
  const program = join(folder, 'includes.S');
  writeFileSync(program, '#include "numbers.inc"\n.globl _start\n_start: li a0, STATUS\n li a7, 93\n ecall\n');
  const talk = await Talk.launch(program);
  assert.equal((await talk.until('exited', 'configurationDone')).exitCode, 9);
});

test('a program that dies by a signal says by which', async () => {
  const program = join(folder, 'dies.S');
  writeFileSync(program, '.globl _start\n_start: ld a0, 0(zero)\n');
  const talk = await Talk.launch(program);
  assert.equal((await talk.until('exited', 'configurationDone')).exitCode, 139);
  assert.ok(talk.events.some(({ event, body }) => event === 'output' && /signal 11 \(SIGSEGV\)/.test(body.output)));
});

test('every preset boots and runs the trip', async () => {
  for (const soc of ['app1-vec1', 'app2-vec2', 'mixed-vlen', 'all-vector']) {
    const talk = await Talk.launch(`${programs}/trip.S`, { soc });
    assert.equal((await talk.until('exited', 'configurationDone')).exitCode, 16, soc);
  }
});

test('where every hart has vectors nothing travels, and the state is live at home', async () => {
  const talk = await Talk.launch(`${programs}/trip.S`, { soc: 'all-vector' });
  await talk.ask('setExceptionBreakpoints', { filters: ['sbi-migrate', 'arrive'] });
  await talk.ask('setBreakpoints', { source: { path: `${programs}/trip.S` }, breakpoints: [{ line: 28 }] });
  const stop = await talk.go('configurationDone', 1);
  assert.equal(stop.reason, 'breakpoint');
  assert.match((await talk.scope(stop.threadId, 'Saved vector state')).get('state')!.value, /^live/);
  assert.equal((await talk.scope(stop.threadId, 'Vector')).get('v8')?.value, '{1, 2, 3, 4}');
  await talk.ask('terminate');
});

test('stopOnEntry is not asked of a run without debugging', async () => {
  const talk = await Talk.launch(`${programs}/trip.S`, { stopOnEntry: true, noDebug: true });
  assert.equal((await talk.until('exited', 'configurationDone')).exitCode, 16);
});

test('an instruction that no hart knows stops at `illegal` too, before the program dies of it', async () => {
  const program = join(folder, 'unknown.S');
  writeFileSync(program, '.globl _start\n_start: nop\n .4byte 0x0000007f\n');
  const talk = await Talk.launch(program);
  await talk.ask('setExceptionBreakpoints', { filters: ['illegal'] });
  const stop = await talk.go('configurationDone', 1);
  assert.equal(stop.stack.at(-1), '_start unknown.S:2');
  const { description } = await talk.ask('exceptionInfo', { threadId: stop.threadId });
  assert.match(description, /`.4byte 0x7f` at unknown\.S:2, which hart 0 \(rv64gc\) does not know/);
  assert.equal((await talk.until('exited', 'continue', { threadId: 1 })).exitCode, 132);
});

test('a seed draws the turns: another seed comes to the same stop at another time, the same one at the same', async () => {
  const arrival = async (seed: number) => {
    const talk = await Talk.launch(`${programs}/trip.S`, { seed });
    await talk.ask('setExceptionBreakpoints', { filters: ['arrive'] });
    const { threadId } = await talk.go('configurationDone', 1);
    const { details } = await talk.ask('exceptionInfo', { threadId });
    await talk.ask('terminate');
    return /^cycle: \d+$/m.exec(details.stackTrace)![0];
  };
  const seven = await arrival(7);
  assert.equal(await arrival(7), seven);
  assert.notEqual(await arrival(8), seven);
  await assert.rejects(
    Talk.launch(`${programs}/trip.S`, { seed: 1.5 }),
    /seed must be an integer from 0 to 4294967295/,
  );
});

test('threads keep their numbers and what they are called by, over migrations, going back and restarts', async () => {
  const path = 'test/debug-adapter/programs/trip.S';
  const talk = await Talk.launch(`${root}${path}`, { soc: 'mixed-vlen', stopOnExit: true });
  const threads = async () => (await talk.ask('threads')).threads as { id: number; name: string }[];
  /** Number, hart and instruction set; behind that stands what the hart does just now. */
  const known = async () => (await threads()).map(({ id, name }) => [id, ...name.split(' · ').slice(0, 2)]);
  const expected = [
    [1, 'hart 0', 'rv64gc'],
    [2, 'hart 1', 'rv64gc'],
    [3, 'hart 2', 'rv64gcv_zvl256b'],
    [4, 'hart 3', 'rv64gcv_zvl1024b'],
  ];
  /** Where the program's task is, at each stop. */
  const whereabouts = new Set<string>();
  const look = async () => {
    assert.deepEqual(await known(), expected);
    for (const { name } of await threads())
      if (/ U · task 1 trip\.S$/.test(name)) whereabouts.add(name.split(' · ')[0]!);
  };
  for (const round of [1, 2]) {
    if (round === 2) await talk.ask('restart');
    await talk.ask('setExceptionBreakpoints', { filters: ['arrive', 'leave', 'resume', 'syscall'] });
    let stop = await talk.until('stopped', 'configurationDone');
    const started = talk.events.flatMap(({ event, body }) => (event === 'thread' ? [body.threadId] : []));
    assert.deepEqual(started, [1, 2, 3, 4]);
    for (; stop.reason !== 'exit'; stop = await talk.until('stopped', 'continue', stop)) await look();
    await talk.until('stopped', 'reverseContinue', stop);
    await look();
  }
  assert.ok(whereabouts.size >= 2, [...whereabouts].join());
  await talk.ask('terminate');
});
