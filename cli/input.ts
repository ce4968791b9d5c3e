/** The command's stdin as the guest's console input, given piece by piece when the guest waits for it. */
import { fstatSync, readFileSync } from 'node:fs';
import { ConsoleFeed } from '../emulator/console-feed.js';
import type { Machine } from '../emulator/machine.js';

/**
 * What comes from a file or a pipe is given only while the guest has nothing to do: then it waits for input, its buffer is empty, and the
 * moment depends on the guest alone, so that a run with the same input is the same run. What is typed is given at once.
 */
export class Input {
  /** What came and was not given yet. */
  private readonly feed: ConsoleFeed;
  private readonly typed = process.stdin.isTTY === true;
  private wake: () => void = () => {};

  /** @param write gives bytes to the guest's console */
  constructor(machine: Machine, write: (bytes: Uint8Array) => void = (bytes) => machine.console.write(bytes)) {
    this.feed = new ConsoleFeed(machine.harts, write);
    const { stdin } = process;
    if (isFile()) {
      this.feed.add(readFileSync(0));
      this.feed.over = true;
      return;
    }
    stdin.on('data', (bytes: Buffer) => {
      this.feed.add(bytes);
      this.wake();
    });
    const end = () => {
      this.feed.over = true;
      this.wake();
    };
    stdin.on('end', end);
    stdin.on('error', end);
  }

  /** After a slice that was used up: give what is due. */
  afterSlice(): void {
    this.isWaiting = false;
    const still = this.feed.isStill();
    if (this.typed ? !this.feed.isEmpty : still && this.isThere) this.feed.give();
  }

  /** The guest waits, and nothing but input can wake it: give some, once there is some. @returns false: there will be none */
  async whenStill(): Promise<boolean> {
    while (!this.isThere) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    return this.feed.give() !== undefined;
  }

  /**
   * As whenStill, for those who can't wait here.
   * @returns false: there will be none; true: some was given, or will be once it comes (isWaiting)
   */
  giveNow(): boolean {
    this.isWaiting = !this.isThere;
    return this.isWaiting || this.feed.give() !== undefined;
  }
  /** The guest waits for what has not come yet. */
  isWaiting = false;

  private get isThere(): boolean {
    return !this.feed.isEmpty || this.feed.over;
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
