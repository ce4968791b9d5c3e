/** Work that takes a while: it is done in slices, so that others can have their turn in between. */

/** Work in pieces, each of them short. */
export type Pieces<T> = Generator<void, T, void>;

/** Milliseconds of a slice, about. */
const SLICE = 25;

/** Do it in one go. */
export function finish<T>(pieces: Pieces<T>): T {
  for (;;) {
    const { done, value } = pieces.next();
    if (done) return value;
  }
}

export class Slow<T> {
  private pieces: Pieces<T> | undefined;
  private result: { readonly value: T } | undefined;

  constructor(private readonly start: () => Pieces<T>) {}

  get done(): boolean {
    return this.result !== undefined;
  }

  /** Do some of it. */
  slice(): void {
    const until = performance.now() + SLICE;
    while (!this.result && performance.now() < until) this.next();
  }

  /** What comes of it; what is not done yet is done now. */
  get(): T {
    while (!this.result) this.next();
    return this.result.value;
  }

  private next(): void {
    this.pieces ??= this.start();
    const { done, value } = this.pieces.next();
    if (!done) return;
    this.result = { value };
    this.pieces = undefined;
  }
}
