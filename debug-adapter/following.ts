/**
 * Whom a step is for. A step may end on another hart than it began on, and a client takes a moment until it looks there; who steps again
 * meanwhile, as with a key held down, means the thread and not the hart that it has left.
 */
import type { StopReport } from './runner.js';

export class Following {
  /** The hart whose frame the client looks at: it asked for its scopes. */
  private seen: number | undefined;
  /** The hart that the last step was asked of. */
  private asked: number | undefined;
  /** Where the thread of the hart that the client still looks at is now. */
  private gone: number | undefined;

  /** The client looks at a frame of this hart: from here on it means what it says. */
  looked(hart: number): void {
    this.seen = hart;
    this.gone = undefined;
  }

  /** A step is asked of a hart. @returns the hart that it is for */
  meant(hart: number): number {
    this.asked = hart;
    return hart === this.seen ? (this.gone ?? hart) : hart;
  }

  /** The program has stopped. */
  stopped({ reason, hart }: StopReport): void {
    const follows = reason === 'step' && this.seen !== undefined && this.asked === this.seen;
    this.gone = follows ? hart : undefined;
    this.asked = undefined;
  }
}
