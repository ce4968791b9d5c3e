/** What takes so long is told, milliseconds: what is over before would only flicker. */
const PATIENCE = 500;
/** Milliseconds between two updates. */
const PACE = 100;

/** What a progress needs of its session. */
export interface Teller {
  event(event: string, body: object): void;
  /** Milliseconds. */
  now(): number;
}

/** All that takes a while just now. */
export class Progresses {
  private readonly running = new Map<string, Progress>();
  private next = 1;

  constructor(private readonly teller: Teller) {}

  start(title: string, stop?: () => void, patience = 0): Progress {
    const id = `progress-${this.next++}`;
    const progress = new Progress(id, title, this.teller, stop, patience, () => this.running.delete(id));
    this.running.set(id, progress);
    return progress;
  }

  tick(): void {
    for (const progress of this.running.values()) progress.tick();
  }

  /** @returns whether there is such a one that can be stopped */
  cancel(id: string): boolean {
    return this.running.get(id)?.cancel() ?? false;
  }
}

/** Something that takes a while, as the client is told of it: what, how far it is, and that it can be stopped. */
export class Progress {
  private started = false;
  private ended = false;
  private told = 0;
  private readonly begun: number;
  private last?: { percentage?: number; message?: string };

  constructor(
    readonly id: string,
    private readonly title: string,
    private readonly teller: Teller,
    /** Ends what takes a while; undefined: it can't be stopped. */
    private readonly stop?: () => void,
    private readonly patience = PATIENCE,
    private readonly over: () => void = () => {},
  ) {
    this.begun = teller.now();
    this.tick();
  }

  /** Called now and then while it lasts. */
  tick(): void {
    if (this.started || this.ended || this.teller.now() - this.begun < this.patience) return;
    this.started = true;
    this.told = this.teller.now();
    this.teller.event('progressStart', {
      progressId: this.id,
      title: this.title,
      cancellable: this.stop !== undefined,
      ...this.last,
    });
  }

  /** How far it is, in percent if that is known, and what it does now. */
  at(message: string, percentage?: number): void {
    const { last } = this;
    this.last = { message, ...(percentage !== undefined && { percentage }) };
    if (this.ended || (last?.message === message && last.percentage === percentage)) return;
    if (!this.started) {
      this.tick();
      return;
    }
    if (last?.message === message && this.teller.now() - this.told < PACE) return;
    this.told = this.teller.now();
    this.teller.event('progressUpdate', { progressId: this.id, ...this.last });
  }

  /** The user wants it stopped. @returns whether that is possible */
  cancel(): boolean {
    if (this.ended || !this.stop) return false;
    this.stop();
    return true;
  }

  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.over();
    if (this.started) this.teller.event('progressEnd', { progressId: this.id });
  }
}
