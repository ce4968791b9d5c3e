import type { DebugProtocol as P } from '@vscode/debugprotocol';
import { Addressing } from './addressing.js';
import { alone } from './alone.js';
import { Coordinates } from './coordinates.js';
import type { Debuggee } from './debuggee.js';
import { describe, Dispatch } from './dispatch.js';
import type { Attachable, Host } from './host.js';
import { type Live, liveOf } from './live.js';
import { type Progress, Progresses } from './progress.js';
import { type LaunchArguments, RequestError, type RequestHandler } from './protocol.js';
import { requests } from './requests/index.js';
import type { Outcome, StopReport } from './runner.js';
import { signalNames } from './signals.js';
import { shown } from './showing.js';
import type { Sources } from './sources.js';
import type { Launched } from './start.js';
import type { TargetHart } from './target.js';
import type { Variable } from './values/variable.js';
import { workOf } from './views/harts.js';

type State = 'new' | 'initialized' | 'loaded' | 'running' | 'stopped' | 'ended';

const endingOf = (status: number) => {
  const signal = signalNames[status - 128];
  return signal ? `ended by signal ${status - 128} (${signal})` : `exit status ${status}`;
};

/** Milliseconds after which a step is told to take long. */
const LONG = 1000;

/**
 * One conversation with a client. Knows no transport: messages come in by `receive` and go out by `send`. Whatever comes in, the session
 * answers; nothing a client or a guest does makes it throw.
 */
export class Session extends Addressing {
  /** What the client told of itself. */
  client: P.InitializeRequestArguments = { adapterID: 'harthop' };
  /** As launched, for `restart`. */
  launched?: LaunchArguments;
  live?: Live;
  private state: State = 'new';
  private closed = false;
  /** Counts launches: what an older one still does is of no interest. */
  private generation = 0;
  private readonly coordinates = new Coordinates();
  private readonly dispatch: Dispatch;
  private readonly progresses = new Progresses({
    now: () => this.host.now(),
    event: (name, body) => {
      if (this.client.supportsProgressReporting) this.event(name, body);
    },
  });

  constructor(
    readonly host: Host,
    send: (message: P.ProtocolMessage) => void,
    /** The conversation is over. */
    private readonly over: () => void = () => {},
  ) {
    super();
    this.dispatch = new Dispatch((request, signal) => this.serve(request, signal), send, this.coordinates);
  }

  // Messages

  /** Take a message from the client, whatever it is. */
  receive(message: unknown): void {
    this.dispatch.receive(message);
  }

  private serve({ command, arguments: args }: P.Request, signal: AbortSignal): unknown {
    const handler = Object.hasOwn(requests, command)
      ? (requests[command as keyof typeof requests] as unknown as RequestHandler<'threads'>)
      : undefined;
    if (!handler) throw new RequestError(`harthop does not serve the request \`${command}\``);
    return handler.handle(args, this, signal);
  }

  /** Do something once the answer to the request in hand is out. */
  after(then: () => void): void {
    this.dispatch.after(then);
  }

  event(event: string, body?: unknown): void {
    this.dispatch.event(event, body);
  }

  /** Give up a request that was not answered yet, or what is behind a progress. @returns whether there was something to give up */
  cancel(what: { requestId?: number; progressId?: string }): boolean {
    const { requestId, progressId } = what;
    const request = requestId !== undefined && this.dispatch.cancel(requestId);
    return (progressId !== undefined && this.progresses.cancel(progressId)) || request;
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
    this.coordinates.set(client);
    this.state = 'initialized';
  }

  /** @throws RequestError when this is not the time to launch */
  mayLaunch(): void {
    if (this.state === 'new') throw new RequestError('launch: initialize comes first');
    if (this.state !== 'initialized') throw new RequestError('launch: a program was launched already');
  }

  /** As loaded; the machine is another's. */
  attached(attachable: Attachable, args: LaunchArguments): void {
    this.attachment = { started: attachable.started };
    this.loaded(attachable.take(this), args);
  }
  private attachment?: { readonly started: boolean };

  get isAttached(): boolean {
    return this.attachment !== undefined;
  }
  /** The program ran before this session came. */
  get joins(): boolean {
    return this.attachment?.started === true;
  }

  /** The program is loaded and waits for configurationDone. */
  loaded(launched: Launched, args: LaunchArguments): void {
    this.live = liveOf(launched, {
      host: this.host,
      tick: () => this.progresses.tick(),
      log: (text) => this.output(`${text}\n`),
      // Breakpoints of the client's are for the address space that it looks at, once there is one.
      satp: () => (this.state === 'loaded' ? undefined : launched.debuggee.target.harts[this.focus].csr('satp')),
    });
    this.launched = args;
    this.atEnd = false;
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

  /** What was launched, also when it has ended: there is something to look at still. @throws RequestError when there is nothing */
  get shown(): Live {
    return this.live ?? this.program;
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

  /** The same, or while one hart runs alone and the others stand still. For what only looks. @throws RequestError when it runs */
  get quiet(): Live {
    return this.only ? this.program : this.still;
  }

  get sources(): Sources {
    return this.program.sources;
  }

  /** Something was written: what the client shows elsewhere may be old. `va`: memory from there on. */
  changed(va?: bigint, count = 0): void {
    this.after(() => {
      if (this.client.supportsInvalidatedEvent) this.event('invalidated', { areas: ['variables'] });
      if (va !== undefined && this.client.supportsMemoryEvent)
        this.event('memory', { memoryReference: `0x${va.toString(16)}`, offset: 0, count });
    });
  }

  /** A line of the Variables view as DAP has it. */
  show(variable: Variable, hex = false): P.Variable {
    return shown(variable, this, hex);
  }

  /** Freeze harts or thaw them. They are threads with other names then. */
  freeze(wanted: readonly { readonly hart: number; readonly on: boolean }[]): void {
    const { target } = this.debuggee;
    const changes = wanted.filter(({ hart, on }) => target.harts[hart].frozen !== on);
    for (const { hart, on } of changes) target.freeze(hart, on);
    if (changes.length && this.client.supportsInvalidatedEvent)
      this.after(() => this.event('invalidated', { areas: ['threads'] }));
  }

  // Running

  /**
   * Tell the client that something takes a while, until `end` is called.
   * @param stop what the user's wish to stop it does; without, it can't be stopped
   * @param patience milliseconds; what is over before then is not told
   */
  progress(title: string, stop?: () => void, patience = 0): Progress {
    return this.progresses.start(title, stop, patience);
  }

  get isLoaded(): boolean {
    return this.state === 'loaded';
  }

  /**
   * Run `command` until it says why it stopped; tell the client then. Returns at once.
   * @param title of the progress that is told when it takes long, for what is not expected to
   * @param only the one hart that gets turns meanwhile (DAP's `singleThread`)
   */
  start(command: (live: Live) => Promise<Outcome>, title?: string, only?: TargetHart): void {
    const live = this.program;
    const progress = title === undefined ? undefined : this.progress(title, () => live.runner.pause(this.focus), LONG);
    this.state = 'running';
    this.only = only;
    // The harts that stand still can be looked at as before.
    this.forget(!only);
    this.lastStop = undefined;
    live.vectors.leave();
    live.runner.begin(only?.id);
    live.since = workOf(live.debuggee.target);
    const { generation } = this;
    this.after(() => {
      const run = only ? () => alone(live.debuggee.target, only, () => command(live)) : () => command(live);
      this.settling = this.settle(run, live, generation).finally(() => progress?.end());
    });
  }

  /** What runs now has come to its end. */
  private settling: Promise<void> = Promise.resolve();

  private async settle(run: () => Promise<Outcome>, live: Live, generation: number): Promise<void> {
    let outcome: Outcome;
    try {
      outcome = await run();
    } catch (error) {
      if (generation !== this.generation) return;
      this.output(`${describe(error)}\n`, 'important');
      const [hart] = live.debuggee.target.harts;
      outcome = { stop: { reason: 'pause', hart: hart.id, description: 'Stopped by a failure of the debugger' } };
    }
    if (generation !== this.generation || this.closed) return;
    live.flush();
    if ('stop' in outcome) {
      this.atEnd = false;
      this.stopped(outcome.stop);
    } else if (this.launched?.stopOnExit && live.debuggee.target.history && !this.atEnd) {
      this.atEnd = true;
      const description = `The program has ended: ${endingOf(outcome.exit)}`;
      this.stopped({ reason: 'exit', hart: live.runner.last, description });
    } else {
      if (this.placesAtEnd) await this.tellPlaces(live);
      if (generation === this.generation && !this.closed) this.exited(outcome.exit);
    }
  }

  /** Does the client want to be told what `harthop/places` tells, when the program ends? */
  placesAtEnd = false;
  private async tellPlaces({ timeline, sources }: Live): Promise<void> {
    try {
      this.event('harthop/places', { places: await timeline.places(sources) });
    } catch (error) {
      this.output(`${describe(error)}\n`, 'important');
    }
  }

  /** Stopped where the program has ended: to go on from there ends the session. */
  private atEnd = false;

  private stopped(stop: StopReport): void {
    this.state = 'stopped';
    this.only = undefined;
    this.lastStop = stop;
    this.following.stopped(stop);
    this.tellStop(stop);
  }

  /** Lead the client to a hart: where it looks after a stop. */
  lookAt(hart: TargetHart): void {
    this.tellStop({ reason: 'pause', hart: hart.id, description: 'Shown' });
  }

  private tellStop({ reason, hart, description, breakpoints }: StopReport): void {
    this.focus = hart;
    const { debuggee } = this.live!;
    this.event('stopped', {
      reason,
      description,
      threadId: hart + 1,
      text: debuggee.threadName(debuggee.target.harts[hart]),
      allThreadsStopped: true,
      preserveFocusHint: false,
      ...(breakpoints && { hitBreakpointIds: breakpoints }),
    });
  }

  /** It stands elsewhere, without having run: what was told of frames and variables is old. */
  moved(stop: StopReport): void {
    this.frames.clear();
    this.variables.clear();
    this.after(() => this.stopped(stop));
  }

  private exited(status: number): void {
    this.end(false);
    const signal = signalNames[status - 128];
    const death = this.live?.runner.death;
    if (signal) this.output(`the program was ended by signal ${status - 128} (${signal})\n`);
    if (death?.number === status - 128) this.output(`${death.description}\n`);
    this.event('exited', { exitCode: status });
    this.event('terminated');
  }

  /** End the machine, not the conversation. @param terminate false: what was attached to runs on without us */
  end(terminate = true): void {
    this.generation++;
    this.live?.runner.dispose();
    this.live?.dispose();
    const { live } = this;
    if (live?.release && this.state !== 'ended') void this.settling.then(() => live.release!(terminate));
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
    this.end(!this.isAttached);
    this.closed = true;
    this.dispatch.close();
    this.over();
  }
}
