import type { DebugProtocol as P } from '@vscode/debugprotocol';
import { Breakpoints } from './breakpoints.js';
import type { Debuggee } from './debuggee.js';
import { ExpressionError } from './expressions/lexer.js';
import type { Frame } from './frame.js';
import type { GuestMemory } from './guest.js';
import { Handles } from './handles.js';
import type { Host } from './host.js';
import { type LaunchArguments, RequestError, type RequestHandler } from './protocol.js';
import { requests } from './requests/index.js';
import { type Outcome, Runner, type StopReport } from './runner.js';
import { Reverser } from './reversing.js';
import { Sources } from './sources.js';
import type { Launched } from './start.js';
import { Stepper } from './stepping.js';
import type { TargetHart } from './target.js';
import type { Variable } from './values/variable.js';

type State = 'new' | 'initialized' | 'loaded' | 'running' | 'stopped' | 'ended';

/** A debuggee that was launched, with all that serves it. */
export interface Live extends Launched {
  readonly breakpoints: Breakpoints;
  readonly runner: Runner;
  readonly stepper: Stepper;
  readonly reverser: Reverser;
  readonly sources: Sources;
}

/** Signals that end programs, by Linux's numbers. */
const signals: Readonly<Record<number, string>> = {
  ...{ 1: 'SIGHUP', 2: 'SIGINT', 3: 'SIGQUIT', 4: 'SIGILL', 5: 'SIGTRAP', 6: 'SIGABRT', 7: 'SIGBUS', 8: 'SIGFPE' },
  ...{ 9: 'SIGKILL', 10: 'SIGUSR1', 11: 'SIGSEGV', 12: 'SIGUSR2', 13: 'SIGPIPE', 14: 'SIGALRM', 15: 'SIGTERM' },
};

/** Requests that need no order: they must get through whatever goes on. */
const urgent = new Set(['pause', 'disconnect', 'terminate', 'cancel']);

/**
 * One conversation with a client. Knows no transport: messages come in by `receive` and go out by `send`. Whatever comes in, the session
 * answers; nothing a client or a guest does makes it throw.
 */
export class Session {
  readonly frames = new Handles<Frame>(1000);
  readonly variables = new Handles<() => Variable[]>(1000);
  /** What the client told of itself. */
  client: P.InitializeRequestArguments = { adapterID: 'harthop' };
  /** As launched, for `restart`. */
  launched?: LaunchArguments;
  /** Why everything stands still. */
  lastStop?: StopReport;
  live?: Live;
  private state: State = 'new';
  private sequence = 1;
  private queue: Promise<void> = Promise.resolve();
  private closed = false;
  /** Counts launches: what an older one still does is of no interest. */
  private generation = 0;

  constructor(
    readonly host: Host,
    private readonly send: (message: P.ProtocolMessage) => void,
    /** The conversation is over. */
    private readonly over: () => void = () => {},
  ) {}

  // Messages

  /** Take a message from the client, whatever it is. */
  receive(message: unknown): void {
    const request = message as P.Request;
    if (typeof message !== 'object' || message === null || request.type !== 'request') return;
    if (typeof request.command !== 'string' || !Number.isSafeInteger(request.seq)) {
      this.respond(
        { ...request, seq: Number(request.seq) || 0, command: String(request.command) },
        undefined,
        'a request needs a command and a number',
      );
      return;
    }
    const serve = () => this.serve(request).catch(() => {});
    if (urgent.has(request.command)) void serve();
    else this.queue = this.queue.then(serve);
  }

  private async serve(request: P.Request): Promise<void> {
    if (this.closed) return;
    try {
      const handler = Object.hasOwn(requests, request.command)
        ? (requests[request.command as keyof typeof requests] as unknown as RequestHandler<'threads'>)
        : undefined;
      if (!handler) throw new RequestError(`harthop does not serve the request \`${request.command}\``);
      const args = request.arguments ?? {};
      if (typeof args !== 'object' || Array.isArray(args)) throw new RequestError('arguments must be an object');
      this.respond(request, await handler.handle(args as undefined, this));
    } catch (error) {
      this.respond(request, undefined, this.describe(error), error instanceof RequestError && error.showUser);
    }
    for (const then of this.afterwards.splice(0)) then();
  }

  private readonly afterwards: (() => void)[] = [];
  /** Do something once the answer to the request in hand is out. */
  after(then: () => void): void {
    this.afterwards.push(then);
  }

  private describe(error: unknown): string {
    if (error instanceof RequestError || error instanceof ExpressionError) return error.message;
    const text = error instanceof Error ? error.message : String(error);
    const where = error instanceof Error ? (error.stack?.split('\n')[1] ?? '').trim() : '';
    return `the debugger failed on this request: ${text} ${where}`.trim();
  }

  private respond(request: P.Request, body: unknown, error?: string, showUser = false): void {
    const failed = error !== undefined;
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

  event(event: string, body?: unknown): void {
    this.post({ type: 'event', event, ...(body !== undefined && { body }) });
  }

  private post(message: object): void {
    if (!this.closed) this.send({ seq: this.sequence++, ...message } as P.ProtocolMessage);
  }

  output(
    text: string,
    category: 'console' | 'stdout' | 'stderr' | 'important' = 'console',
    where?: Partial<P.OutputEvent['body']>,
  ): void {
    this.event('output', { category, output: text, ...where });
  }

  // Order

  /** @throws RequestError when `initialize` is not next */
  initialized(client: P.InitializeRequestArguments): void {
    if (this.state !== 'new') throw new RequestError('initialize: it was sent before');
    this.client = client;
    this.state = 'initialized';
  }

  /** @throws RequestError when this is not the time to launch */
  mayLaunch(): void {
    if (this.state === 'new') throw new RequestError('launch: initialize comes first');
    if (this.state !== 'initialized') throw new RequestError('launch: a program was launched already');
  }

  /** The program is loaded and waits for configurationDone. */
  loaded(launched: Launched, args: LaunchArguments): void {
    const breakpoints = new Breakpoints(launched.debuggee.target, launched.debuggee.images);
    const { host } = this;
    const clock = {
      now: () => host.now(),
      breathe: () => {
        launched.breathe();
        return host.breathe();
      },
    };
    const runner = new Runner(launched.debuggee, breakpoints, clock, (text) => this.output(`${text}\n`));
    const stepper = new Stepper(launched.debuggee, runner);
    this.live = {
      ...launched,
      breakpoints,
      runner,
      stepper,
      reverser: new Reverser(launched.debuggee, runner, stepper),
      sources: new Sources(launched.debuggee.images, host),
    };
    this.launched = args;
    this.focus = 0;
    this.state = 'loaded';
    this.generation++;
  }

  /** The launched program, running or not. @throws RequestError when there is none */
  get program(): Live {
    if (!this.live)
      throw new RequestError(this.state === 'new' ? 'initialize and launch come first' : 'no program was launched');
    if (this.state === 'ended') throw new RequestError('the program has ended');
    return this.live;
  }

  get debuggee(): Debuggee {
    return this.program.debuggee;
  }

  get isRunning(): boolean {
    return this.state === 'running';
  }

  /** The launched program while it stands still. @throws RequestError when it runs */
  get still(): Live {
    const live = this.program;
    if (this.state === 'running') throw new RequestError('the program is running; pause it first');
    if (this.state === 'loaded') throw new RequestError('the program has not started; configurationDone comes first');
    return live;
  }

  /** A hart by DAP's thread id. @throws RequestError */
  hart(threadId: unknown, live = this.program): TargetHart {
    const hart = typeof threadId === 'number' ? live.debuggee.target.harts[threadId - 1] : undefined;
    if (!hart) {
      const count = live.debuggee.target.harts.length;
      throw new RequestError(
        `threadId must be from 1 to ${count} (hart 0 to ${count - 1}), not ${JSON.stringify(threadId)}`,
      );
    }
    return hart;
  }

  /** A frame by its id; without one, the innermost of the hart that stopped. @throws RequestError */
  frame(frameId: unknown): Frame {
    const { debuggee } = this.still;
    if (frameId === undefined) return debuggee.innermost(debuggee.target.harts[this.lastStop?.hart ?? 0]);
    const frame = this.frames.get(frameId);
    if (!frame)
      throw new RequestError(`frame ${JSON.stringify(frameId)} is not known; frames hold until the program runs on`);
    return frame;
  }

  /** The hart whose eyes memory is looked at with: the one that the user looked at last. */
  focus = 0;

  /** Memory by address alone: kernel and firmware by where they lie, all else as the focused hart's thread sees it. */
  memoryAt(va: bigint): GuestMemory {
    const { debuggee } = this.program;
    const hart = debuggee.target.harts[this.focus];
    const memory = debuggee.memory(hart, this.privilegeAt(va));
    if (memory.read(va, 1).length) return memory;
    const physical = debuggee.memory(hart, 3);
    return physical.read(va, 1).length ? physical : memory;
  }

  privilegeAt(va: bigint): number {
    return this.debuggee.images.privilegeOf(va) ?? 0;
  }

  get sources(): Sources {
    return this.program.sources;
  }

  /** Something was written: what the client shows elsewhere may be old. `va`: memory from there on. */
  changed(va?: bigint, count = 0): void {
    this.live?.debuggee.target.history?.edited();
    this.after(() => {
      if (this.client.supportsInvalidatedEvent) this.event('invalidated', { areas: ['variables'] });
      if (va !== undefined && this.client.supportsMemoryEvent)
        this.event('memory', { memoryReference: `0x${va.toString(16)}`, offset: 0, count });
    });
  }

  /** A line of the Variables view as DAP has it. */
  show(variable: Variable, hex = false): P.Variable {
    const { name, value, type, evaluateName, memoryReference, indexed, children, set } = variable;
    return {
      name,
      value: hex && /^-?\d+$/.test(value) ? `0x${BigInt.asUintN(64, BigInt(value)).toString(16)}` : value,
      ...(type && { type }),
      ...(evaluateName && { evaluateName }),
      ...(memoryReference && { memoryReference }),
      ...(indexed !== undefined && { indexedVariables: indexed }),
      variablesReference: children ? this.variables.add(() => children()) : 0,
      ...(!set && !children && { presentationHint: { attributes: ['readOnly'] } }),
    };
  }

  // Running

  /** Tell the client that something takes a while. @returns what ends it */
  progress(title: string): () => void {
    if (!this.client.supportsProgressReporting) return () => {};
    const progressId = `progress-${this.nextProgress++}`;
    this.event('progressStart', { progressId, title });
    return () => this.event('progressEnd', { progressId });
  }

  private nextProgress = 1;

  get isLoaded(): boolean {
    return this.state === 'loaded';
  }

  /** Run `command` until it says why it stopped; tell the client then. Returns at once. */
  start(command: (live: Live) => Promise<Outcome>): void {
    const live = this.program;
    this.state = 'running';
    this.frames.clear();
    this.variables.clear();
    this.lastStop = undefined;
    live.runner.begin();
    const { generation } = this;
    this.after(() => {
      void this.settle(command, live, generation);
    });
  }

  private async settle(command: (live: Live) => Promise<Outcome>, live: Live, generation: number): Promise<void> {
    let outcome: Outcome;
    try {
      outcome = await command(live);
    } catch (error) {
      if (generation !== this.generation) return;
      this.output(`${this.describe(error)}\n`, 'important');
      const [hart] = live.debuggee.target.harts;
      outcome = { stop: { reason: 'pause', hart: hart.id, description: 'Stopped by a failure of the debugger' } };
    }
    if (generation !== this.generation || this.closed) return;
    live.flush();
    if ('exit' in outcome) this.exited(outcome.exit);
    else this.stopped(outcome.stop);
  }

  private stopped(stop: StopReport): void {
    this.state = 'stopped';
    this.lastStop = stop;
    this.focus = stop.hart;
    const { debuggee } = this.live!;
    this.event('stopped', {
      reason: stop.reason,
      description: stop.description,
      threadId: stop.hart + 1,
      text: debuggee.threadName(debuggee.target.harts[stop.hart]),
      allThreadsStopped: true,
      preserveFocusHint: false,
      ...(stop.breakpoints && { hitBreakpointIds: stop.breakpoints }),
    });
  }

  private exited(status: number): void {
    this.end();
    const signal = signals[status - 128];
    if (signal) this.output(`the program was ended by signal ${status - 128} (${signal})\n`);
    this.event('exited', { exitCode: status });
    this.event('terminated');
  }

  /** End the machine, not the conversation. */
  end(): void {
    this.generation++;
    this.live?.runner.dispose();
    this.live?.dispose();
    this.state = this.live ? 'ended' : this.state;
  }

  /** Ready for another launch (restart). */
  renew(): void {
    this.end();
    this.live = undefined;
    this.state = 'initialized';
  }

  /** The client is gone or said goodbye. */
  close(): void {
    if (this.closed) return;
    this.end();
    this.closed = true;
    this.over();
  }
}
