/** Where the machine's events are heard. Costs one comparison an event when nobody listens. */
import type { MachineEvent } from './events.js';

type Kind = MachineEvent['kind'];

interface Listener {
  hear(event: MachineEvent): void;
  /** Undefined: all. */
  readonly kinds: ReadonlySet<Kind> | undefined;
}

export class EventStream {
  private listeners: readonly Listener[] = [];
  private interpreter: ((event: MachineEvent) => readonly MachineEvent[]) | undefined;

  /** @param changed is called when other events than before are listened to */
  constructor(private readonly changed: () => void = () => {}) {}

  /** Does anyone listen? Emitters ask before they build an event. */
  get active(): boolean {
    return this.listeners.length > 0 || this.interpreter !== undefined;
  }

  /** Does anyone listen to events of this kind, apart from the interpreter? */
  wants(kind: Kind): boolean {
    return this.listeners.some(({ kinds }) => kinds?.has(kind) !== false);
  }

  /**
   * Listen; the answer ends it. Listeners hear events in order, the one that is being told included.
   * @param kinds only these: what nobody wants to hear need not be told, and costs less
   */
  on(hear: (event: MachineEvent) => void, kinds?: readonly Kind[]): () => void {
    const listener: Listener = { hear, kinds: kinds && new Set(kinds) };
    this.listenTo([...this.listeners, listener]);
    return () => this.listenTo(this.listeners.filter((other) => other !== listener));
  }

  private listenTo(listeners: readonly Listener[]): void {
    this.listeners = listeners;
    this.changed();
  }

  /** What recognises larger steps in the stream: its events follow the one that completed them. */
  interpret(interpreter: (event: MachineEvent) => readonly MachineEvent[]): void {
    this.interpreter = interpreter;
  }

  /** Do something of which nobody but `listener` hears: what happens again has been told. */
  aside<T>(listener: ((event: MachineEvent) => void) | undefined, something: () => T): T {
    const { listeners } = this;
    this.listenTo(listener ? [{ hear: listener, kinds: undefined }] : []);
    try {
      return something();
    } finally {
      this.listenTo(listeners);
    }
  }

  emit(event: MachineEvent): void {
    const derived = this.interpreter?.(event);
    this.tell(event);
    for (const more of derived ?? []) this.tell(more);
  }

  private tell(event: MachineEvent): void {
    for (const { hear, kinds } of this.listeners) if (kinds?.has(event.kind) !== false) hear(event);
  }
}
