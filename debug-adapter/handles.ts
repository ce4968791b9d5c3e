/** Numbers for things that a client asks for later: frames and variables. Valid until the machine runs on. */
export class Handles<T> {
  private readonly things = new Map<number, T>();
  private next: number;

  constructor(private readonly first: number) {
    this.next = first;
  }

  add(thing: T): number {
    this.things.set(this.next, thing);
    return this.next++;
  }

  get(handle: unknown): T | undefined {
    return typeof handle === 'number' ? this.things.get(handle) : undefined;
  }

  /** Forget all; numbers are not given again, so that an old one is refused and not taken for another. */
  clear(): void {
    this.things.clear();
    if (this.next > 2 ** 30) this.next = this.first;
  }
}
