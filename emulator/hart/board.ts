/** What a hart stands among: everything that is not its own. */
import type { Bus } from '../devices/bus.js';
import type { EventStream } from '../event-stream.js';
import type { Memory } from '../memory.js';
import type { Hart } from './hart.js';

export interface Board {
  readonly memory: Memory;
  readonly harts: readonly Hart[];
  readonly bus: Bus;
  readonly events: EventStream;
  /** What a misaligned load or store does. */
  readonly misaligned: 'allow' | 'trap';
  /** mtime as this hart sees it at its own time. */
  mtime(hart: Hart): bigint;
  /** stimecmp or what governs it has changed. */
  timerChanged(hart: Hart): void;
  /** The time of whatever happens now, in cycles: that of the hart that runs, or ran last. */
  now(): number;
  /** A hart that waited has something to do: it is not kept waiting for the rest of another's turn. */
  woken(): void;
  /** What somebody wants to be told of the harts' traps may be something else than before. */
  retell(): void;
}

/** Decoded code, kept by the engine (engine/decode-cache.ts). */
export interface CodeCache {
  slotOf(hart: number, pa: number, pc: bigint): number;
  fence(hart: number): void;
  aside(hart: number, pc: bigint, word: number): number;
  /** A page that the hart has decoded. @param address of its records */
  slotAt(hart: number, address: number): { readonly code: Uint8Array } | undefined;
}
