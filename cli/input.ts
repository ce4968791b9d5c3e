/** The command's stdin as the guest's console input, given piece by piece when the guest waits for it. */
import { fstatSync, readFileSync } from 'node:fs';
import type { Machine } from '../emulator/machine.js';

const CONTROL_D = 4;
/** A program that still reads after so many ends of input waits for something else. */
const MOST_ENDS = 16;
/** Bytes of a piece: a kernel's console buffer is small, and what it can't take is lost. */
const PIECE = 128;
const NEWLINE = 10;

/**
 * What comes from a file or a pipe is given only while the guest has nothing to do: then it waits for input, its buffer is empty, and the
 * moment depends on the guest alone, so that a run with the same input is the same run. What is typed is given at once.
 */
export class Input {
  /** What came and was not given yet. */
  private queue: Uint8Array = new Uint8Array();
  private readonly typed = process.stdin.isTTY === true;
  private over = false;
  private ends = 0;
  private wake: () => void = () => {};
  private before: readonly { time: number; instret: number }[];

  /** @param write gives bytes to the guest's console */
  constructor(
    private readonly machine: Machine,
    private readonly write: (bytes: Uint8Array) => void = (bytes) => machine.console.write(bytes),
  ) {
    this.before = this.work();
    const { stdin } = process;
    if (isFile()) {
      this.queue = readFileSync(0);
      this.over = true;
      return;
    }
    stdin.on('data', (bytes: Buffer) => {
      this.queue = Buffer.concat([this.queue, bytes]);
      this.wake();
    });
    const end = () => {
      this.over = true;
      this.wake();
    };
    stdin.on('end', end);
    stdin.on('error', end);
  }

  /** After a slice that was used up: give what is due. */
  afterSlice(): void {
    this.isWaiting = false;
    const before = this.before;
    this.before = this.work();
    // A guest that is woken by its timer again and again is never quite still.
    const still = this.before.every(({ time, instret }, n) => {
      return instret - before[n]!.instret < (time - before[n]!.time) / 2;
    });
    if (this.typed ? this.queue.length : still && (this.queue.length || this.over)) this.give();
  }

  /** The guest waits, and nothing but input can wake it: give some, once there is some. @returns false: there will be none */
  async whenStill(): Promise<boolean> {
    while (!this.queue.length && !this.over) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    return this.give();
  }

  /**
   * As whenStill, for those who can't wait here.
   * @returns false: there will be none; true: some was given, or will be once it comes (isWaiting)
   */
  giveNow(): boolean {
    this.isWaiting = !this.queue.length && !this.over;
    return this.isWaiting || this.give();
  }
  /** The guest waits for what has not come yet. */
  isWaiting = false;

  private give(): boolean {
    const { queue } = this;
    if (!queue.length) {
      // A console has no end, so its convention for one is sent: Ctrl-D, once for each read that wants to hear of it.
      if (this.ends++ >= MOST_ENDS) return false;
      this.write(Uint8Array.of(CONTROL_D));
      return true;
    }
    const line = queue.subarray(0, PIECE).indexOf(NEWLINE) + 1;
    const much = line || PIECE;
    this.write(queue.slice(0, much));
    this.queue = queue.subarray(much);
    return true;
  }

  private work() {
    return this.machine.harts.map(({ time, instret }) => ({ time, instret }));
  }

  close(): void {
    process.stdin.removeAllListeners();
    process.stdin.destroy();
  }
}

function isFile(): boolean {
  try {
    return fstatSync(0).isFile();
  } catch {
    return true;
  }
}
