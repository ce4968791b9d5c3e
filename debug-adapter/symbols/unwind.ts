import type { Image } from './image.js';
import { evaluateLocation } from './location.js';

/** A frame of a hart's stack, the innermost first. */
export interface RawFrame {
  readonly pc: bigint;
  /** 0 U, 1 S, 3 M. */
  readonly privilege: number;
  /** x0 to x31 as they are in this frame; undefined where nobody saved them. */
  readonly registers: readonly (bigint | undefined)[];
  /** The frame was interrupted by a trap, or is the innermost: its pc is the instruction itself. Else its pc is where a call returns to. */
  readonly exact: boolean;
  /** The frame's own end of stack (DWARF's CFA), where known. */
  readonly cfa?: bigint;
  /** Where a signal's handler returns to, to give back what it interrupted: the signal's number. */
  readonly signal?: number;
}

export interface UnwindContext {
  imageOf(pc: bigint, privilege: number): Image | undefined;
  /** Eight bytes as a frame of that privilege sees them. */
  read(va: bigint, privilege: number): bigint | undefined;
  /** The hart's trap registers of a privilege: handler address, scratch register, address that trapped, privilege that trapped. */
  trap(
    privilege: number,
  ): { readonly vector: bigint; readonly scratch: bigint; readonly epc: bigint; readonly from: number } | undefined;
  /** Where handlers of signals return to, as far as the kernel says: the page may not have been touched yet. */
  readonly signalReturn?: bigint;
  /** Whose code an address is, by where the images lie; undefined: nobody's known. */
  privilegeOf(pc: bigint): number | undefined;
  /** Is the instruction before `returnAddress` a call, and to where (undefined: to a place that a register held)? */
  callBefore(returnAddress: bigint, privilege: number): { readonly target?: bigint } | undefined;
}

/** DWARF's number of a CSR is so much more than its own (RISC-V DWARF specification, "DWARF register numbers"). */
const CSRS = 4096;
/** Those that handlers leave registers in, by the low byte of their numbers; the byte above is the privilege. */
const trapRegisters: Readonly<Record<number, (trap: { scratch: bigint; epc: bigint }) => bigint>> = {
  64: ({ scratch }) => scratch,
  65: ({ epc }) => epc,
};
const RA = 1;
const SP = 2;
const FP = 8;
/** sp, gp, tp, s0, s1, s2 to s11: a function gives them back as they were. */
const preserved = new Set([0, SP, 3, 4, 8, 9, ...Array.from({ length: 10 }, (_, n) => 18 + n)]);

/** The stack below the innermost frame, at most `limit` frames. Goes through traps: user frames stand below kernel frames below firmware frames. */
export function unwind(innermost: RawFrame, context: UnwindContext, limit: number): RawFrame[] {
  const frames: RawFrame[] = [];
  const crossed = new Set<number>();
  for (let frame: RawFrame | undefined = innermost; frame && frames.length < limit; ) {
    const interrupted = interruptedBy(frame, context);
    const below: RawFrame | undefined = interrupted ?? caller(frame, context, crossed);
    const signal = interrupted && { signal: signalOf(frame, context) };
    frames.push({ ...frame, ...(below?.cfa !== undefined && { cfa: below.cfa }), ...signal });
    if (!below) break;
    const next: RawFrame = { ...below, cfa: undefined };
    if (frames.some(({ pc, registers }) => pc === next.pc && registers[SP] === next.registers[SP])) break;
    frame = next;
  }
  return frames;
}

/** `li a7, 139; ecall` (rt_sigreturn), as Linux and our kernel have it where handlers return to. */
const SIGNAL_RETURN = 0x00000073_08b00893n;
/** struct rt_sigframe of RISC-V Linux, at sp there: siginfo, then ucontext with pc and x1 to x31. */
const SIGNAL_CONTEXT = 128n + 176n;

const isSignalReturn = (pc: bigint, context: UnwindContext) =>
  pc === context.signalReturn || context.read(pc, 0) === SIGNAL_RETURN;

/** What a signal interrupted, if the frame is where its handler returns to. */
function interruptedBy(frame: RawFrame, context: UnwindContext): RawFrame | undefined {
  const { pc, privilege, exact, registers } = frame;
  const sp = registers[SP];
  if (privilege !== 0 || sp === undefined) return undefined;
  if (!isSignalReturn(pc, context) && !(exact && isSignalReturn(pc - 4n, context))) return undefined;
  const saved = (n: number) => context.read(sp + SIGNAL_CONTEXT + BigInt(8 * n), 0);
  const interrupted = saved(0);
  if (interrupted === undefined) return undefined;
  const restored = [0n, ...Array.from({ length: 31 }, (_, n) => saved(n + 1))];
  return { pc: interrupted, privilege, registers: restored, exact: true };
}

/** siginfo begins with the signal's number. */
const signalOf = ({ registers }: RawFrame, context: UnwindContext) =>
  Number(BigInt.asUintN(32, context.read(registers[SP]!, 0) ?? 0n));

/** The frame below; its `cfa` is that of `frame`. */
function caller(frame: RawFrame, context: UnwindContext, crossed: Set<number>): RawFrame | undefined {
  const image = context.imageOf(frame.pc, frame.privilege);
  const trap = crossed.has(frame.privilege) ? undefined : context.trap(frame.privilege);
  const through = (): RawFrame | undefined => {
    if (!trap || trap.from >= frame.privilege || !mayCross(frame, trap.vector, image)) return undefined;
    // What the register says is old when code of another privilege lies there.
    if ((context.privilegeOf(trap.epc) ?? trap.from) !== trap.from) return undefined;
    crossed.add(frame.privilege);
    const atEntry = frame.exact && frame.pc === trap.vector;
    const registers = atEntry ? frame.registers : [0n, ...Array.from({ length: 31 }, () => undefined)];
    return { pc: trap.epc, privilege: trap.from, registers, exact: true };
  };
  // At the handler's first instruction nothing is saved yet, whatever call frame information says.
  if (trap && frame.exact && frame.pc === trap.vector) return through();

  const row = image?.frames.at(frame.exact ? frame.pc : frame.pc - 1n);
  if (!row) return frame.pc === 0n ? undefined : (byHeuristic(frame, context, image) ?? through());
  const register = (n: number) => {
    if (n < CSRS) return frame.registers[n];
    // A trap since then has changed them.
    if (!trap || !frame.exact || (n - CSRS) >> 8 !== frame.privilege) return undefined;
    return trapRegisters[(n - CSRS) & 0xff]?.(trap);
  };
  const read = (va: bigint) => context.read(va, frame.privilege);
  const location = { register, read: (va: bigint) => read(va) };
  const cfa =
    'expression' in row.cfa
      ? memoryOf(evaluateLocation(row.cfa.expression, location))
      : add(register(row.cfa.register), row.cfa.offset);
  if (cfa === undefined) return through();

  const recovered = (n: number): bigint | undefined => {
    const rule = row.rules.get(n);
    if (!rule) return preserved.has(n) || (n === RA && frame.exact) ? (n === SP ? cfa : register(n)) : undefined;
    switch (rule.is) {
      case 'same':
        return register(n);
      case 'offset':
        return read(BigInt.asUintN(64, cfa + rule.offset));
      case 'value-offset':
        return BigInt.asUintN(64, cfa + rule.offset);
      case 'register':
        return register(rule.register);
      case 'expression': {
        const where = memoryOf(evaluateLocation(rule.expression, location, [cfa]));
        return where === undefined || rule.value ? where : read(where);
      }
      default:
        return undefined;
    }
  };
  const registers = [0n, ...Array.from({ length: 31 }, (_, n) => recovered(n + 1))];
  const pc = recovered(row.returnAddress);
  if (row.signal) {
    // Until the handler has saved all, what stands in memory is another trap's: its pc tells.
    const stale = trap && frame.exact && pc !== trap.epc && pc !== trap.epc + 4n;
    if (pc === undefined || stale) return through();
    crossed.add(frame.privilege);
    const privilege = context.privilegeOf(pc) ?? trap?.from ?? 0;
    return { pc, privilege, registers, exact: true, cfa };
  }
  if (pc === undefined || pc === 0n) return through();
  return { pc, privilege: frame.privilege, registers, exact: false, cfa };
}

/**
 * May the trap registers be asked for the frame below? In the handler's own assembly, and in code that says nothing of its frames. Elsewhere
 * they may be left from another trap, and call frame information leads to the handler anyway.
 */
function mayCross(frame: RawFrame, vector: bigint, image: Image | undefined): boolean {
  if (!image?.frames.any) return true;
  const handler = image.frames.range(vector);
  return handler !== undefined && frame.pc >= handler.low && frame.pc < handler.high;
}

const add = (value: bigint | undefined, offset: bigint) =>
  value === undefined ? undefined : BigInt.asUintN(64, value + offset);
const memoryOf = (location: ReturnType<typeof evaluateLocation>) =>
  location?.in === 'memory' ? location.va : location?.in === 'value' ? location.value : undefined;

/** The most that a frame pointer may lie above sp. */
const LARGEST_FRAME = 1n << 20n;
/** The most that a function's code may lie before pc when it is searched for a return. */
const LONGEST_LEAF = 4096n;

/** Code without call frame information, such as plain assembly: the frame pointer's chain, or ra in a function that did not save it. */
function byHeuristic(frame: RawFrame, context: UnwindContext, image: Image | undefined): RawFrame | undefined {
  const { registers, privilege } = frame;
  const keep = registers.map((value, n) => (preserved.has(n) ? value : undefined));
  const [ra, sp, fp] = [registers[RA], registers[SP], registers[FP]];
  if (fp !== undefined && sp !== undefined && fp > sp && fp - sp < LARGEST_FRAME && (fp & 7n) === 0n) {
    const pc = context.read(fp - 8n, privilege);
    if (pc !== undefined && context.callBefore(pc, privilege)) {
      keep[SP] = fp;
      keep[FP] = context.read(fp - 16n, privilege);
      return { pc, privilege, registers: keep, exact: false, cfa: fp };
    }
  }
  if (!frame.exact || ra === undefined || !image) return undefined;
  if (privilege === 0 && isSignalReturn(ra, context))
    return { pc: ra, privilege, registers: keep, exact: false, cfa: sp };
  const call = context.callBefore(ra, privilege);
  if (!call || !inCalled(frame.pc, call.target, image)) return undefined;
  return { pc: ra, privilege, registers: keep, exact: false, cfa: sp };
}

/** Does pc lie in the function that the call went to? */
function inCalled(pc: bigint, target: bigint | undefined, image: Image): boolean {
  const own = image.symbolAt(pc);
  if (target === undefined) return own?.symbol.kind === 'function';
  if (target > pc || pc - target > LONGEST_LEAF) return false;
  // Another function's symbol between the two: the call went elsewhere.
  return !image.symbols.functionWithin(image.linked(target), image.linked(pc));
}
