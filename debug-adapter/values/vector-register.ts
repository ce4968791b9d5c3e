import { arrayOf, basic, type Place, type Value } from '../expressions/value.js';
import type { CType } from '../symbols/types.js';

/** A byte that is not text. */
export const byteType: CType = { kind: 'integer', name: 'unsigned char', size: 1, signed: false, char: false };

/** The ways to look at vector bytes, by the names that expressions and the Variables view use. */
export const elementTypes: Readonly<Record<string, CType>> = {
  // Not char: bytes of a vector are numbers, not text.
  e8: { kind: 'integer', name: 'signed char', size: 1, signed: true, char: false },
  e16: basic.short,
  e32: basic.int,
  e64: basic.long,
  u8: byteType,
  u16: basic['unsigned short'],
  u32: basic['unsigned int'],
  u64: basic['unsigned long'],
  f16: basic._Float16,
  bf16: basic.__bf16,
  f32: basic.float,
  f64: basic.double,
};

/** The views that are listed below each register of a unit. */
export const listedViews = ['e8', 'e16', 'e32', 'e64', 'f32', 'f64'];

/** The view of a mask: a bit for each lane. */
export const MASK = 'mask';

/** All views, by name. */
export const elementNames: readonly string[] = [...Object.keys(elementTypes), MASK];

/** The elements of `bytes` bytes at a place; `bits`: of one. */
export interface Elements {
  readonly type: CType;
  readonly bits: number;
  readonly count: number;
  /** Where the elements follow each other, each in a place of its own. */
  readonly place: Place;
}

/** @param name one of `elementNames` */
export function elementsOf(place: Place, bytes: number, name: string): Elements {
  if (name === MASK) return { type: basic.bool!, bits: 1, count: 8 * bytes, place: bitPlace(place) };
  const type = elementTypes[name]!;
  return { type, bits: 8 * type.size, count: Math.floor(bytes / type.size), place };
}

/** The bits of a place, each as a byte that is 0 or 1. */
function bitPlace(place: Place): Place {
  const bytesOf = (offset: number, length: number) => {
    const first = offset >> 3;
    return { first, bytes: place.read(first, ((offset + length + 7) >> 3) - first) };
  };
  return {
    read(offset, length) {
      const { first, bytes } = bytesOf(offset, length);
      return Uint8Array.from({ length }, (_, n) => (bytes[((offset + n) >> 3) - first]! >> ((offset + n) & 7)) & 1);
    },
    write(offset, bits) {
      const { first, bytes: old } = bytesOf(offset, bits.length);
      const bytes = old.slice();
      bits.forEach((bit, n) => {
        const [at, one] = [((offset + n) >> 3) - first, 1 << ((offset + n) & 7)];
        bytes[at] = bit ? bytes[at]! | one : bytes[at]! & ~one;
      });
      place.write(first, bytes);
    },
  };
}

/** `bytes` bytes at a place as a value with all element views. */
export function vectorView(place: Place, bytes: number, type: CType): Value {
  const views = Object.fromEntries(
    elementNames.map((name) => [
      name,
      (): Value => {
        const elements = elementsOf(place, bytes, name);
        return { type: arrayOf(elements.type, elements.count), place: elements.place };
      },
    ]),
  );
  return { type, place, views };
}

/** How many registers a group may have. */
export const groupSizes: readonly number[] = [1, 2, 4, 8];

/** What vtype says (unprivileged specification, "Vector Type Register"); undefined while vill is set. */
export interface VectorType {
  /** Bits of an element. */
  readonly sew: number;
  /** Registers in a group; below 1 for fractions. */
  readonly lmul: number;
  readonly tailAgnostic: boolean;
  readonly maskAgnostic: boolean;
  /** `e64, m4, ta, ma`. */
  readonly text: string;
}

const lmuls = [1, 2, 4, 8, 0, 1 / 8, 1 / 4, 1 / 2];
const lmulNames = ['m1', 'm2', 'm4', 'm8', '', 'mf8', 'mf4', 'mf2'];

export function vectorTypeOf(vtype: bigint): VectorType | undefined {
  const bits = BigInt.asUintN(64, vtype);
  if (bits >> 63n) return undefined;
  const low = Number(bits & 0xffn);
  const lmul = lmuls[low & 7];
  const sew = 8 << ((low >> 3) & 7);
  if (!lmul || sew > 64) return undefined;
  const [tailAgnostic, maskAgnostic] = [(low & 0x40) !== 0, (low & 0x80) !== 0];
  const text = `e${sew}, ${lmulNames[low & 7]}, ${tailAgnostic ? 'ta' : 'tu'}, ${maskAgnostic ? 'ma' : 'mu'}`;
  return { sew, lmul, tailAgnostic, maskAgnostic, text };
}

/** The view and count of lanes that a vtype gives a group of registers; bytes while none is set. `floating`: default is as they look. */
export function lanesOf(
  place: Place,
  bytes: number,
  type: VectorType | undefined,
  floating?: boolean,
): { readonly view: string; readonly lanes: number } {
  if (!type) return { view: 'e8', lanes: bytes };
  const width = type.sew / 8;
  const lanes = Math.floor((bytes * Math.min(type.lmul, 1)) / width);
  const shownAsFloat = width >= 2 && (floating ?? looksFloating(place.read(0, lanes * width), width));
  return { view: `${shownAsFloat ? 'f' : 'e'}${type.sew}`, lanes };
}

/** Do the lanes look like floating-point numbers? Small integers would be denormals, so the two are told apart by magnitude. */
export function looksFloating(bytes: Uint8Array, size: number): boolean {
  if (size < 4) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let some = false;
  for (let at = 0; at + size <= bytes.length; at += size) {
    const value = size === 4 ? view.getFloat32(at, true) : view.getFloat64(at, true);
    if (value === 0 || Number.isNaN(value)) continue;
    const magnitude = Math.abs(value);
    if (!(magnitude > 1e-20 && magnitude < 1e20)) return false;
    some = true;
  }
  return some;
}
