import type { ElfSection } from '../../emulator/elf.js';
import { Bytes } from '../../emulator/bytes.js';

/** Where the caller's value of a register lies, by call frame information (DWARF 5, section 6.4.1). */
export type Rule =
  | { readonly is: 'same' | 'undefined' }
  /** In memory at the CFA plus `offset`. */
  | { readonly is: 'offset'; readonly offset: bigint }
  /** The CFA plus `offset` itself. */
  | { readonly is: 'value-offset'; readonly offset: bigint }
  | { readonly is: 'register'; readonly register: number }
  /** In memory where the expression says; or what it says (`value`). */
  | { readonly is: 'expression'; readonly expression: Uint8Array; readonly value: boolean };

/** How to find the caller's frame from a place in the code. */
export interface FrameRow {
  readonly cfa: { readonly register: number; readonly offset: bigint } | { readonly expression: Uint8Array };
  readonly rules: ReadonlyMap<number, Rule>;
  /** The column that holds the return address. */
  readonly returnAddress: number;
  /** The frame was made by a trap: the caller's pc is the instruction itself, not one after a call. */
  readonly signal: boolean;
}

interface Cie {
  readonly codeAlign: bigint;
  readonly dataAlign: bigint;
  readonly returnAddress: number;
  readonly signal: boolean;
  readonly encoding: number;
  readonly augmented: boolean;
  readonly instructions: Bytes;
}

interface Fde {
  readonly cie: Cie;
  readonly low: bigint;
  readonly high: bigint;
  readonly instructions: { readonly start: number; readonly end: number };
  readonly data: Uint8Array;
}

/** Call frame information of one file: .debug_frame and .eh_frame, read at the first question. */
export class Frames {
  private list: Fde[] | undefined;

  constructor(
    private readonly sections: { debugFrame?: ElfSection; ehFrame?: ElfSection },
    private readonly warn: (message: string) => void,
  ) {}

  private get fdes(): readonly Fde[] {
    if (this.list) return this.list;
    const list: Fde[] = [];
    this.list = list;
    const { debugFrame, ehFrame } = this.sections;
    for (const section of [debugFrame, ehFrame])
      try {
        if (section && section.size <= LARGEST)
          this.read(section.data, section === ehFrame ? section.va : undefined, list);
        else if (section) this.warn(`call frame information of ${section.size} bytes is too much`);
      } catch (error) {
        this.warn(`call frame information can't be read: ${(error as Error).message}`);
      }
    list.sort((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : 0));
    return list;
  }

  /** Is anything said at all? */
  get any(): boolean {
    return this.fdes.length > 0;
  }

  /** The row that holds at `pc`; undefined where nothing is said. */
  at(pc: bigint): FrameRow | undefined {
    const fde = this.find(pc);
    if (!fde) return undefined;
    try {
      return run(fde, pc);
    } catch (error) {
      this.warn(`the call frame information for 0x${pc.toString(16)} can't be read: ${(error as Error).message}`);
      return undefined;
    }
  }

  /** The code around an address that one entry covers: a function. */
  range(pc: bigint): { readonly low: bigint; readonly high: bigint } | undefined {
    return this.find(pc);
  }

  private find(pc: bigint): Fde | undefined {
    let low = 0;
    let high = this.fdes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.fdes[middle].low <= pc) low = middle + 1;
      else high = middle;
    }
    const fde = this.fdes[low - 1];
    return fde && pc < fde.high ? fde : undefined;
  }

  /** `ehAddress`: the address of an .eh_frame section, whose entries differ a little (LSB core, section 10.6). */
  private read(data: Uint8Array, ehAddress: bigint | undefined, list: Fde[]) {
    const eh = ehAddress !== undefined;
    const cies = new Map<number, Cie>();
    for (let start = 0; start + 4 <= data.length; ) {
      let next = data.length;
      try {
        const at = new Bytes(data, start);
        if (at.u32() === 0) {
          start += 4;
          continue;
        }
        at.at = start;
        const { end, offsetSize } = at.unitLength();
        next = end;
        const body = new Bytes(data, at.at, end);
        const idAt = body.at;
        const id = body.unsigned(eh ? 4 : offsetSize);
        const common = eh ? id === 0n : id === (offsetSize === 4 ? 0xffffffffn : 0xffffffffffffffffn);
        if (common) cies.set(start, readCie(body, eh));
        else {
          const cie = cies.get(eh ? idAt - Number(id) : Number(id));
          if (!cie) throw new RangeError('its common entry is missing');
          const low = address(body, eh ? cie.encoding : 0, ehAddress ?? 0n);
          const length = address(body, eh ? cie.encoding & 0x0f : 0, 0n);
          if (cie.augmented) body.skip(body.count());
          if (low !== 0n && length > 0n)
            list.push({ cie, low, high: low + length, instructions: { start: body.at, end }, data });
        }
      } catch (error) {
        this.warn(
          `call frame information at offset 0x${start.toString(16)} can't be read: ${(error as Error).message}`,
        );
      }
      start = next;
    }
  }
}

function readCie(at: Bytes, eh: boolean): Cie {
  const version = at.u8();
  const augmentation = at.cstring();
  if (!eh && version >= 4) at.skip(2);
  const codeAlign = at.uleb();
  const dataAlign = at.sleb();
  const returnAddress = version === 1 ? at.u8() : at.count();
  let encoding = 0;
  let signal = false;
  const augmented = augmentation.startsWith('z');
  if (augmented) {
    const end = at.count() + at.at;
    for (const letter of augmentation.slice(1)) {
      if (letter === 'R') encoding = at.u8();
      else if (letter === 'P') address(at, at.u8(), 0n);
      else if (letter === 'L') at.skip(1);
      else if (letter === 'S') signal = true;
      else break;
    }
    at.at = end;
  }
  return {
    codeAlign,
    dataAlign,
    returnAddress,
    signal,
    encoding,
    augmented,
    instructions: new Bytes(at.data, at.at, at.end),
  };
}

/** An encoded pointer (LSB core, section 10.5). */
function address(at: Bytes, encoding: number, sectionAddress: bigint): bigint {
  const here = sectionAddress + BigInt(at.at);
  const read = () => {
    switch (encoding & 0x0f) {
      case 0x00:
      case 0x04:
        return at.u64();
      case 0x01:
        return at.uleb();
      case 0x02:
        return at.unsigned(2);
      case 0x03:
        return at.unsigned(4);
      case 0x09:
        return at.sleb();
      case 0x0a:
        return BigInt.asIntN(16, at.unsigned(2));
      case 0x0b:
        return BigInt.asIntN(32, at.unsigned(4));
      case 0x0c:
        return BigInt.asIntN(64, at.u64());
      default:
        throw new RangeError(`pointer encoding 0x${encoding.toString(16)} is not understood`);
    }
  };
  const value = read();
  return BigInt.asUintN(64, (encoding & 0x70) === 0x10 ? here + value : value);
}

/**
 * The column for the pc of interrupted code (RISC-V DWARF specification, "DWARF register numbers": alternate frame return column). A
 * rule for it says that the frame is a trap's; .debug_frame has no other mark for that.
 */
const TRAP_COLUMN = 64;

/** The largest section that is read. */
const LARGEST = 256 << 20;

interface State {
  cfa: FrameRow['cfa'];
  rules: Map<number, Rule>;
}

/** Run an entry's instructions up to `pc` (section 6.4.2). */
function run(fde: Fde, pc: bigint): FrameRow {
  const { cie } = fde;
  const state: State = { cfa: { register: 2, offset: 0n }, rules: new Map() };
  execute(new Bytes(cie.instructions.data, cie.instructions.at, cie.instructions.end), state, cie, 0n, pc, undefined);
  const initial = new Map(state.rules);
  execute(new Bytes(fde.data, fde.instructions.start, fde.instructions.end), state, cie, fde.low, pc, initial);
  const trap = state.rules.has(TRAP_COLUMN);
  const returnAddress = trap ? TRAP_COLUMN : cie.returnAddress;
  return { cfa: state.cfa, rules: state.rules, returnAddress, signal: cie.signal || trap };
}

function execute(
  at: Bytes,
  state: State,
  cie: Cie,
  low: bigint,
  pc: bigint,
  initial: Map<number, Rule> | undefined,
): void {
  let location = low;
  const stack: State[] = [];
  const advance = (delta: number) => {
    location += BigInt(delta) * cie.codeAlign;
    return location <= pc;
  };
  const set = (register: number, rule: Rule) => state.rules.set(register, rule);
  const scaled = (value: bigint) => value * cie.dataAlign;
  const restore = (register: number) => {
    const rule = initial?.get(register);
    if (rule) set(register, rule);
    else state.rules.delete(register);
  };
  const base = (): { register: number; offset: bigint } => {
    if ('register' in state.cfa) return state.cfa;
    throw new RangeError('an offset is changed where the CFA is an expression');
  };
  const block = () => at.bytes(at.count());
  while (at.more) {
    const op = at.u8();
    const low6 = op & 0x3f;
    switch (op >> 6) {
      case 1:
        if (!advance(low6)) return;
        continue;
      case 2:
        set(low6, { is: 'offset', offset: scaled(at.uleb()) });
        continue;
      case 3:
        restore(low6);
        continue;
    }
    switch (op) {
      case 0x00: // nop
        break;
      case 0x01: // set_loc
        location = at.u64();
        if (location > pc) return;
        break;
      case 0x02:
        if (!advance(at.u8())) return;
        break;
      case 0x03:
        if (!advance(at.u16())) return;
        break;
      case 0x04:
        if (!advance(at.u32())) return;
        break;
      case 0x05: // offset_extended
        set(at.count(), { is: 'offset', offset: scaled(at.uleb()) });
        break;
      case 0x06:
        restore(at.count());
        break;
      case 0x07:
        set(at.count(), { is: 'undefined' });
        break;
      case 0x08:
        set(at.count(), { is: 'same' });
        break;
      case 0x09:
        set(at.count(), { is: 'register', register: at.count() });
        break;
      case 0x0a: // remember_state
        if (stack.length > 1000) throw new RangeError('too many states are remembered');
        stack.push({ cfa: state.cfa, rules: new Map(state.rules) });
        break;
      case 0x0b: {
        const saved = stack.pop();
        if (saved) Object.assign(state, saved);
        break;
      }
      case 0x0c:
        state.cfa = { register: at.count(), offset: at.uleb() };
        break;
      case 0x0d:
        state.cfa = { register: at.count(), offset: base().offset };
        break;
      case 0x0e:
        state.cfa = { register: base().register, offset: at.uleb() };
        break;
      case 0x0f:
        state.cfa = { expression: block() };
        break;
      case 0x10:
      case 0x16:
        set(at.count(), { is: 'expression', expression: block(), value: op === 0x16 });
        break;
      case 0x11:
        set(at.count(), { is: 'offset', offset: scaled(at.sleb()) });
        break;
      case 0x12:
        state.cfa = { register: at.count(), offset: scaled(at.sleb()) };
        break;
      case 0x13:
        state.cfa = { register: base().register, offset: scaled(at.sleb()) };
        break;
      case 0x14:
        set(at.count(), { is: 'value-offset', offset: scaled(at.uleb()) });
        break;
      case 0x15:
        set(at.count(), { is: 'value-offset', offset: scaled(at.sleb()) });
        break;
      case 0x2e: // GNU_args_size
        at.uleb();
        break;
      default:
        throw new RangeError(`call frame instruction 0x${op.toString(16)} is not understood`);
    }
  }
}
