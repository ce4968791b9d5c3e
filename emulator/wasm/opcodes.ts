/** WebAssembly opcodes by operation and shape (WebAssembly core specification 2.0, "Binary Format: Instructions"). */
import type { Element, Shape } from '../../isa/vocabulary.js';

export type ValType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128';

export const VALTYPE: Record<ValType, number> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b };

export const isLanes = (shape: Shape): shape is `${Element}*` => shape.endsWith('*');
export const elementOf = (shape: Shape): Element => (isLanes(shape) ? shape.slice(0, -1) : shape) as Element;
export const BYTES: Record<Element, number> = { i8: 1, i16: 2, i32: 4, i64: 8, f16: 2, bf16: 2, f32: 4, f64: 8 };

/** What is asked of shapes for every instruction that is written, by shape. */
const facts = new Map(
  (Object.keys(BYTES) as Element[]).flatMap((element) => {
    const known = { isFloat: /^b?f/.test(element), isHalf: /^b?f16/.test(element) };
    const alone = BYTES[element] < 4 ? 'i32' : (element as 'i32' | 'i64' | 'f32' | 'f64');
    return [
      [element, { ...known, carrier: alone }],
      [`${element}*`, { ...known, carrier: 'v128' }],
    ] as [Shape, { isFloat: boolean; isHalf: boolean; carrier: ValType }][];
  }),
);
export const isFloat = (shape: Shape) => facts.get(shape)!.isFloat;
/** Floating-point numbers that the platform knows as bits only. */
export const isHalf = (shape: Shape) => facts.get(shape)!.isHalf;
/** The WebAssembly type that carries a shape: elements of less than 32 bits travel as i32. */
export const carrier = (shape: Shape): ValType => facts.get(shape)!.carrier;

export const bitsOf = (shape: Shape) => 8 * BYTES[elementOf(shape)];

/** A row of opcodes: scalars i32, i64, f32, f64 (null: none), then lanes i8, i16, i32, i64, f32, f64. */
type Row = readonly (number | null)[];
const SHAPES: readonly Shape[] = ['i32', 'i64', 'f32', 'f64', 'i8*', 'i16*', 'i32*', 'i64*', 'f32*', 'f64*'];
const v = null;

const rows = {
  add: [0x6a, 0x7c, 0x92, 0xa0, 110, 142, 174, 206, 228, 240],
  sub: [0x6b, 0x7d, 0x93, 0xa1, 113, 145, 177, 209, 229, 241],
  mul: [0x6c, 0x7e, 0x94, 0xa2, v, 149, 181, 213, 230, 242],
  divS: [0x6d, 0x7f, 0x95, 0xa3, v, v, v, v, 231, 243],
  divU: [0x6e, 0x80, v, v, v, v, v, v, v, v],
  remS: [0x6f, 0x81, v, v, v, v, v, v, v, v],
  remU: [0x70, 0x82, v, v, v, v, v, v, v, v],
  and: [0x71, 0x83, v, v, 78, 78, 78, 78, v, v],
  or: [0x72, 0x84, v, v, 80, 80, 80, 80, v, v],
  xor: [0x73, 0x85, v, v, 81, 81, 81, 81, v, v],
  shl: [0x74, 0x86, v, v, 107, 139, 171, 203, v, v],
  shrS: [0x75, 0x87, v, v, 108, 140, 172, 204, v, v],
  shrU: [0x76, 0x88, v, v, 109, 141, 173, 205, v, v],
  rotl: [0x77, 0x89, v, v, v, v, v, v, v, v],
  rotr: [0x78, 0x8a, v, v, v, v, v, v, v, v],
  eq: [0x46, 0x51, 0x5b, 0x61, 35, 45, 55, 214, 65, 71],
  ne: [0x47, 0x52, 0x5c, 0x62, 36, 46, 56, 215, 66, 72],
  ltS: [0x48, 0x53, 0x5d, 0x63, 37, 47, 57, 216, 67, 73],
  ltU: [0x49, 0x54, v, v, 38, 48, 58, v, v, v],
  gtS: [0x4a, 0x55, 0x5e, 0x64, 39, 49, 59, 217, 68, 74],
  gtU: [0x4b, 0x56, v, v, 40, 50, 60, v, v, v],
  leS: [0x4c, 0x57, 0x5f, 0x65, 41, 51, 61, 218, 69, 75],
  leU: [0x4d, 0x58, v, v, 42, 52, 62, v, v, v],
  geS: [0x4e, 0x59, 0x60, 0x66, 43, 53, 63, 219, 70, 76],
  geU: [0x4f, 0x5a, v, v, 44, 54, 64, v, v, v],
  minS: [v, v, v, v, 118, 150, 182, v, v, v],
  minU: [v, v, v, v, 119, 151, 183, v, v, v],
  maxS: [v, v, v, v, 120, 152, 184, v, v, v],
  maxU: [v, v, v, v, 121, 153, 185, v, v, v],
  clz: [0x67, 0x79, v, v, v, v, v, v, v, v],
  ctz: [0x68, 0x7a, v, v, v, v, v, v, v, v],
  popcount: [0x69, 0x7b, v, v, 98, v, v, v, v, v],
  abs: [v, v, 0x8b, 0x99, 96, 128, 160, 192, 224, 236],
  sqrt: [v, v, 0x91, 0x9f, v, v, v, v, 227, 239],
} as const satisfies Record<string, Row>;

export type Operation = keyof typeof rows;

const opcodes = new Map<Operation, Map<Shape, number[] | undefined>>();

/** The bytes of an operation on a shape, or undefined where the platform has none. i8 and i16 scalars use i32's. */
export function opcode(operation: Operation, shape: Shape): readonly number[] | undefined {
  let known = opcodes.get(operation);
  if (!known) {
    known = new Map();
    opcodes.set(operation, known);
  }
  if (!known.has(shape)) known.set(shape, find(operation, shape));
  return known.get(shape);
}

function find(operation: Operation, shape: Shape): number[] | undefined {
  if (isHalf(shape)) return undefined;
  const index = SHAPES.indexOf(isLanes(shape) ? shape : (carrier(shape) as Shape));
  const code = (rows[operation] as Row)[index];
  if (code === null || code === undefined) return undefined;
  return isLanes(shape) ? simd(code) : [code];
}

/** A SIMD instruction's bytes. */
export function simd(code: number): number[] {
  return [0xfd, ...(code < 0x80 ? [code] : [(code & 0x7f) | 0x80, code >> 7])];
}

const integerLoads = { i8: 0x2d, i16: 0x2f, i32: 0x28, i64: 0x29 };
const integerStores = { i8: 0x3a, i16: 0x3b, i32: 0x36, i64: 0x37 };
const LOADS: Record<Element, number> = { ...integerLoads, f16: 0x2f, bf16: 0x2f, f32: 0x2a, f64: 0x2b };
const STORES: Record<Element, number> = { ...integerStores, f16: 0x3b, bf16: 0x3b, f32: 0x38, f64: 0x39 };
/** Stores of an i64's low part. */
const STORES_LOW: Partial<Record<Element, number>> = { i8: 0x3c, i16: 0x3d, i32: 0x3e };
/** Loads that extend to i64, unsigned and signed. */
const LOADS_64: Partial<Record<Element, readonly [number, number]>> = {
  i8: [0x31, 0x30],
  i16: [0x33, 0x32],
  i32: [0x35, 0x34],
};

export const loadOpcode = (shape: Shape): number[] => (isLanes(shape) ? simd(0) : [LOADS[elementOf(shape)]]);

/** A load of a small integer that extends it to 64 bits at once, or undefined. */
export const extendingLoad = (element: Element, signed: boolean): number | undefined =>
  LOADS_64[element]?.[signed ? 1 : 0];

/** A store of `element`'s width from a value carried as `from`. */
export function storeOpcode(shape: Shape, from: ValType): number[] {
  if (isLanes(shape)) return simd(11);
  const element = elementOf(shape);
  const low = from === 'i64' ? STORES_LOW[element] : undefined;
  return [low ?? STORES[element]];
}

/** Lane splats by element. */
export const SPLAT: Record<Element, number[]> = {
  i8: simd(15),
  i16: simd(16),
  i32: simd(17),
  i64: simd(18),
  f16: simd(16),
  bf16: simd(16),
  f32: simd(19),
  f64: simd(20),
};
