/**
 * The flow of vtype, vl and the thread's place through a program. Each function is followed once, from whatever holds at its entry, to what it
 * makes of that; calls take that over with what holds at the call. In the end it is known what holds at each function's entry, and so at
 * each instruction.
 */
import { type Code, type CodeInstruction, targetOf } from '../code/code.js';
import { type Stretch, type StretchMemory, Stretches } from './stretch.js';
import {
  AWAY,
  anything,
  AS_ENTERED,
  CALLED,
  ENTRY,
  entered,
  HOME,
  join,
  OWN,
  passed,
  type State,
  started,
  union,
  within,
} from './state.js';
import { finish, type Pieces } from '../slow.js';
import { type Decision, decisionsIn } from '../probe/decisions.js';
import { type Control, type Memory, outdated } from './step.js';
import type { Surroundings } from './surroundings.js';

/** Registers that a function must leave as they were (psABI): sp, s0 to s11. */
const SAVED = [2, 8, 9, ...Array.from({ length: 10 }, (_, n) => 18 + n)].reduce((set, n) => set | (1 << n), 0);
const SP = 2;
/** What calls of unknown functions leave alone. */
const CALLER = ~(SAVED | (1 << 3) | (1 << 4) | 1);

/** Stretches that are followed in one go. */
const PIECE = 16;

/** A function: everything that is reached from its entry without a call. */
export interface FunctionFlow {
  readonly entry: number;
  /** What holds before the first instruction of each stretch that control comes to. */
  readonly states: Map<number, State>;
  /** The stretches, by where they begin. */
  readonly stretches: Map<number, Stretch>;
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

/** An instruction of a function. */
export interface Traced {
  readonly instruction: CodeInstruction;
  readonly state: State;
  readonly control: Control;
  readonly next: number;
}

/** What holds before each instruction that can be reached. */
export class Facts {
  constructor(
    private readonly code: Code,
    /** By number of instruction. */
    private readonly states: readonly (State | undefined)[],
  ) {}

  get(address: number): State | undefined {
    return this.states[this.code.indexAt(address)];
  }
  has(address: number): boolean {
    return this.get(address) !== undefined;
  }
  /** By rising address. */
  each(visit: (instruction: CodeInstruction, state: State) => void): void {
    for (let n = 0; n < this.states.length; n++) {
      const state = this.states[n];
      if (state) visit(this.code.instructions[n]!, state);
    }
  }
}

export class Flow implements Memory {
  readonly functions = new Map<number, FunctionFlow>();
  private readonly queue: { readonly of: FunctionFlow; readonly from: number }[] = [];
  private readonly queued = new Places();
  /** Who calls a function: stretches to look at again when its exit changes. */
  private readonly callers = new Map<number, Places>();
  private readonly leaders: Uint8Array;

  readonly followsPages: boolean;
  /** Branches that are decided by what the kernel answers of the chip, by address. */
  readonly decisions: ReadonlyMap<number, Decision>;
  private readonly through: Stretches;

  /**
   * @param pages is it of interest which pages are touched?
   * @param memory what stretches came to before
   * @param before what a flow of the same code has found, whose word is taken for what was touched before
   */
  private constructor(
    readonly code: Code,
    readonly around: Surroundings,
    pages: boolean,
    private readonly memory?: StretchMemory,
    private readonly before?: Facts,
  ) {
    this.followsPages = pages;
    this.leaders = leadersOf(code);
    this.decisions = around.answers ? decisionsIn(code, around.answers) : new Map();
    this.through = new Stretches(code, around, this.leaders, this.decisions, memory, {
      followsPages: pages,
      ...(before && { touchedBefore: (address: number) => before.get(address) }),
    });
  }

  /** Follow a program. @param memory what stretches of it, or of another text of it, came to before, in the same surroundings */
  static through(code: Code, around: Surroundings, memory?: StretchMemory): Flow {
    return finish(Flow.slowly(code, around, memory));
  }

  /** The same, piece by piece. */
  static *slowly(code: Code, around: Surroundings, memory?: StretchMemory): Pieces<Flow> {
    if (around.faults !== 'move') return yield* new Flow(code, around, false, memory).whole();
    // Who is the first to touch a page must be known on all ways before it is known where it brings threads home.
    const first = yield* new Flow(code, { ...around, faults: 'ask' }, true, memory).whole();
    const facts = first.facts();
    yield;
    return yield* new Flow(code, around, true, undefined, facts).whole();
  }

  private *whole(): Pieces<this> {
    const { start, entries, taken } = this.code.parts;
    const roots = [...(start === undefined ? [] : [start]), ...entries];
    for (const root of roots) this.function(root);
    yield* this.settle();
    // What is only reached through registers: handlers, functions of threads.
    for (const address of taken) if (!this.reached(address) && this.code.at(address)) this.function(address);
    yield* this.settle();
    this.contexts(start, new Set([...entries, ...taken]), taken);
    return this;
  }

  touchedBefore(address: number): State | undefined {
    return this.before?.get(address);
  }

  /** What holds before each instruction that can be reached, in whatever function. */
  facts(): Facts {
    this.known ??= new Facts(this.code, this.joined());
    return this.known;
  }
  private known: Facts | undefined;
  private joined(): (State | undefined)[] {
    const out = new Array<State | undefined>(this.code.instructions.length).fill(undefined);
    for (const { context, stretches } of this.functions.values()) {
      if (!context) continue;
      for (const { instructions, walk } of stretches.values()) {
        const states = walk.statesWithin(context, this.memory?.states);
        for (let n = 0; n < instructions.length; n++) {
          const at = this.code.indexAt(instructions[n]!.address);
          const known = out[at];
          out[at] = known ? this.join(known, states[n]!) : states[n]!;
        }
      }
    }
    return out;
  }

  /** The pages of the data that an address lies in. */
  asPointer(address: number) {
    return this.through.asPointer(address);
  }
  private readonly pointer = (address: number) => this.through.asPointer(address);

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
        stretches: new Map(),
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
    const after = before ? this.join(before, state) : state;
    if (after === before) return;
    of.states.set(address, after);
    this.again(of, address);
  }

  private again(of: FunctionFlow, from: number): void {
    if (this.queued.add(of, from)) this.queue.push({ of, from });
  }

  private *settle(): Pieces<void> {
    let n = 0;
    for (let next = this.queue.pop(); next; next = this.queue.pop()) {
      this.queued.delete(next.of, next.from);
      this.follow(next.of, next.from);
      if (++n % PIECE === 0) yield;
    }
  }

  /** Follow a stretch of a function up to where control goes elsewhere. */
  private follow(of: FunctionFlow, from: number): void {
    const stretch = this.through.through(from, of.states.get(from)!);
    if (!stretch) return;
    of.stretches.set(from, stretch);
    const { walk, control, next } = stretch;
    const state = walk.after;
    this.widen(of, walk.writes, walk.restores);
    switch (control.kind) {
      case 'falls':
        if (this.leaders[this.code.indexAt(next)]) this.arrive(of, next, state);
        return;
      case 'branches':
        this.arrive(of, control.target, state);
        this.arrive(of, next, state);
        return;
      case 'jumps':
        this.arrive(of, control.target, state);
        return;
      case 'anywhere':
        this.land(of, stretch.instructions.at(-1)!.address, state);
        return;
      case 'returns':
        this.leave(of, state);
        return;
      case 'calls': {
        const after = this.call(of, from, stretch.instructions.at(-1)!.address, control.target, state);
        if (after) this.arrive(of, next, after);
      }
    }
  }

  /** Control goes where a register says. */
  private land(of: FunctionFlow, at: number, state: State): void {
    const { taken, landings } = this.code.parts;
    const inside = landings?.get(at);
    for (const address of inside ?? taken) this.arrive(of, address, state);
    // It may be a call of another function as the last thing done.
    if (inside) this.leave(of, behindUnknown(state));
  }

  private widen(of: FunctionFlow, writes: number, restores: number): void {
    const [w, r] = [of.writes | writes, of.restores | restores];
    if (w === of.writes && r === of.restores) return;
    of.writes = w;
    of.restores = r;
    this.tell(of);
  }

  private leave(of: FunctionFlow, state: State): void {
    const exit = of.exit ? this.join(of.exit, state) : state;
    if (exit === of.exit) return;
    of.exit = exit;
    this.tell(of);
  }

  private tell(of: FunctionFlow): void {
    this.callers.get(of.entry)?.each((caller, from) => this.again(caller, from));
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
      return behindUnknown(state);
    }
    const { touched, firsts } = state;
    const callee = this.function(target, this.one({ ...entered, x: passed(state.x), touched, firsts }));
    const callers = this.callers.get(target) ?? new Places();
    this.callers.set(target, callers);
    callers.add(of, from);
    const site = of.calls.get(at);
    if (site) site.state = this.join(site.state, state);
    else of.calls.set(at, { target, state });
    // sp is as it was (psABI), however it was put back.
    const lost = callee.writes & ~((callee.restores & SAVED) | (1 << SP));
    this.widen(of, lost, 0);
    if (!callee.exit) return undefined;
    const { exit } = callee;
    const { vtypes, avl, modes, where, vectors } = within(exit, state);
    const pages = { touched: union(touched, exit.touched), firsts: union(firsts, exit.firsts) };
    const changed = exit.avl !== 'entry' || exit.vtypes?.some((each) => each !== ENTRY) !== false;
    const after = forget(
      { ...state, vtypes, avl, modes, where, vectors, ...pages, ...behindCall(state, changed) },
      lost,
    );
    return this.one(this.around.mixedVlen && exit.vectors.called ? outdated(after) : after);
  }

  /** As `join`, and as `StateMemory` has it: quicker where that was met before. */
  private join(a: State, b: State): State {
    return this.memory?.states.join(a, b, this.pointer, this.through.data) ?? join(a, b, this.pointer);
  }
  private one(state: State): State {
    return this.memory?.states.one(state) ?? state;
  }

  /** What holds at each function's entry: from the start, from outside, and from calls. */
  private contexts(start: number | undefined, outside: ReadonlySet<number>, taken: ReadonlySet<number>): void {
    const todo: FunctionFlow[] = [];
    const enter = (of: FunctionFlow, state: State) => {
      const plain = { ...state, x: entered.x, length: entered.length, tails: entered.tails };
      const context = of.context ? join(of.context, plain) : plain;
      if (context === of.context) return;
      of.context = this.memory?.context(context) ?? context;
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
}

/** A function's instructions, each with what holds before it for any caller, and where control goes from it. */
export function traceOf({ stretches }: FunctionFlow): Map<number, Traced> {
  const out = new Map<number, Traced>();
  for (const { instructions, walk, control } of stretches.values())
    instructions.forEach((instruction, n) => {
      const last = n === instructions.length - 1;
      const next = instruction.address + instruction.length;
      out.set(instruction.address, {
        instruction,
        state: walk.states[n]!,
        control: last ? control : FALLS,
        next,
      });
    });
  return out;
}
const FALLS: Control = { kind: 'falls' };

/** Stretches of functions: a set of them. */
class Places {
  private readonly map = new Map<FunctionFlow, Set<number>>();

  /** @returns false when it is there already */
  add(of: FunctionFlow, from: number): boolean {
    let set = this.map.get(of);
    if (!set) {
      set = new Set();
      this.map.set(of, set);
    }
    if (set.has(from)) return false;
    set.add(from);
    return true;
  }
  delete(of: FunctionFlow, from: number): void {
    this.map.get(of)?.delete(from);
  }
  each(visit: (of: FunctionFlow, from: number) => void): void {
    for (const [of, set] of this.map) for (const from of set) visit(of, from);
  }
}

/** Addresses of a function's instructions. */
export function addressesOf({ stretches }: FunctionFlow): Set<number> {
  const out = new Set<number>();
  for (const { instructions } of stretches.values()) for (const { address } of instructions) out.add(address);
  return out;
}

/** What holds behind an unknown function: vtype and vl are not kept across calls (psABI), and where the thread is then nobody knows. */
function behindUnknown(state: State): State {
  const where = HOME | AWAY | (state.where & AS_ENTERED);
  const modes = { frm: undefined, vstart: 0 };
  return forget({ ...state, vtypes: undefined, avl: undefined, modes, where, ...behindCall(state, true) }, CALLER);
}

/** What a call leaves of what is known of vl and of vector registers, all of which are the called function's to change. */
const behindCall = ({ length }: State, changed: boolean): Pick<State, 'length' | 'tails'> => ({
  length: changed ? (length & (OWN | CALLED) ? CALLED : 0) : length,
  tails: entered.tails,
});

/** Registers in a set are not known any more. */
function forget(state: State, set: number): State {
  return { ...state, x: state.x.map((value, n) => (n && set & (1 << n) ? undefined : value)) };
}

/** Where control may come to from elsewhere: by number of instruction, other than 0. */
function leadersOf(code: Code): Uint8Array {
  const out = new Uint8Array(code.instructions.length);
  const add = (address: number) => {
    const n = code.indexAt(address);
    if (n >= 0) out[n] = 1;
  };
  for (const address of code.parts.taken) add(address);
  for (const address of code.parts.entries) add(address);
  for (const instruction of code.instructions) {
    const target = targetOf(instruction);
    if (target === undefined) continue;
    add(target);
    add(instruction.address + instruction.length);
  }
  for (const list of code.parts.landings?.values() ?? []) for (const address of list) add(address);
  return out;
}
