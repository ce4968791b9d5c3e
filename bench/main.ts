/**
 * `npm run bench [-- --rounds N]`: HartHop's speed beside QEMU's on the same programs. Rounds are interleaved, so that what else the
 * computer does hits both; medians are compared; start-up is measured with an empty program and taken off both.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { engineBytes } from '../emulator/engine/bytes.js';
import { programs as bundles } from '../scripts/build.js';
import { type Program, programs, root } from './programs.js';

const at = process.argv.indexOf('--rounds');
const rounds = at < 0 ? 5 : Number(process.argv[at + 1]);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds wants a whole number from 1');

interface Timed {
  readonly seconds: number;
  readonly output: string;
}

/** Wall-clock time of a process. @throws Error when it fails */
function timed(command: string, args: readonly string[]): Timed {
  const start = performance.now();
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: root, encoding: 'utf8', input: '' });
  if (error || status !== 0)
    throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? `${status}: ${stderr}`}`);
  return { seconds: (performance.now() - start) / 1000, output: stdout };
}

const ours = (args: readonly string[]) => timed(process.execPath, ['dist/harthop.js', ...args]);
const has = (tool: string) => spawnSync(tool, ['--version'], { stdio: 'ignore' }).status === 0;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Instructions that all harts retire in a run. */
function instructionsOf(program: Pick<Program, 'harthop'>, folder: string): number {
  const json = join(folder, 'report.json');
  const [run, ...rest] = program.harthop;
  ours([run!, '--json', json, ...rest]);
  const { instructions } = JSON.parse(readFileSync(json, 'utf8')) as { instructions: number[] };
  return instructions.reduce((sum, n) => sum + n, 0);
}

function measure(program: Program, folder: string): void {
  const { empty } = program;
  const [tool, ...args] = program.qemu;
  const [, ...emptyArgs] = empty.qemu;
  const compare = has(tool);
  const instructions = instructionsOf(program, folder) - instructionsOf(empty, folder);
  const own: number[] = [];
  const other: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const mine = ours(program.harthop);
    own.push(mine.seconds - ours(empty.harthop).seconds);
    if (!compare) continue;
    const theirs = timed(tool, args);
    if (theirs.output !== mine.output) {
      throw new Error(`${program.name}: ${tool} says something else:\n${theirs.output}\n${mine.output}`);
    }
    other.push((theirs.seconds - timed(tool, emptyArgs).seconds) / (program.qemuTimes ?? 1));
  }
  const time = median(own);
  const speed = `${(instructions / time / 1e6).toFixed(0)} million instructions/s`;
  const beside = compare
    ? `${tool} ${median(other).toPrecision(3)} s, so HartHop runs at ${(median(other) / time).toPrecision(2)} of its speed`
    : `${tool} is not installed`;
  console.log(`${program.name} (${program.what}): ${time.toFixed(2)} s, ${speed}; ${beside}`);
}

/** From nothing to a user program's first instruction, which here is its end: Node, the engine, firmware and kernel of three harts. */
function startUp({ empty }: Program): void {
  const times = Array.from({ length: 2 * rounds }, () => ours(empty.harthop).seconds * 1000);
  const size = (engineBytes(false).length / 1024).toFixed(0);
  console.log(
    `start-up: ${median(times).toFixed(0)} ms until a program that only exits has run on app2-vec1; the engine is ${size} KiB of WebAssembly`,
  );
}

const folder = mkdtempSync(join(tmpdir(), 'harthop-bench-'));
try {
  await build(bundles);
  console.log(`medians of ${rounds} rounds, Node ${process.versions.node}`);
  const all = programs(folder);
  startUp(all.find(({ name }) => name === 'dgemm')!);
  for (const program of all) measure(program, folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
