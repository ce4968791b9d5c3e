/** What waits to be given to the guest's console, piece by piece. */
import { joined } from './joined.js';

const CONTROL_D = 4;
/** A program that still reads after so many ends of input waits for something else. */
const MOST_ENDS = 16;
/** Bytes of a piece: a kernel's console buffer is small, and what it can't take is lost. */
const PIECE = 128;
const NEWLINE = 10;

export class ConsoleFeed {
  private queue: Uint8Array = new Uint8Array();
  private ends = 0;
  private before: readonly { time: number; instret: number }[];
  /** What is there is all that there will be. */
  over = false;

  /** @param write gives bytes to the guest's console */
  constructor(
    private readonly harts: readonly { readonly time: number; readonly instret: number }[],
    private readonly write: (bytes: Uint8Array) => void,
  ) {
    this.before = this.work();
  }

  get isEmpty(): boolean {
    return this.queue.length === 0;
  }

  add(bytes: Uint8Array): void {
    this.queue = joined([this.queue, bytes]);
  }

  /** Back in front, for a guest that has not been given it after all. */
  putBack(bytes: Uint8Array): void {
    this.queue = joined([bytes, this.queue]);
    this.ends = 0;
  }

  /** Has the guest mostly waited since this was asked last? One that is woken by its timer again and again is never quite still. */
  isStill(): boolean {
    const before = this.before;
    this.before = this.work();
    return this.before.every(({ time, instret }, n) => instret - before[n]!.instret < (time - before[n]!.time) / 2);
  }

  /** Give a piece: at most a line; where there is none, the end. @returns the piece; undefined: the guest was told of the end often enough */
  give(): Uint8Array | undefined {
    const { queue } = this;
    // A console has no end, so its convention for one is sent: Ctrl-D, once for each read that wants to hear of it.
    if (!queue.length && this.ends++ >= MOST_ENDS) return undefined;
    const line = queue.subarray(0, PIECE).indexOf(NEWLINE) + 1;
    const piece = queue.length ? queue.slice(0, line || PIECE) : Uint8Array.of(CONTROL_D);
    if (queue.length) this.queue = queue.subarray(piece.length);
    this.write(piece);
    return piece;
  }

  private work() {
    return this.harts.map(({ time, instret }) => ({ time, instret }));
  }
}
