import { beginsAt, type Debuggee } from './debuggee.js';
import type { Frame, FrameCode } from './frame.js';
import { GuestMemory } from './guest.js';
import { callOf, codeOf } from './instructions.js';
import type { Image } from './symbols/image.js';
import { holds, type Range } from './symbols/ranges.js';
import type { TargetHart } from './target.js';

/** Lines at which a step back may stop on its way; of code with more, only those around the innermost frame and its caller count. */
const MOST_STARTS = 4000;
/** What a function without call frame information may have popped just now, in bytes. Signal frames are larger. */
const POPPED = 128n;
const PAGE = 4096;
const SP = 2;

/** A line, in a function or in one of the calls that were inlined into it. */
export interface OwnLine {
  readonly file: string;
  readonly line: number;
  /** Undefined where the debug information knows no function. */
  readonly code: FrameCode | undefined;
}

/** The lines of the functions on a stack: those that a step back by line goes to. What the functions called, or had inlined, is left out. */
export class OwnLines {
  /** Where lines begin. */
  readonly starts: ReadonlySet<bigint>;

  /**
   * @param into calls that were inlined count, too
   * @returns undefined: no lines are known where the hart stands, or too many
   */
  static around(debuggee: Debuggee, hart: TargetHart, into: boolean): OwnLines | undefined {
    const frames = debuggee.frames(hart).filter(({ raw }) => raw.privilege === hart.privilege);
    const image = frames[0]?.image;
    if (!image?.places.at(hart.pc)) return undefined;
    const own = frames.filter((frame) => frame.image === image && image.places.at(frame.raw.pc));
    const lines = new OwnLines(debuggee, image, own, into);
    if (lines.starts.size <= MOST_STARTS) return lines;
    const caller = own.find(({ raw }) => raw !== own[0].raw);
    const near = new OwnLines(
      debuggee,
      image,
      own.filter(({ raw }) => raw === own[0].raw || raw === caller?.raw),
      into,
    );
    return near.starts.size <= MOST_STARTS ? near : undefined;
  }

  private readonly code: readonly Range[];
  /** In the address space that the hart has now: it may be looked at when the machine stands elsewhere. */
  private readonly memory: GuestMemory;
  /** The scopes that the frames are in. */
  private readonly scopes: ReadonlySet<number>;
  /** The stack pointer is never below that in the frames on the stack … */
  private readonly least: bigint;
  /** … but in the innermost function, where that has just popped its frame, or not yet made it. */
  private readonly bare: readonly Range[];

  private constructor(
    private readonly debuggee: Debuggee,
    private readonly image: Image,
    frames: readonly Frame[],
    private readonly into: boolean,
  ) {
    const [{ hart, raw }] = frames;
    const functions = frames.map((frame) => image.code.at(frame.raw.pc - (frame.raw.exact ? 0n : 1n)));
    const places = frames.map((frame, n) => functions[n] ?? frame.raw.pc);
    this.scopes = new Set(frames.flatMap(({ code }) => (code ? [code.scope.offset] : [])));
    this.starts = new Set(image.places.statements(places));
    this.code = image.places.codeOf(places);
    this.memory = new GuestMemory(debuggee.target, hart, hart.privilege, hart.csr('satp'));
    this.least = hart.x(SP) - POPPED;
    this.bare = raw.cfa === hart.x(SP) ? (functions[0]?.ranges ?? []) : [];
  }

  /** Where calls return to. */
  get returns(): ReadonlySet<bigint> {
    this.behindCalls ??= new Set(this.code.flatMap((range) => returnsIn(range, this.memory)));
    return this.behindCalls;
  }
  private behindCalls: ReadonlySet<bigint> | undefined;

  get stops(): bigint[] {
    return [...new Set([...this.starts, ...this.returns])];
  }

  /** Can it be one of the frames on the stack that stands there, and not one above them that is gone by now? */
  isOnStack(hart: TargetHart): boolean {
    return hart.x(SP) >= this.least || holds(this.bare, hart.pc);
  }

  /** The line of one of the frames in which a hart stands; undefined: in other code, or where its function only makes its frame. */
  lineAt(hart: TargetHart): OwnLine | undefined {
    const { image, codes, depth } = this.debuggee.chain(hart);
    if (image !== this.image || !holds(this.code, hart.pc)) return undefined;
    // A call that begins here and is one of the frames is entered.
    const entered = codes.findLastIndex(({ scope }, n) => n > depth && this.scopes.has(scope.offset));
    const code = codes[Math.max(depth, entered)];
    const isOwn = code && (this.into || this.scopes.has(code.scope.offset));
    if (code && (!isOwn || this.isPrologue(hart.pc, code))) return undefined;
    const place = code ? code.place : image.places.at(hart.pc);
    return place && { file: place.file, line: place.line, code };
  }

  private isPrologue(pc: bigint, { function: of }: FrameCode): boolean {
    return pc >= of.low && pc < (this.image.code.bodyOf(of.low) ?? of.low);
  }

  /** Show a hart as standing in this line, where calls that were inlined begin. */
  show(hart: TargetHart, { code }: OwnLine): void {
    if (code) this.debuggee.choose(hart, code.depth);
  }
}

/** Are these the same line of the same function, or of the same inlined call? */
export function isSameLine(one: OwnLine, other: OwnLine): boolean {
  const scopes = [one, other].map(({ code }) => code?.scope.offset);
  return one.line === other.line && one.file === other.file && scopes[0] === scopes[1];
}

/** The inlined call that a hart stands at the beginning of, if it has entered it: how to stand before it instead. */
export function beforeInlined(debuggee: Debuggee, hart: TargetHart): (() => void) | undefined {
  const { image, codes, depth } = debuggee.chain(hart);
  if (depth <= 0 || !image || !beginsAt(image, codes[depth], hart.pc)) return undefined;
  return () => debuggee.choose(hart, depth - 1);
}

/** The addresses behind the calls in a piece of code. Pages that are not there yet have made none. */
function returnsIn({ low, high }: Range, memory: GuestMemory): bigint[] {
  const bytes = new Uint8Array(Number(high - low));
  for (let at = 0; at < bytes.length; ) {
    const va = low + BigInt(at);
    const length = Math.min(bytes.length - at, PAGE - Number(va % BigInt(PAGE)));
    bytes.set(memory.read(va, length), at);
    at += length;
  }
  const found: bigint[] = [];
  for (let at = 0; at + 2 <= bytes.length; ) {
    const piece = bytes.subarray(at, at + 4);
    const word = piece.reduce((sum, byte, n) => sum | (byte << (8 * n)), 0) >>> 0;
    const code = codeOf(word, low + BigInt(at), piece);
    at += code.length;
    if (callOf(code)) found.push(low + BigInt(at));
  }
  return found;
}
