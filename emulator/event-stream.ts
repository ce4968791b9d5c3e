/** Where the machine's events are heard. Costs one comparison an event when nobody listens. */
import type { MachineEvent } from './events.js';

export class EventStream {
  private listeners: readonly ((event: MachineEvent) => void)[] = [];
  private interpreter: ((event: MachineEvent) => readonly MachineEvent[]) | undefined;

  /** Does anyone listen? Emitters ask before they build an event. */
  get active(): boolean {
    return this.listeners.length > 0 || this.interpreter !== undefined;
  }

  /** Listen; the answer ends it. Listeners hear events in order, the one that is being told included. */
  on(listener: (event: MachineEvent) => void): () => void {
    this.listeners = [...this.listeners, listener];
    return () => {
      this.listeners = this.listeners.filter((other) => other !== listener);
    };
  }

  /** What recognises larger steps in the stream: its events follow the one that completed them. */
  interpret(interpreter: (event: MachineEvent) => readonly MachineEvent[]): void {
    this.interpreter = interpreter;
  }

  /** Do something of which nobody but `listener` hears: what happens again has been told. */
  aside<T>(listener: ((event: MachineEvent) => void) | undefined, something: () => T): T {
    const { listeners } = this;
    this.listeners = listener ? [listener] : [];
    try {
      return something();
    } finally {
      this.listeners = listeners;
    }
  }

  emit(event: MachineEvent): void {
    const derived = this.interpreter?.(event);
    for (const listener of this.listeners) listener(event);
    for (const more of derived ?? []) for (const listener of this.listeners) listener(more);
  }
}
