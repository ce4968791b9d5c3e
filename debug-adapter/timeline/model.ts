/** What the timeline's requests are asked and answer: `harthop/timeline`, `harthop/places`, `harthop/trace`. Times are cycles, places of the run steps. */
import type { DebugProtocol as P } from '@vscode/debugprotocol';

export interface TimelineArguments {
  /** The window; left out: from the program's start to the end. */
  readonly from?: number;
  readonly to?: number;
  /** How many columns the window has on the screen, at most 4000. */
  readonly columns: number;
  /** A stretch of which the sums are wanted too. */
  readonly selection?: Span;
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface TimelineBody {
  readonly soc: string;
  /** Cycles a second. */
  readonly clock: number;
  readonly harts: readonly TimelineHart[];
  /** Who runs: `lanes` name them by their number here. */
  readonly actors: readonly TimelineActor[];
  /** The program's first cycle (0 while it has not begun), and the end of what was run. */
  readonly start: number;
  readonly end: number;
  /** How much is known of it: stretches and crossings. */
  readonly events: number;
  readonly window: Span;
  /**
   * By hart, in order: `[start, end, steps, actor, cycles, actor, cycles …]`, who ran how long from start to end, the longest first; `steps`: a
   * place of the run at the start.
   */
  readonly lanes: readonly (readonly (readonly number[])[])[];
  /**
   * `[start, end, from steps, to steps, route, count, cycles]`: a crossing, and the places of the run before and after it; or, with a count above
   * 1, as many alike that ended from start to end, with the cycles of all.
   */
  readonly arrows: readonly (readonly number[])[];
  /** What the numbers of routes in `arrows` and `selection` mean. */
  readonly routes: Readonly<Record<number, TimelineRoute>>;
  readonly selection?: {
    /** By hart: `[actor, cycles, actor, cycles …]`. */
    readonly harts: readonly (readonly number[])[];
    /** `[route, count, cycles, longest]`, of what ended in it. */
    readonly crossings: readonly (readonly number[])[];
  };
  readonly running: boolean;
  /** Can the run be gone back in? */
  readonly recorded: boolean;
}

export interface TimelineHart {
  readonly isa: string;
  /** Where it stands now: behind the end when the run was gone back in. */
  readonly now: number;
}

export interface TimelineActor {
  readonly kind: 'firmware' | 'kernel' | 'idle' | 'thread';
  readonly task?: number;
  readonly name?: string;
}

export interface TimelineRoute {
  /** `out` to a hart that has what the thread needs, `back` from there, `ask`: served without leaving it. */
  readonly way: 'out' | 'back' | 'ask';
  readonly task: number;
  readonly from: number;
  readonly to: number;
  readonly reason: string;
  /** Of the thread: `0x10078`, and where in the source: `faults.S:21`. */
  readonly pc: string;
  readonly place: string;
}

export interface PlacesArguments {
  /** When the program ends, tell it all once more, as an event `harthop/places`: nothing can be asked after that. */
  readonly atEnd?: boolean;
}

export interface PlacesBody {
  /** The most frequent first. */
  readonly places: readonly PlaceStatistics[];
}

/** What happened at an instruction of the program. */
export interface PlaceStatistics {
  readonly pc: string;
  /** The same as the program's file has it, where it was loaded elsewhere. */
  readonly linked?: string;
  readonly instruction: string;
  readonly function?: string;
  readonly source?: P.Source;
  readonly line?: number;
  readonly way: 'out' | 'back' | 'ask';
  readonly count: number;
  /** How often for which reason. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Cycles that the crossings took. */
  readonly cycles: Cycles;
  /** Cycles from leaving the hart to going on there, of those that went `out` and have come back. */
  readonly away?: Cycles;
}

export interface Cycles {
  readonly mean: number;
  readonly most: number;
}

export interface TraceArguments {
  /** As the piece before said; left out: from the start. */
  readonly cursor?: number;
}

export interface TraceBody {
  readonly text: string;
  /** To ask for the next piece with; absent: this was the last. */
  readonly cursor?: number;
}
