/**
 * Programs that are damaged: in what the debugger reads of them, or in what is run. Each is refused with words or debugged as far as it goes, and
 * every request is answered. HARTHOP_MUTATIONS=A..B tries these seeds; a failure names its own.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { DebugProtocol as P } from '@vscode/debugprotocol';
import { readElf } from '../../emulator/elf.js';
import { needs } from '../tools.js';
import { root } from './conversation.js';
import { Random } from './fuzz/generate.js';
import { Talk } from './in-process.js';

const [, first, last] = /^(\d+)(?:\.\.(\d+))?$/.exec(process.env.HARTHOP_MUTATIONS ?? '1..5') ?? [];
const seeds = Array.from({ length: Number(last ?? first) - Number(first) + 1 }, (_, n) => Number(first) + n);
const folder = mkdtempSync(join(tmpdir(), 'harthop-mutated-'));
after(() => rmSync(folder, { recursive: true }));
const sources = {
  c: `${root}test/debug-adapter/programs/values.c`,
  cc: `${root}test/debug-adapter/programs/shapes.cc`,
};
const tools = { ...needs('clang-19', 'ld.lld-19', 'riscv64-linux-gnu-gcc'), timeout: 120_000 };
/** What no user should read. */
const INTERNAL =
  /debugger failed|Cannot read|is not a function|is not iterable|undefined|\bNaN\b|Maximum call|Invalid (array|typed)/;
const PATIENCE_MS = 400;

const programs: { readonly path: string; readonly file: Uint8Array }[] = [];
before(() => {
  if ('skip' in tools && tools.skip) return;
  for (const [path, ...options] of [
    [sources.c, '-O0', '-gdwarf-4'],
    [sources.c, '-O2', '-gdwarf-5'],
    [sources.cc, '-O1', '-gdwarf-5', '-fno-exceptions', '-fno-rtti'],
  ]) {
    const program = join(folder, 'whole');
    const target = ['--target=riscv64-linux-gnu', '-fuse-ld=lld', '-static'];
    execFileSync('clang-19', [...target, ...options, '-o', program, path!]);
    programs.push({ path: path!, file: readFileSync(program) });
  }
});

/** Where bytes are changed, by kind of damage: [from, to) of the file. */
const kinds: Readonly<Record<string, (file: Uint8Array) => [number, number][]>> = {
  'debug information': (file) => sectionsOf(file, /^\.(debug_|eh_frame)/),
  'symbols and their names': (file) => sectionsOf(file, /^\.(symtab|strtab|shstrtab)/),
  'headers of file, segments and sections': (file) => {
    const view = new DataView(file.buffer, file.byteOffset);
    const [segments, sections] = [32, 40].map((at) => Number(view.getBigUint64(at, true)));
    return [
      [16, 64],
      [segments!, segments! + 56 * view.getUint16(56, true)],
      [sections!, sections! + 64 * view.getUint16(60, true)],
    ];
  },
  'code and data': (file) => sectionsOf(file, /^\.(text|rodata|data)/),
};

function sectionsOf(file: Uint8Array, wanted: RegExp): [number, number][] {
  return [...readElf(file, 'whole').sections].flatMap(([name, section]) => {
    if (!wanted.test(name) || section.size === 0) return [];
    const start = section.data.byteOffset - file.byteOffset;
    return [[start, start + section.size] as [number, number]];
  });
}

for (const [kind, places] of Object.entries(kinds))
  for (const seed of seeds)
    test(`changed ${kind}: HARTHOP_MUTATIONS=${seed}`, tools, async () => {
      const random = new Random(seed * 7919 + kind.length);
      const { path, file } = random.pick(programs);
      const copy = Uint8Array.from(file);
      const extremes = [0, 1, 0x7f, 0x80, 0xff];
      const all = places(file);
      // Of a header one byte tells much.
      for (let n = random.below(/headers/.test(kind) ? 3 : 40); n >= 0; n--) {
        const [from, to] = random.pick(all);
        copy[from + random.below(to - from)] = random.chance(2) ? random.pick(extremes) : random.below(256);
      }
      await debugged(random.chance(12) ? copy.subarray(0, random.below(copy.length)) : copy, path, random);
    });

/** A conversation as a client has it, with whatever comes. */
async function debugged(file: Uint8Array, path: string, random: Random): Promise<void> {
  const program = join(folder, 'mutated');
  writeFileSync(program, file);
  const talk = await Talk.start();
  const ask = async (command: string, args: object): Promise<P.Response> => {
    const answer = await talk.request(command, args);
    const said = `${command} ${JSON.stringify(args)}: ${answer.message}`;
    if (!answer.success) assert.ok(answer.message && !INTERNAL.test(answer.message), said);
    return answer;
  };
  const { success } = await ask('launch', { program });
  if (success) {
    const lines = Array.from({ length: 4 }, () => ({ line: 1 + random.below(75) }));
    await ask('setBreakpoints', { source: { path }, breakpoints: lines });
    await ask('setFunctionBreakpoints', { breakpoints: [{ name: 'main' }, { name: 'work' }, { name: 'area' }] });
    await ask('configurationDone', {});
    for (const command of ['next', 'stepIn', 'continue', 'stepOut', 'stepBack', 'continue']) {
      const threadId = await stopped(talk);
      if (threadId === undefined) break;
      await lookedAt(ask, threadId);
      talk.events.length = 0;
      if (!(await ask(command, { threadId })).success) break;
    }
  }
  await ask('disconnect', {});
  for (const { event, body } of talk.events)
    if (event === 'output') assert.doesNotMatch(body.output, /debugger failed/);
}

/** The thread of the next stop; what runs on and on is paused. Undefined: the program ended. */
async function stopped(talk: Talk): Promise<number | undefined> {
  const late = setTimeout(() => void talk.request('pause', { threadId: 1 }), PATIENCE_MS);
  try {
    for (;;) {
      const found = talk.events.find(({ event }) => event === 'stopped' || event === 'terminated');
      if (found) return found.event === 'stopped' ? found.body.threadId : undefined;
      await talk.heardMore();
    }
  } finally {
    clearTimeout(late);
  }
}

async function lookedAt(ask: (command: string, args: object) => Promise<P.Response>, threadId: number): Promise<void> {
  const { body } = await ask('stackTrace', { threadId });
  const frames: P.StackFrame[] = body?.stackFrames ?? [];
  for (const { id } of frames.slice(0, 4)) {
    const scopes: P.Scope[] = (await ask('scopes', { frameId: id })).body?.scopes ?? [];
    for (const { variablesReference } of scopes.filter(({ name }) => /Locals|Globals/.test(name))) {
      const answer = await ask('variables', { variablesReference });
      for (const variable of (answer.body?.variables ?? []).slice(0, 12))
        if (variable.variablesReference) await ask('variables', { variablesReference: variable.variablesReference });
    }
    for (const expression of ['first.next->value', '*this', 'table[1][2]', 'sizeof(struct node)', 'shapes::made + n'])
      await ask('evaluate', { expression, frameId: id });
  }
  const memoryReference = frames[0]?.instructionPointerReference;
  if (memoryReference) await ask('disassemble', { memoryReference, instructionOffset: -20, instructionCount: 40 });
  await ask('modules', {});
  await ask('loadedSources', {});
}
