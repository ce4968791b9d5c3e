/** What the measurements share. */
import { fileURLToPath } from 'node:url';
import { Talk } from '../../test/debug-adapter/in-process.js';

export const programs = fileURLToPath(new URL('programs', import.meta.url));

/** One line of the table. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: 'ms' | '%' | 'MB' | 'million instructions/s' | 's' | 'million' | 'µs';
  /** The most that it may be. */
  readonly aim?: number;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Milliseconds that something takes, by the clock. */
export async function timed(something: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await something();
  return performance.now() - start;
}

/** Milliseconds of this process's processor time: what else the computer does is not in it. */
export async function worked(something: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage();
  await something();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** Launched, and stopped at labels or functions. */
export async function stoppedAt(
  program: string,
  names: readonly string[],
  more: object = {},
): Promise<{ talk: Talk; threadId: number }> {
  const talk = await Talk.launch(`${programs}/${program}`, more);
  await talk.ask('setFunctionBreakpoints', { breakpoints: names.map((name) => ({ name })) });
  const { threadId } = await talk.until('stopped', 'configurationDone');
  return { talk, threadId };
}
