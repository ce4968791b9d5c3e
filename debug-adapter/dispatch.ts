import type { DebugProtocol as P } from '@vscode/debugprotocol';
import type { Coordinates } from './coordinates.js';
import { ExpressionError } from './expressions/lexer.js';
import { Cancelled, RequestError } from './protocol.js';

/** Requests that need no order: they must get through whatever goes on. */
const urgent = new Set(['pause', 'disconnect', 'terminate', 'cancel']);

/** Nothing that the protocol has is nested so deep. */
const MOST_NESTED = 100;

/** Answers a request. `signal`: the client does not want the answer any more. */
export type Serve = (request: P.Request, signal: AbortSignal) => unknown;

/**
 * Messages in and out. Requests are served in order, but for the urgent ones; every one is answered, and what goes wrong in serving it is
 * its answer. Whatever comes in, nothing is thrown.
 */
export class Dispatch {
  private sequence = 1;
  private queue: Promise<void> = Promise.resolve();
  private closed = false;
  private readonly afterwards: (() => void)[] = [];
  /** Requests that were not answered yet. */
  private readonly pending = new Map<P.Request, AbortController>();

  constructor(
    private readonly serve: Serve,
    private readonly send: (message: P.ProtocolMessage) => void,
    private readonly coordinates: Coordinates,
  ) {}

  /** Take a message from the client, whatever it is. */
  receive(message: unknown): void {
    const request = message as P.Request;
    if (this.closed || typeof message !== 'object' || message === null || request.type !== 'request') return;
    if (typeof request.command !== 'string' || !Number.isSafeInteger(request.seq)) {
      const named = { ...request, seq: Number(request.seq) || 0, command: String(request.command) };
      this.respond(named, undefined, 'a request needs a command and a number');
      return;
    }
    const controller = new AbortController();
    this.pending.set(request, controller);
    const serve = () => this.answer(request, controller.signal);
    if (urgent.has(request.command)) void serve();
    else this.queue = this.queue.then(serve);
  }

  private async answer(request: P.Request, signal: AbortSignal): Promise<void> {
    if (this.closed) return;
    // Urgent requests are served at once and amid others, whose afterwards are not theirs.
    let own: (() => void)[] | undefined;
    try {
      if (signal.aborted) throw new Cancelled();
      const args = request.arguments ?? {};
      if (typeof args !== 'object' || Array.isArray(args)) throw new RequestError('arguments must be an object');
      if (deeper(args, MOST_NESTED)) throw new RequestError(`arguments are nested deeper than ${MOST_NESTED} levels`);
      const inward = { ...request, arguments: this.coordinates.inward(request.command, args) };
      const before = this.afterwards.length;
      const served = this.serve(inward, signal);
      if (urgent.has(request.command)) own = this.afterwards.splice(before);
      const body = await served;
      this.respond(request, this.coordinates.outward(request.command, body));
    } catch (error) {
      this.respond(request, undefined, describe(error), error instanceof RequestError && error.showUser);
    }
    for (const then of own ?? (urgent.has(request.command) ? [] : this.afterwards.splice(0))) then();
  }

  /** The client does not want the answer to a request any more. @returns whether it was still to come */
  cancel(seq: number): boolean {
    const found = [...this.pending].filter(([request]) => request.seq === seq);
    for (const [, controller] of found) controller.abort();
    return found.length > 0;
  }

  /** Do something once the answer to the request in hand is out. */
  after(then: () => void): void {
    this.afterwards.push(then);
  }

  event(event: string, body?: unknown): void {
    const outward = this.coordinates.outward(event, body);
    this.post({ type: 'event', event, ...(outward !== undefined && { body: outward }) });
  }

  private respond(request: P.Request, body: unknown, error?: string, showUser = false): void {
    const failed = error !== undefined;
    this.pending.delete(request);
    this.post({
      type: 'response',
      request_seq: request.seq,
      command: request.command,
      success: !failed,
      ...(failed && { message: error.slice(0, 1000) }),
      ...(failed
        ? { body: { error: { id: 1, format: error.slice(0, 4000).replaceAll('{', '('), showUser } } }
        : body !== undefined && { body }),
    });
  }

  private post(message: object): void {
    if (!this.closed) this.send({ seq: this.sequence++, ...message } as P.ProtocolMessage);
  }

  /** Nothing more comes in or goes out; what was not answered yet is given up, and told so. */
  close(): void {
    for (const [request, controller] of this.pending) {
      controller.abort();
      this.respond(request, undefined, describe(new Cancelled()));
    }
    this.closed = true;
  }
}

/** What went wrong, for the client. */
export function describe(error: unknown): string {
  if (error instanceof RequestError || error instanceof ExpressionError) return error.message;
  const text = error instanceof Error ? error.message : String(error);
  const where = error instanceof Error ? (error.stack?.split('\n')[1] ?? '').trim() : '';
  return `the debugger failed on this request: ${text} ${where}`.trim();
}

/** Is something nested deeper than so many levels? Does not recurse: what comes in may be as deep as it likes. */
function deeper(value: object, levels: number): boolean {
  let here: object[] = [value];
  for (let level = 0; here.length; level++) {
    if (level > levels) return true;
    here = here.flatMap((each) => Object.values(each).filter((inner) => typeof inner === 'object' && inner !== null));
  }
  return false;
}
