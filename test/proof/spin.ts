/** The model checker spin (spinroot.com): a model of test/proof/models searched whole, or a faulty variant of it until the fault shows. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const models = fileURLToPath(new URL('models', import.meta.url));

/** Text of a model that is replaced, to see whether the checker notices. */
export type Change = readonly [from: string, to: string];

export interface Variant {
  /** A file of the models, without `.pml`. */
  readonly model: string;
  /** Names that its preprocessor knows. */
  readonly defines?: readonly string[];
  readonly changes?: readonly Change[];
}

export interface Search {
  /** What went wrong, in spin's words; undefined: nothing can. */
  readonly error: string | undefined;
  /** The steps that lead there, the last of them with the state of all variables. */
  readonly trail: string;
  /** Was every state that can be reached looked at? Never so when there is an error. */
  readonly complete: boolean;
  readonly states: number;
  /** Steps of the longest path. */
  readonly depth: number;
  readonly seconds: number;
  /** The model's lines with statements, each with its number: all, and those that some execution reaches. */
  readonly lines: ReadonlySet<string>;
  readonly reached: ReadonlySet<string>;
}

const mebibytes = 3000;
const steps = 1_000_000;

/** Search all interleavings. @throws when the model can't be built, or was searched in part only */
export async function search({ model, defines = [], changes = [] }: Variant): Promise<Search> {
  const folder = mkdtempSync(join(tmpdir(), 'harthop-proof-'));
  const tool = (name: string, ...args: string[]) => run(name, args, { cwd: folder, maxBuffer: 1 << 28 });
  try {
    const text = source(model, changes);
    writeFileSync(join(folder, `${model}.pml`), text);
    const flags = defines.map((name) => `-D${name}`);
    await tool('spin', '-a', ...flags, `${model}.pml`);
    // Optimising takes longer than all that it saves.
    await tool('clang-19', '-O0', '-w', '-DSAFETY', `-DMEMLIM=${mebibytes}`, '-o', 'pan', 'pan.c');
    // Exceeding the depth is an error (-b). Ends with status 1 when it found something.
    const args = ['-b', `-m${steps}`, changes.length ? '-w21' : '-w23'];
    const { stdout } = await tool(join(folder, 'pan'), ...args).catch((failed: { stdout?: string }) => {
      if (failed.stdout === undefined) throw failed;
      return { stdout: failed.stdout };
    });
    const number = (pattern: RegExp) => Number(pattern.exec(stdout)?.[1] ?? Number.NaN);
    const error = /^pan:1: (.*?)(?: \(at depth \d+\))?$/m.exec(stdout)?.[1];
    const complete = !/Search not completed|max search depth too small|MEMLIM|out of memory/.test(stdout);
    if (!complete && (!error || /depth|memory/i.test(error)))
      throw new Error(`${model}: not searched whole\n${stdout}`);
    const lines = statements((await tool(join(folder, 'pan'), '-d')).stdout, text.split('\n'));
    return {
      error,
      trail: error ? (await tool('spin', '-t', '-p', '-g', ...flags, `${model}.pml`)).stdout : '',
      complete,
      states: number(/^\s*(\S+) states, stored/m),
      depth: number(/depth reached (\d+)/),
      seconds: number(/elapsed time (\S+) seconds/),
      lines: new Set(lines.map(({ line }) => line)),
      reached: reached(lines, stdout),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A model's text, with the files that it includes. */
export function source(model: string, changes: readonly Change[] = []): string {
  const read = (file: string): string =>
    readFileSync(join(models, file), 'utf8').replace(/^#include "(.*)"\n/gm, (_, name: string) => read(name));
  return changes.reduce(
    (text, [from, to]) => {
      if (text.split(from).length !== 2) throw new Error(`${model}.pml does not hold exactly once: ${from}`);
      return text.replace(from, () => to);
    },
    read(`${model}.pml`),
  );
}

interface Statement {
  readonly process: string;
  readonly state: string;
  readonly line: string;
}

/** Of `pan -d`: each process, and its states with the lines that they stand for. */
function statements(listing: string, text: readonly string[]): Statement[] {
  let process = '';
  const found: Statement[] = [];
  for (const line of listing.split('\n')) {
    process = /^(?:proctype )?(\w+)$/.exec(line)?.[1] ?? process;
    const [, state, at] = /^\s*state\s+(\d+) .*\] \S+\.pml:(\d+) =>/.exec(line) ?? [];
    if (state && at && !line.endsWith('=> -end-'))
      found.push({ process, state, line: `${at}: ${text[Number(at) - 1]!.trim()}` });
  }
  return found;
}

/** Lines of which at least one state was visited: the search lists the others. */
function reached(all: readonly Statement[], output: string): Set<string> {
  const missed = new Set<string>();
  let process = '';
  for (const line of output.split('\n')) {
    process = /^unreached in (?:proctype )?(\S*)/.exec(line)?.[1] ?? process;
    const state = /^\t\S+, state (\d+),/.exec(line)?.[1];
    if (state) missed.add(`${process} ${state}`);
  }
  return new Set(all.filter(({ process, state }) => !missed.has(`${process} ${state}`)).map(({ line }) => line));
}
