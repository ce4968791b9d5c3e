/**
 * The flow of vtype, vl and the thread's place through a program. Each function is followed once, from whatever holds at its entry, to what it
 * makes of that; calls take that over with what holds at the call. In the end it is known what holds at each function's entry, and so at
 * each instruction.
 */
import { type Code, type CodeInstruction, targetOf } from '../code/code.js';
import {
  AWAY,
  anything,
  AS_ENTERED,
  entered,
  HOME,
  join,
  Pointer,
  type State,
  started,
  union,
  within,
  withX,
} from './state.js';
import { type Control, type Memory, step, written } from './step.js';
import type { Surroundings } from './surroundings.js';

/** Registers that a function must leave as they were (psABI): sp, s0 to s11. */
const SAVED = [2, 8, 9, ...Array.from({ length: 10 }, (_, n) => 18 + n)].reduce((set, n) => set | (1 << n), 0);
/** What calls of unknown functions leave alone. */
const CALLER = ~(SAVED | (1 << 3) | (1 << 4) | 1);

/** A function: everything that is reached from its entry without a call. */
export interface FunctionFlow {
  readonly entry: number;
  /** What holds before the first instruction of each stretch that control comes to. */
  readonly states: Map<number, State>;
  /** What holds where it returns; undefined: it does not, as far as is known. */
  exit: State | undefined;
  /** x registers that it writes, and of those the ones that it loads back from its stack, as sets of bits. */
  writes: number;
  restores: number;
  /** Calls of known functions: from the address of the call. */
  readonly calls: Map<number, { readonly target: number; state: State }>;
  /** What holds at its entry, for all who enter it. */
  context: State | undefined;
  /** Nobody here enters it, though the program's start is here: it is for others, or for nobody. */
  outside: boolean;
}

const PAGE = 4096;
/** Data over more pages is not followed page by page. */
const MOST_PAGES = 32;

/** An instruction of a function. */
export interface Traced {
  readonly instruction: CodeInstruction;
  readonly state: State;
  readonly control: Control;
  readonly next: number;
}

export class Flow implements Memory {
  readonly functions = new Map<number, FunctionFlow>();
  private readonly queue: { readonly of: FunctionFlow; readonly from: number }[] = [];
  private readonly queued = new Set<string>();
  /** Who calls a function: stretches to look at again when its exit changes. */
  private readonly callers = new Map<number, Map<string, { of: FunctionFlow; from: number }>>();
  private readonly leaders: ReadonlySet<number>;

  /** @param before a flow of the same code, whose word is taken for what was touched before */
  private constructor(
    readonly code: Code,
    readonly around: Surroundings,
    private readonly before?: ReadonlyMap<number, State>,
  ) {
    this.leaders = leadersOf(code);
    const { start, entries, taken } = code.parts;
    const roots = [...(start === undefined ? [] : [start]), ...entries];
    for (const root of roots) this.function(root);
    this.settle();
    // What is only reached through registers: handlers, functions of threads.
    for (const address of taken) if (!this.reached(address) && code.at(address)) this.function(address);
    this.settle();
    this.contexts(start, new Set([...entries, ...taken]), taken);
  }

  /** Follow a program. */
  static through(code: Code, around: Surroundings): Flow {
    if (around.faults !== 'move') return new Flow(code, around);
    // Who is the first to touch a page must be known on all ways before it is known where it brings threads home.
    const first = new Flow(code, { ...around, faults: 'ask' });
    return new Flow(code, around, first.facts());
  }

  touchedBefore(address: number): State | undefined {
    return this.before?.get(address);
  }

  /** What holds before each instruction that can be reached, in whatever function. */
  facts(): ReadonlyMap<number, State> {
    this.known ??= this.joined();
    return this.known;
  }
  private known: ReadonlyMap<number, State> | undefined;
  private joined(): Map<number, State> {
    const out = new Map<number, State>();
    this.each(({ address }, state) => {
      const known = out.get(address);
      out.set(address, known ? join(known, state, this.asPointer) : state);
    });
    return out;
  }

  /** The pages of the data that an address lies in. */
  readonly asPointer = (address: number): Pointer | undefined => {
    const data = this.code.dataAt(address);
    if (!data) return undefined;
    const [first, last] = [data.start, Math.max(data.end - 1, data.start)].map((each) => Math.floor(each / PAGE));
    if (last! - first! > MOST_PAGES) return undefined;
    return Pointer.into(Array.from({ length: last! - first! + 1 }, (_, n) => first! + n));
  };

  private reached(address: number): boolean {
    for (const each of this.functions.values()) if (each.states.has(address)) return true;
    return false;
  }

  private function(entry: number, state: State = entered): FunctionFlow {
    let known = this.functions.get(entry);
    if (!known) {
      known = {
        entry,
        states: new Map(),
        exit: undefined,
        writes: 0,
        restores: 0,
        calls: new Map(),
        context: undefined,
        outside: false,
      };
      this.functions.set(entry, known);
    }
    this.arrive(known, entry, state);
    return known;
  }

  private arrive(of: FunctionFlow, address: number, state: State): void {
    const before = of.states.get(address);
    const after = before ? join(before, state, this.asPointer) : state;
    if (after === before) return;
    of.states.set(address, after);
    this.again(of, address);
  }

  private again(of: FunctionFlow, from: number): void {
    const key = `${of.entry}:${from}`;
    if (this.queued.has(key)) return;
    this.queued.add(key);
    this.queue.push({ of, from });
  }

  private settle(): void {
    for (let next = this.queue.pop(); next; next = this.queue.pop()) {
      this.queued.delete(`${next.of.entry}:${next.from}`);
      this.follow(next.of, next.from);
    }
  }

  /** Follow a stretch of a function up to where control goes elsewhere. */
  private follow(of: FunctionFlow, from: number): void {
    this.walk(of, from, (instruction, state, control, next) => {
      this.note(of, instruction);
      switch (control.kind) {
        case 'falls':
          return state;
        case 'branches':
          this.arrive(of, control.target, state);
          this.arrive(of, next, state);
          return undefined;
        case 'jumps':
          this.arrive(of, control.target, state);
          return undefined;
        case 'anywhere':
          for (const address of this.code.parts.taken) this.arrive(of, address, state);
          return undefined;
        case 'returns':
          this.leave(of, state);
          return undefined;
        case 'calls': {
          const after = this.call(of, from, instruction.address, control.target, state);
          if (after) this.arrive(of, next, after);
          return undefined;
        }
        default:
          return undefined;
      }
    });
  }

  /** Go from instruction to instruction until `visit` gives no state to go on with, or another stretch begins. */
  private walk(
    of: FunctionFlow,
    from: number,
    visit: (i: CodeInstruction, after: State, control: Control, next: number) => State | undefined,
    before?: (i: CodeInstruction, state: State) => void,
  ): void {
    let state: State | undefined = of.states.get(from);
    for (let at = from; state; ) {
      const instruction = this.code.at(at);
      if (!instruction) return;
      before?.(instruction, state);
      const { state: after, control } = step(instruction, state, this.around, this);
      const next = at + instruction.length;
      state = visit(instruction, after, control, next);
      at = next;
      if (state && this.leaders.has(at)) {
        this.arrive(of, at, state);
        return;
      }
    }
  }

  private note(of: FunctionFlow, instruction: CodeInstruction): void {
    const { row, values } = instruction;
    let set = 0;
    for (const n of written(instruction)) set |= 1 << n;
    const restores = row?.name === 'ld' && values.get('rs1') === 2 ? set : 0;
    this.widen(of, set, restores);
  }

  private widen(of: FunctionFlow, writes: number, restores: number): void {
    const [w, r] = [of.writes | writes, of.restores | restores];
    if (w === of.writes && r === of.restores) return;
    of.writes = w;
    of.restores = r;
    this.tell(of);
  }

  private leave(of: FunctionFlow, state: State): void {
    const exit = of.exit ? join(of.exit, state, this.asPointer) : state;
    if (exit === of.exit) return;
    of.exit = exit;
    this.tell(of);
  }

  private tell(of: FunctionFlow): void {
    for (const caller of this.callers.get(of.entry)?.values() ?? []) this.again(caller.of, caller.from);
  }

  /** @returns what holds when the call has come back; undefined: it does not, as far as is known */
  private call(
    of: FunctionFlow,
    from: number,
    at: number,
    target: number | undefined,
    state: State,
  ): State | undefined {
    if (target === undefined || !this.code.at(target)) {
      // vtype and vl are not kept across calls (psABI), and where an unknown function ends nobody knows.
      const where = HOME | AWAY | (state.where & AS_ENTERED);
      const modes = { frm: undefined, vstart: 0 };
      return forget({ ...state, vtypes: undefined, avl: undefined, modes, where }, CALLER);
    }
    const callee = this.function(target, {
      ...entered,
      x: state.x,
      touched: state.touched,
      firsts: state.firsts,
    });
    const list = this.callers.get(target) ?? new Map<string, { of: FunctionFlow; from: number }>();
    this.callers.set(target, list.set(`${of.entry}:${from}`, { of, from }));
    const site = of.calls.get(at);
    if (site) site.state = join(site.state, state, this.asPointer);
    else of.calls.set(at, { target, state });
    const lost = callee.writes & ~(callee.restores & SAVED);
    this.widen(of, lost, 0);
    if (!callee.exit) return undefined;
    const { vtypes, avl, modes, where, vectors } = within(callee.exit, state);
    const touched = union(state.touched, callee.exit.touched);
    const firsts = union(state.firsts, callee.exit.firsts);
    return forget({ ...state, vtypes, avl, modes, where, vectors, touched, firsts }, lost);
  }

  /** What holds at each function's entry: from the start, from outside, and from calls. */
  private contexts(start: number | undefined, outside: ReadonlySet<number>, taken: ReadonlySet<number>): void {
    const todo: FunctionFlow[] = [];
    const enter = (of: FunctionFlow, state: State) => {
      const plain = { ...state, x: entered.x };
      const context = of.context ? join(of.context, plain) : plain;
      if (context === of.context) return;
      of.context = context;
      todo.push(of);
    };
    const called = new Set([...this.functions.values()].flatMap((f) => [...f.calls.values()].map((c) => c.target)));
    for (const each of this.functions.values()) {
      if (each.entry === start) enter(each, started);
      // In a whole program what is called is called from here.
      else if (start === undefined && outside.has(each.entry)) enter(each, anything(HOME | AWAY));
    }
    const spread = () => {
      for (let of = todo.pop(); of; of = todo.pop())
        for (const { target, state } of of.calls.values())
          enter(this.functions.get(target)!, within(state, of.context!));
    };
    spread();
    for (const each of this.functions.values())
      if (!each.context && !called.has(each.entry)) {
        each.outside = !taken.has(each.entry);
        enter(each, anything(HOME | AWAY));
      }
    spread();
  }

  /** The function's instructions, each with what holds before it for any caller, and where control goes from it. */
  trace(of: FunctionFlow): ReadonlyMap<number, Traced> {
    let trace = this.traces.get(of);
    if (!trace) {
      const made = new Map<number, Traced>();
      for (const from of of.states.keys()) {
        let before: State = of.states.get(from)!;
        this.walk(
          of,
          from,
          (instruction, after, control, next) => {
            made.set(instruction.address, { instruction, state: before, control, next });
            return control.kind === 'falls' ? after : undefined;
          },
          (_, state) => {
            before = state;
          },
        );
      }
      trace = made;
      this.traces.set(of, trace);
    }
    return trace;
  }
  private readonly traces = new Map<FunctionFlow, ReadonlyMap<number, Traced>>();

  /** Visit every instruction that can be reached, with what holds before it: once for each function that it is part of. */
  each(visit: (instruction: CodeInstruction, state: State, of: FunctionFlow) => void): void {
    for (const of of this.functions.values()) {
      const { context } = of;
      if (!context) continue;
      for (const { instruction, state } of this.trace(of).values()) visit(instruction, within(state, context), of);
    }
  }
}

/** Registers in a set are not known any more. */
function forget(state: State, set: number): State {
  let out = state;
  for (let n = 1; n < 32; n++) if (set & (1 << n)) out = withX(out, n, undefined);
  return out;
}

/** Where control may come to from elsewhere. */
function leadersOf(code: Code): Set<number> {
  const out = new Set<number>([...code.parts.taken, ...code.parts.entries]);
  for (const instruction of code.instructions) {
    const target = targetOf(instruction);
    if (target === undefined) continue;
    out.add(target);
    out.add(instruction.address + instruction.length);
  }
  return out;
}
