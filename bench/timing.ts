/** What a process takes of the processor, and of memory. */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { root } from './build.js';

/** A program and its arguments. */
export type Command = readonly [program: string, ...args: string[]];

export interface Timed {
  /** Processor time, user and system, of all threads of the process. */
  readonly seconds: number;
  readonly output: string;
}

/** Run a command to its end. @throws Error when it fails */
export function timed(command: Command): Timed {
  const script = 'TIMEFORMAT="%3U %3S"; time "$0" "$@"';
  const { status, stdout, stderr, error } = spawnSync('bash', ['-c', script, ...command], {
    cwd: root,
    encoding: 'utf8',
    input: '',
  });
  if (error || status !== 0) throw new Error(`${command.join(' ')}: ${error?.message ?? `${status}: ${stderr}`}`);
  const [user, system] = stderr.trim().split('\n').at(-1)!.split(' ').map(Number);
  return { seconds: user! + system!, output: stdout };
}

/** The most memory, in MiB, that a command's process has at once, as Linux counts what is resident. @throws Error when it fails */
export async function peakMemory([program, ...args]: Command): Promise<number> {
  const child = spawn(program, args, { cwd: root, stdio: 'ignore' });
  let most = 0;
  while (child.exitCode === null) {
    try {
      // The mark only rises: what is read last is right but for the last moment.
      most = Number(/VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? most);
    } catch {
      // It has just ended.
    }
    await setTimeout(5);
  }
  if (child.exitCode !== 0) throw new Error(`${program} ${args.join(' ')}: ${child.exitCode}`);
  return most / 1024;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
