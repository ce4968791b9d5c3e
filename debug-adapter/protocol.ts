import type { EngineChoice } from '../emulator/engine/choice.js';
import type { DebugProtocol as P } from '@vscode/debugprotocol';
import type { Session } from './session.js';
import type { SetLaneAnswer, SetLaneArguments, VectorAnswer, VectorArguments } from './vector-messages.js';
import type {
  PlacesArguments,
  PlacesBody,
  TimelineArguments,
  TimelineBody,
  TraceArguments,
  TraceBody,
} from './timeline/model.js';
import type {
  FocusArguments,
  FreezeArguments,
  HartsBody,
  NextMigrationArguments,
  QueuesBody,
  TasksBody,
} from './views/messages.js';

/** A request that can't be served; the message says why, in words for the user. */
export class RequestError extends Error {
  constructor(
    message: string,
    /** Show it in a dialog. */
    readonly showUser = false,
  ) {
    super(message);
  }
}

/** The client took the request back. The message is the one that the protocol has for it. */
export class Cancelled extends RequestError {
  constructor() {
    super('cancelled');
  }

  /** @throws Cancelled when the client has taken the request back */
  static check(signal: AbortSignal): void {
    if (signal.aborted) throw new Cancelled();
  }
}

/** The requests that are served: arguments and the answer's body. */
export interface Requests {
  initialize: [P.InitializeRequestArguments, P.Capabilities];
  launch: [LaunchArguments, undefined];
  attach: [P.AttachRequestArguments, undefined];
  configurationDone: [undefined, undefined];
  disconnect: [P.DisconnectArguments | undefined, undefined];
  terminate: [P.TerminateArguments | undefined, undefined];
  restart: [P.RestartArguments | undefined, undefined];
  cancel: [P.CancelArguments | undefined, undefined];
  threads: [undefined, P.ThreadsResponse['body']];
  stackTrace: [P.StackTraceArguments, P.StackTraceResponse['body']];
  scopes: [P.ScopesArguments, P.ScopesResponse['body']];
  variables: [P.VariablesArguments, P.VariablesResponse['body']];
  setVariable: [P.SetVariableArguments, P.SetVariableResponse['body']];
  setExpression: [P.SetExpressionArguments, P.SetExpressionResponse['body']];
  evaluate: [P.EvaluateArguments, P.EvaluateResponse['body']];
  locations: [P.LocationsArguments, P.LocationsResponse['body']];
  completions: [P.CompletionsArguments, P.CompletionsResponse['body']];
  source: [P.SourceArguments, P.SourceResponse['body']];
  loadedSources: [undefined, P.LoadedSourcesResponse['body']];
  modules: [P.ModulesArguments | undefined, P.ModulesResponse['body']];
  setBreakpoints: [P.SetBreakpointsArguments, P.SetBreakpointsResponse['body']];
  breakpointLocations: [P.BreakpointLocationsArguments, P.BreakpointLocationsResponse['body']];
  setFunctionBreakpoints: [P.SetFunctionBreakpointsArguments, P.SetFunctionBreakpointsResponse['body']];
  setInstructionBreakpoints: [P.SetInstructionBreakpointsArguments, P.SetInstructionBreakpointsResponse['body']];
  setExceptionBreakpoints: [P.SetExceptionBreakpointsArguments, P.SetExceptionBreakpointsResponse['body']];
  dataBreakpointInfo: [P.DataBreakpointInfoArguments, P.DataBreakpointInfoResponse['body']];
  setDataBreakpoints: [P.SetDataBreakpointsArguments, P.SetDataBreakpointsResponse['body']];
  exceptionInfo: [P.ExceptionInfoArguments, P.ExceptionInfoResponse['body']];
  continue: [P.ContinueArguments, P.ContinueResponse['body']];
  stepInTargets: [P.StepInTargetsArguments, P.StepInTargetsResponse['body']];
  gotoTargets: [P.GotoTargetsArguments, P.GotoTargetsResponse['body']];
  goto: [P.GotoArguments, undefined];
  pause: [P.PauseArguments, undefined];
  next: [P.NextArguments, undefined];
  stepIn: [P.StepInArguments, undefined];
  stepOut: [P.StepOutArguments, undefined];
  restartFrame: [P.RestartFrameArguments, undefined];
  stepBack: [P.StepBackArguments, undefined];
  reverseContinue: [P.ReverseContinueArguments, undefined];
  disassemble: [P.DisassembleArguments, P.DisassembleResponse['body']];
  readMemory: [P.ReadMemoryArguments, P.ReadMemoryResponse['body']];
  writeMemory: [P.WriteMemoryArguments, P.WriteMemoryResponse['body']];
  // HartHop's own; the file of one lies in requests/harthop/.
  'harthop/goTo': [GoToArguments, undefined];
  'harthop/saveRecording': [undefined, SaveRecordingBody];
  'harthop/stepBackInto': [{ readonly threadId: number }, undefined];
  'harthop/stepBackOut': [{ readonly threadId: number }, undefined];
  'harthop/vector': [VectorArguments, VectorAnswer];
  'harthop/setLane': [SetLaneArguments, SetLaneAnswer];
  'harthop/timeline': [TimelineArguments, TimelineBody];
  'harthop/places': [PlacesArguments | undefined, PlacesBody];
  'harthop/trace': [TraceArguments | undefined, TraceBody];
  'harthop/harts': [undefined, HartsBody];
  'harthop/tasks': [undefined, TasksBody];
  'harthop/queues': [undefined, QueuesBody];
  'harthop/freeze': [FreezeArguments, undefined];
  'harthop/focus': [FocusArguments, undefined];
  'harthop/nextMigration': [NextMigrationArguments, undefined];
  'harthop/previousMigration': [NextMigrationArguments, undefined];
}

/** The text of a recording file. */
export interface SaveRecordingBody {
  readonly content: string;
}

/** To a place in the run. */
export interface GoToArguments {
  /** Instructions attempted and interrupts taken by all harts since the machine's reset. */
  readonly steps?: number;
  /** In place of steps: cycles that the hart of `threadId` has lived through. */
  readonly cycle?: number;
  /** The thread to look at there; without it, that of the hart that was looked at last. */
  readonly threadId?: number;
}

/** A file with symbols of the program, the kernel or the firmware that runs. */
export interface SymbolFile {
  readonly path: string;
  readonly space: 'program' | 'kernel' | 'firmware';
  /** Where its first segment was loaded; or how far from where it was linked. */
  readonly base?: string | number;
  readonly offset?: string | number;
}

/** What a launch configuration may say. */
export interface LaunchArguments {
  /** A .S or .s file, or a riscv64 ELF. */
  readonly program: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string | null>>;
  /** A preset's name, a .json file, or the description itself. */
  readonly soc?: string | object;
  readonly stopOnEntry?: boolean;
  /** Stop when the program has ended: it can be gone back in, and looked at. */
  readonly stopOnExit?: boolean;
  readonly engine?: EngineChoice;
  /** Turns are drawn from it. */
  readonly seed?: number;
  /** Other images than HartHop's own. */
  readonly firmware?: string;
  readonly kernel?: string;
  /** A file that the program reads as its console input. */
  readonly stdin?: string;
  /** More words for the kernel's command line. */
  readonly append?: string;
  /** Symbols of what was loaded from elsewhere. */
  readonly symbolFiles?: readonly SymbolFile[];
  readonly noDebug?: boolean;
  /** A recording, which brings its own of everything but `engine`, `stopOnEntry` and `noDebug`; there is no program then. */
  readonly recording?: string;
}

/** An answer's body, now or later; for most commands there is none. */
type Answer<Body> = Body extends undefined ? ReturnType<() => void> | Promise<void> : Body | Promise<Body>;

/** One request: what it does and which capabilities it brings. */
export interface RequestHandler<C extends keyof Requests> {
  readonly capabilities?: P.Capabilities;
  /** `signal`: the client does not want the answer any more; what takes long looks at it between two breaths. */
  handle(args: Requests[C][0], session: Session, signal: AbortSignal): Answer<Requests[C][1]>;
}
