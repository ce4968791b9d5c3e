/** What one instruction makes of what is known, and where control goes. */
import { classNames } from '../../isa/classes.js';
import { csrNamed } from '../../isa/csrs.js';
import { tailsBehind } from './tails.js';
import { type CodeInstruction, targetOf } from '../code/code.js';
import type { Surroundings } from './surroundings.js';
import { configure, mostElements } from './configure.js';
import { evaluate, taken } from './constant.js';
import { begun, modesBehind } from './modes.js';
import {
  AS_ENTERED,
  type AsPointer,
  firstTouch,
  freshPage,
  AWAY,
  away,
  CALLED,
  ENTRY,
  HOME,
  ILL,
  joinVtypes,
  knownNumber,
  OPEN,
  OWN,
  Pointer,
  pageOf,
  type Pages,
  type State,
  union,
  withX,
  type XValue,
} from './state.js';

/** Where control goes. Calls come back to the next instruction; `target` undefined: nobody knows where. */
export type Control =
  | { readonly kind: 'falls' | 'returns' | 'ends' | 'anywhere' }
  | { readonly kind: 'branches' | 'jumps'; readonly target: number }
  | { readonly kind: 'calls'; readonly target: number | undefined; readonly missing?: string };

export interface Step {
  readonly state: State;
  readonly control: Control;
}

/** System calls by their numbers (Linux, asm-generic). */
const [EXIT, EXIT_GROUP, RT_SIGRETURN, CLONE, CLONE3] = [93n, 94n, 139n, 220n, 435n];
/** A thread never goes on behind these. */
const finalCalls: readonly bigint[] = [EXIT, EXIT_GROUP, RT_SIGRETURN];

/** What a system call ends; undefined: nothing. @param a7 its number, where that is known */
export const endedBy = (a7: XValue): 'program' | 'thread' | undefined =>
  a7 === EXIT_GROUP ? 'program' : a7 === EXIT ? 'thread' : undefined;
/** May a system call make a thread? */
export const mayMakeThreads = (a7: XValue): boolean => typeof a7 !== 'bigint' || a7 === CLONE || a7 === CLONE3;

const [RA, SP, T0, A0, A7] = [1, 2, 5, 10, 17];
const VLENB = csrNamed('vlenb')!.number;
const VL = csrNamed('vl')!.number;
const VTYPE = csrNamed('vtype')!.number;

/** Registers that an instruction writes. */
export function written({ values }: Pick<CodeInstruction, 'values'>): readonly number[] {
  const rd = values.get('rd');
  if (rd !== undefined) return alone[rd]!;
  const pair = values.get('rdPair');
  return pair ? [pair, pair + 1] : NOTHING;
}
const NOTHING: readonly number[] = [];
const alone = Array.from({ length: 32 }, (_, n) => (n ? [n] : NOTHING));

/** The class of an instruction, as a number, when the chip's application harts lack it and others have it. */
export function leavesFor(instruction: CodeInstruction, around: Surroundings): number | undefined {
  const { class: name } = instruction;
  return name !== undefined && around.lends(name) ? classNames.indexOf(name) : undefined;
}

/** Does an instruction bring a thread home, since accelerator harts lack it and application harts have it? */
export function homeFor({ row }: CodeInstruction, around: Surroundings): 'all' | 'some' | 'none' {
  return (row && around.lackedAway?.(row.requires)) ?? 'none';
}

/** May the thread be at a place from which it must leave to execute an instruction of the class? */
export const leaves = (where: number, classNumber: number): boolean => (where & ~away(classNumber)) !== 0;

/** Where a thread may be after a system call. */
export function afterCall(where: number, around: Surroundings): number {
  if (around.calls === 'ask') return where;
  const home = where & AWAY ? HOME : 0;
  const entered = where & AS_ENTERED ? HOME : 0;
  const moved = (where & HOME) | home | entered;
  return around.calls === 'move' ? moved : where | moved;
}

/** What is known of memory. */
export interface Memory {
  readonly asPointer: AsPointer;
  /** Is it of interest which pages are touched? */
  readonly followsPages: boolean;
  /** Called when what comes of an instruction hangs on its address. */
  placed?(): void;
  /** What was touched before an instruction, where that has been worked out already. */
  touchedBefore?(address: number): Pick<State, 'touched' | 'firsts'> | undefined;
}

/** Pages that a memory access touches as far as is known; undefined: no access, or nobody knows where. */
export function accessed(
  { row, values, accesses, immediate }: CodeInstruction,
  { x }: State,
  memory: Memory,
): Pages | undefined {
  if (!row || !accesses) return undefined;
  const base = x[values.get('rs1') ?? 32];
  if (base instanceof Pointer) return base.pages;
  if (typeof base !== 'bigint') return undefined;
  if (row.semantics.kind === 'vector') return memory.asPointer(Number(base))?.pages;
  const address = Number(BigInt.asUintN(64, base + BigInt(immediate ?? 0)));
  return memory.asPointer(address) && [Math.floor(address / PAGE)];
}
const PAGE = 4096;

/**
 * Will an access from another hart bring the thread home, since it is the first to touch a page? `maybe`: on some ways, or for some of the
 * pages that it comes to.
 */
export function faults(
  { address }: CodeInstruction,
  pages: Pages | undefined,
  state: State,
  around: Surroundings,
  memory: Memory,
): 'surely' | 'maybe' | 'no' {
  if (!pages || around.faults !== 'move' || !(state.where & (AWAY | AS_ENTERED))) return 'no';
  const { touched, firsts } = memory.touchedBefore?.(address) ?? state;
  const open = pages.filter((page) => !touched.includes(page));
  // Who comes round to an instruction again finds it to be the first itself.
  const byOthers = new Set(firsts.filter((each) => each !== firstTouch(pageOf(each), address)).map(pageOf));
  if (open.every((page) => byOthers.has(page))) return 'no';
  return pages.length === 1 && firsts.every((each) => pageOf(each) !== pages[0]) ? 'surely' : 'maybe';
}

/** An access and what it does to where the thread is. */
function access(instruction: CodeInstruction, state: State, around: Surroundings, memory: Memory): State {
  const pages = memory.followsPages ? accessed(instruction, state, memory) : undefined;
  if (!pages) return state;
  const fault = faults(instruction, pages, state, around, memory);
  const back = HOME | (fault === 'maybe' ? state.where : 0);
  memory.placed?.();
  // What needs the other hart leaves again right there.
  const where = fault === 'no' || leavesFor(instruction, around) !== undefined ? state.where : back;
  return { ...state, where, ...touching(state, pages, instruction.address) };
}

/** Pages were touched at an address. */
function touching({ touched, firsts }: State, pages: Pages, address: number): Pick<State, 'touched' | 'firsts'> {
  const known = new Set(firsts.map(pageOf));
  const more = pages.filter((page) => !known.has(page)).map((page) => firstTouch(page, address));
  return { touched: union(touched, pages), firsts: union(firsts, more) };
}

export function step(
  instruction: CodeInstruction,
  before: State,
  around: Surroundings,
  memory: Memory = { asPointer: () => undefined, followsPages: false },
): Step {
  const { row, missing } = instruction;
  if (!row) return { state: before, control: ENDS };
  const classNumber = leavesFor(instruction, around);
  const home = homeFor(instruction, around);
  const at = home === 'none' ? before : { ...before, where: home === 'all' ? HOME : before.where | HOME };
  const placed = classNumber === undefined ? at : { ...before, where: away(classNumber) };
  const accessed_ = access(instruction, placed, around, memory);
  // It is told of once.
  const told = around.mixedVlen ? usesStale(instruction, before) : undefined;
  const state = told === undefined ? accessed_ : withX(accessed_, told, undefined);
  const { semantics } = row;
  switch (semantics.kind) {
    case 'branch': {
      const target = targetOf(instruction);
      if (missing !== undefined || target === undefined) return { state, control: FALLS };
      const sure = decided(instruction, state);
      if (sure === false) return { state, control: FALLS };
      return { state, control: { kind: sure ? 'jumps' : 'branches', target } };
    }
    case 'jump':
      return jump(instruction, state, memory);
    case 'system':
      return system(instruction, state, around, memory);
    case 'vector': {
      const configures = semantics.vector.shape === 'configure';
      const after = configures ? configure(instruction, state, around) : vectorResult(instruction, state);
      return { state: after, control: FALLS };
    }
    case 'plain':
      return { state: computed(instruction, state, memory), control: FALLS };
    default:
      return { state: written(instruction).reduce((s, n) => withX(s, n, undefined), state), control: FALLS };
  }
}

const FALLS: Control = { kind: 'falls' };
const ENDS: Control = { kind: 'ends' };

/** What a scalar instruction leaves in its register. */
function computed(instruction: CodeInstruction, state: State, memory: Memory): State {
  const { row, values, address, length, immediate, missing, accesses } = instruction;
  const rd = values.get('rd');
  if (rd === undefined) return written(instruction).reduce((s, n) => withX(s, n, undefined), state);
  if (accesses || missing !== undefined) return withX(state, rd, undefined);
  const [first, second] = [values.get('rs1'), values.get('rs2')];
  const a = first === undefined ? undefined : state.x[first];
  const b = second === undefined ? undefined : state.x[second];
  const known = (first === undefined || typeof a === 'bigint') && (second === undefined || typeof b === 'bigint');
  if (known) {
    const operands = {
      rs1: knownNumber(a),
      rs2: knownNumber(b),
      imm: immediate,
      pc: address,
      nextPc: address + length,
    };
    const { value, ofPc } = evaluate(row!, operands);
    if (ofPc) memory.placed?.();
    return withX(state, rd, value);
  }
  return withX(state, rd, pointing(row!.name, a, b, memory) ?? ofVlen(instruction, a, b));
}

const isOfVlen = (value: XValue) => value === 'vlen' || value === 'stale';

/**
 * What comes of a number of VLEN's: it stays one as long as it is scaled, or put together with others. What it is added to is a position or a
 * count, and stays right wherever the thread is; but for sp, which the same number is to be added to again.
 */
function ofVlen({ row, values }: CodeInstruction, a: XValue, b: XValue): XValue {
  if (!isOfVlen(a) && !isOfVlen(b)) return undefined;
  const first = values.get('rs1');
  const second = values.get('rs2');
  // An address in the stack is a position.
  if ((first === SP || second === SP) && values.get('rd') !== SP) return undefined;
  const all = [first === undefined ? undefined : a, second === undefined ? undefined : b];
  const scaled = all.every((each, n) => [first, second][n] === undefined || isOfVlen(each) || typeof each === 'bigint');
  const frame = row!.name === 'sub' && values.get('rd') === SP && first === SP;
  return scaled || frame ? (all.includes('stale') ? 'stale' : 'vlen') : undefined;
}

/** What counts, compares or asks with numbers; others only carry and scale them. */
const counting = /^(addw?|subw?|add\.uw|sh[123]add(\.uw)?|div\w*|rem\w*)$/;

/** The register with a number of another VLEN's, perhaps, that an instruction counts with; undefined: it does not. */
export function usesStale({ row, values, accesses }: CodeInstruction, { x }: State): number | undefined {
  if (!row || accesses) return undefined;
  const { kind } = row.semantics;
  if (kind !== 'branch' && kind !== 'vector' && !(kind === 'plain' && counting.test(row.name))) return undefined;
  const registers = [values.get('rs1'), values.get('rs2')] as const;
  const used = registers.find((n) => n !== undefined && x[n] === 'stale');
  if (used === undefined) return undefined;
  const other = registers.find((n) => n !== undefined && n !== used);
  // A move; a compressed one is an addition to zero.
  if (kind === 'plain' && other === 0) return undefined;
  // Of sp's own, what matters is that it goes back by another number than it came.
  if (used === SP) return values.get('rd') === SP && other !== undefined && x[other] === 'vlen' ? used : undefined;
  return used;
}

/** Additions to an address stay in the data that it points into. */
const additions = new Set(['add', 'addi', 'sh1add', 'sh2add', 'sh3add', 'add.uw']);
function pointing(name: string, a: XValue, b: XValue, { asPointer }: Memory): XValue {
  if (!additions.has(name) && name !== 'sub') return undefined;
  const pointer = (each: XValue) =>
    typeof each === 'bigint' ? asPointer(Number(each)) : each instanceof Pointer ? each : undefined;
  const [p, q] = [pointer(a), pointer(b)];
  // The difference of two addresses is none.
  if (p && q) return undefined;
  return name === 'sub' ? p : (p ?? q);
}

/** mmap and brk: their result points to pages that nobody has touched. */
const allocates = (call: XValue) => call === 222n || call === 214n;
const fresh = ({ address }: CodeInstruction) => Pointer.into([freshPage(address)]);

/** What a system call does to memory: the kernel touches what its arguments point to; what it gives anew is untouched. */
function memoryOf({ address }: CodeInstruction, state: State, memory: Memory): State {
  if (!memory.followsPages) return state;
  memory.placed?.();
  const pages = [A0, A0 + 1, A0 + 2, A0 + 3].flatMap((n) => {
    const value = state.x[n];
    if (value instanceof Pointer) return value.pages;
    return typeof value === 'bigint' ? (memory.asPointer(Number(value))?.pages ?? []) : [];
  });
  const page = freshPage(address);
  const touched = state.touched.filter((each) => each !== page);
  const firsts = state.firsts.filter((each) => pageOf(each) !== page);
  const named = [...new Set(pages)].sort((p, q) => p - q);
  return { ...state, ...touching({ ...state, touched, firsts }, named, address) };
}

function jump(instruction: CodeInstruction, state: State, memory: Memory): Step {
  const { row, values, missing } = instruction;
  const link = values.get('rd') ?? 0;
  // Where a function returns to is nothing that it knows.
  const next = withX(state, link, undefined);
  const calls = link === RA || link === T0;
  if (row!.semantics.kind === 'jump' && row!.semantics.to === 'pc') {
    const target = targetOf(instruction)!;
    if (missing !== undefined)
      return calls
        ? { state: next, control: { kind: 'calls', target: undefined, missing } }
        : { state: next, control: ENDS };
    return { state: next, control: { kind: calls ? 'calls' : 'jumps', target } };
  }
  const base = values.get('rs1')!;
  const from = knownNumber(state.x[base]);
  const target =
    from === undefined ? undefined : Number(BigInt.asUintN(64, from + BigInt(instruction.immediate ?? 0)) & ~1n);
  if (target !== undefined) memory.placed?.();
  if (calls) return { state: next, control: { kind: 'calls', target, ...(missing !== undefined && { missing }) } };
  if (target !== undefined && base !== RA) return { state: next, control: { kind: 'jumps', target } };
  return { state: next, control: { kind: base === RA || base === T0 ? 'returns' : 'anywhere' } };
}

function system(instruction: CodeInstruction, state: State, around: Surroundings, memory: Memory): Step {
  const { row, values } = instruction;
  const handler = row!.semantics.kind === 'system' ? row!.semantics.handler : undefined;
  if (handler === 'ecall') {
    const call = state.x[A7];
    if (typeof call === 'bigint' && finalCalls.includes(call)) return { state, control: ENDS };
    // Linux's ABI lets a system call discard the vector state: vtype is as at the program's start then.
    if (allocates(call)) memory.placed?.();
    const after = {
      ...withX(memoryOf(instruction, state, memory), A0, allocates(call) ? fresh(instruction) : undefined),
      vtypes: joinVtypes(state.vtypes, [ILL]),
      avl: undefined,
      modes: { ...state.modes, vstart: 0 },
      where: afterCall(state.where, around),
      vectors: { held: 0, lost: state.vectors.lost | state.vectors.held, called: true },
    };
    return { state: around.mixedVlen ? outdated(after) : after, control: FALLS };
  }
  if (handler === 'mret' || handler === 'sret') return { state, control: ENDS };
  const rd = values.get('rd');
  if (rd === undefined) return { state, control: FALLS };
  const csr = values.get('csr');
  const modes = modesBehind(instruction, state);
  const vtype =
    csr === VTYPE && state.vtypes?.length === 1 && state.vtypes[0]! >= 0 ? BigInt(state.vtypes[0]!) : undefined;
  const value = vtype ?? lengthRead(csr, state, around) ?? asEntered(csr, state);
  return { state: withX({ ...state, modes }, rd, value), control: FALLS };
}

/** Does an instruction put VLEN, or what comes of it, into a register? */
export function takesVlen({ row, values }: CodeInstruction): boolean {
  const csr = values.get('csr');
  if (csr === VLENB || csr === VL) return true;
  const { semantics } = row ?? {};
  const configures = semantics?.kind === 'vector' && semantics.vector.shape === 'configure';
  return configures && values.get('rs1') === 0 && values.get('rd') !== 0;
}

/** Which way a branch goes, where that is known. */
export function decided({ row, values }: CodeInstruction, { x }: State): boolean | undefined {
  if (row?.semantics.kind !== 'branch') return undefined;
  return taken(row, knownNumber(x[values.get('rs1')!]), knownNumber(x[values.get('rs2')!]));
}

/** vlenb, and vl where it is all there is. */
function lengthRead(csr: number | undefined, { avl, vtypes }: State, around: Surroundings): XValue {
  if (csr === VLENB) return around.vlenb === undefined ? 'vlen' : BigInt(around.vlenb);
  return csr === VL && avl === 'max' ? mostElements(vtypes, around) : undefined;
}

/** vl and vtype where they are still the caller's: what is read may bring them back later. */
function asEntered(csr: number | undefined, { avl, vtypes }: State): XValue {
  if (csr === VL && avl === 'entry') return 'vl';
  return csr === VTYPE && vtypes?.length === 1 && vtypes[0] === ENTRY ? 'vtype' : undefined;
}

/** The thread may be on another hart from here on, with another VLEN. */
export const outdated = (state: State): State => ({
  ...state,
  x: state.x.map((value) => (value === 'vlen' ? 'stale' : value)),
});

function vectorResult(instruction: CodeInstruction, state: State): State {
  const { row, values } = instruction;
  const vd = values.get('vd');
  const { held, lost, called } = state.vectors;
  const vectors = vd === undefined ? state.vectors : { held: held | (1 << vd), lost: lost & ~(1 << vd), called };
  const after = written(instruction).reduce<State>((s, n) => withX(s, n, undefined), {
    ...state,
    modes: begun(state.modes),
    vectors,
    tails: tailsBehind(instruction, state),
    // Of several uses of vl behind a call, the first is told of.
    length: state.length & CALLED ? OWN : state.length,
  });
  // A fault-only-first load may make vl smaller.
  const shrinks =
    row!.semantics.kind === 'vector' &&
    row!.semantics.vector.shape === 'memory' &&
    row!.semantics.vector.address === 'fault-first';
  return shrinks ? { ...after, avl: undefined, length: after.length | OPEN } : after;
}
