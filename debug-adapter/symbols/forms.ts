import type { Bytes } from '../../emulator/bytes.js';

/** An attribute's value, as its form says. Strings, addresses and lists elsewhere are looked up when they are asked for. */
export type Value =
  | { readonly is: 'number' | 'address'; readonly value: bigint }
  | { readonly is: 'string'; readonly value: string }
  | { readonly is: 'block'; readonly value: Uint8Array }
  /** A DIE's offset in .debug_info. */
  | { readonly is: 'reference'; readonly value: number }
  /** An offset in .debug_str or .debug_line_str. */
  | { readonly is: 'str' | 'line-str'; readonly value: number }
  /** An index, whose table the unit's first DIE names; or an offset in the section that the attribute is about. */
  | {
      readonly is: 'string-index' | 'address-index' | 'loclist-index' | 'rnglist-index' | 'section-offset';
      readonly value: number;
    };

/** What the size and meaning of forms depend on. */
export interface FormContext {
  readonly version: number;
  readonly offsetSize: 4 | 8;
  readonly addressSize: number;
  /** Of the unit in .debug_info, which references within it count from. */
  readonly offset: number;
}

const number = (value: bigint | number): Value => ({ is: 'number', value: BigInt(value) });
const reference = (value: number): Value => ({ is: 'reference', value });

/** DWARF 5, section 7.5.6 (and the forms of versions 2 to 4 that it lists). @throws RangeError */
export function readForm(at: Bytes, form: number, unit: FormContext, depth = 0): Value {
  const { offsetSize } = unit;
  switch (form) {
    case 0x01: // addr
      return { is: 'address', value: at.unsigned(unit.addressSize) };
    case 0x03: // block2
      return { is: 'block', value: at.bytes(at.u16()) };
    case 0x04: // block4
      return { is: 'block', value: at.bytes(at.u32()) };
    case 0x05:
      return number(at.u16());
    case 0x06: // data4 and data8 are section offsets too in versions before 4
      return number(at.u32());
    case 0x07:
      return number(at.u64());
    case 0x08:
      return { is: 'string', value: at.cstring() };
    case 0x09: // block
    case 0x18: // exprloc
      return { is: 'block', value: at.bytes(at.count()) };
    case 0x0a: // block1
      return { is: 'block', value: at.bytes(at.u8()) };
    case 0x0b: // data1
    case 0x0c: // flag
      return number(at.u8());
    case 0x0d:
      return number(at.sleb());
    case 0x0e:
      return { is: 'str', value: at.offset(offsetSize) };
    case 0x0f:
      return number(at.uleb());
    case 0x10: // ref_addr
      return reference(unit.version === 2 ? Number(at.unsigned(unit.addressSize)) : at.offset(offsetSize));
    case 0x11:
      return reference(unit.offset + at.u8());
    case 0x12:
      return reference(unit.offset + at.u16());
    case 0x13:
      return reference(unit.offset + at.u32());
    case 0x14:
      return reference(unit.offset + at.offset(8));
    case 0x15:
      return reference(unit.offset + at.count());
    case 0x16: // indirect
      if (depth > 4) throw new RangeError('an indirect form leads to nothing');
      return readForm(at, at.count(), unit, depth + 1);
    case 0x17:
      return { is: 'section-offset', value: at.offset(offsetSize) };
    case 0x19: // flag_present
      return number(1);
    case 0x1a: // strx, and strx1 to strx4
    case 0x25:
    case 0x26:
    case 0x27:
    case 0x28:
      return { is: 'string-index', value: stringIndex(at, form)! };
    case 0x1b:
      return { is: 'address-index', value: at.count() };
    case 0x1e:
      return { is: 'block', value: at.bytes(16) };
    case 0x1f:
      return { is: 'line-str', value: at.offset(offsetSize) };
    case 0x22:
      return { is: 'loclist-index', value: at.count() };
    case 0x23:
      return { is: 'rnglist-index', value: at.count() };
    case 0x29:
    case 0x2a:
    case 0x2b:
    case 0x2c: // addrx1 to addrx4
      return { is: 'address-index', value: smallIndex(at, form - 0x28) };
    case 0x1c: // ref_sup4, strp_sup, ref_sig8, ref_sup8, and GNU's forms for a supplementary file: what they name is not read
    case 0x1d:
    case 0x20:
    case 0x24:
    case 0x1f20:
    case 0x1f21:
      at.skip(fixedSize(form, unit)!);
      return number(0);
    default:
      throw new RangeError(`form 0x${form.toString(16)} is not understood`);
  }
}

/** An index into .debug_str_offsets; undefined, and nothing is read: the form is none. @throws RangeError */
export function stringIndex(at: Bytes, form: number): number | undefined {
  if (form === 0x1a) return at.count();
  return form >= 0x25 && form <= 0x28 ? smallIndex(at, form - 0x24) : undefined;
}

const smallIndex = (at: Bytes, bytes: number): number => {
  let value = 0;
  for (let n = 0; n < bytes; n++) value += at.u8() * 2 ** (8 * n);
  return value;
};

const sizes = new Map<number, number>([
  ...[0x19, 0x21].map((form) => [form, 0] as const),
  ...[0x0b, 0x0c, 0x11, 0x25, 0x29].map((form) => [form, 1] as const),
  ...[0x05, 0x12, 0x26, 0x2a].map((form) => [form, 2] as const),
  ...[0x27, 0x2b].map((form) => [form, 3] as const),
  ...[0x06, 0x13, 0x1c, 0x28, 0x2c].map((form) => [form, 4] as const),
  ...[0x07, 0x14, 0x20, 0x24].map((form) => [form, 8] as const),
  [0x1e, 16],
]);
const offsets = new Set([0x0e, 0x17, 0x1d, 0x1f, 0x1f20, 0x1f21]);

/** The bytes that a value of the form takes, where that does not depend on the value. */
export function fixedSize(form: number, unit: FormContext): number | undefined {
  if (form === 0x01) return unit.addressSize;
  if (form === 0x10) return unit.version === 2 ? unit.addressSize : unit.offsetSize;
  return offsets.has(form) ? unit.offsetSize : sizes.get(form);
}

/** Pass over a value. @throws RangeError */
export function skipForm(at: Bytes, form: number, unit: FormContext): void {
  const fixed = fixedSize(form, unit);
  if (fixed !== undefined) at.skip(fixed);
  else if (form === 0x0f || form === 0x0d || form === 0x15 || form === 0x1a || form === 0x1b || form === 0x22) at.leb();
  else if (form === 0x23) at.leb();
  else if (form === 0x08) at.skip(at.length0() + 1);
  else readForm(at, form, unit);
}
