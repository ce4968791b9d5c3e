/** Operands that are likely to tell a right floating-point operation from a wrong one. */
import {
  bf16,
  canonicalNaN,
  type Format,
  f16,
  f32,
  f64,
  infinity,
  largest,
  maxExponent,
  signBit,
  widthOf,
} from '../../../emulator/float/format.js';
import { type OperationName, operationNames } from '../../../emulator/float/operations.js';
import { Random } from '../../fuzz/random.js';

export interface Case {
  readonly operation: OperationName;
  readonly mode: number;
  readonly operands: readonly [bigint, bigint, bigint];
}

const formats: Record<string, Format> = { f16, bf16, f32, f64 };

/** The format of an operation's operands, or undefined for integers. */
export const operandFormat = (name: OperationName): Format | undefined => {
  const [first, second] = name.split(' ');
  return formats[first!] ?? (first === 'i64' ? undefined : formats[second!]);
};
/** The format of its result, or undefined. */
export const resultFormat = (name: OperationName): Format | undefined => {
  const words = name.split(' ');
  return /^(eq|(lt|le)(Quiet)?|classify)$/.test(words[0]!) || words[2]?.startsWith('i')
    ? undefined
    : formats[words.at(-1)!];
};

const mask = (f: Format) => (1n << BigInt(widthOf(f))) - 1n;

/** A fraction: any, few bits set, few bits clear, or cut short so that results become exact or ties. */
function fraction(r: Random, f: Format): bigint {
  const bits = BigInt(f.precision - 1);
  const all = (1n << bits) - 1n;
  switch (r.below(6)) {
    case 0:
      return 0n;
    case 1:
      return (1n << BigInt(r.below(Number(bits)))) | (r.oneIn(2) ? 1n << BigInt(r.below(Number(bits))) : 0n);
    case 2:
      return all ^ (r.oneIn(2) ? 1n << BigInt(r.below(Number(bits))) : 0n);
    case 3:
      return r.long() & all & ~((1n << BigInt(r.below(Number(bits)))) - 1n);
    default:
      return r.long() & all;
  }
}

/** Where the other formats begin and end: conversions are told apart there. */
const edges = (f: Format) => {
  const bias = maxExponent(f);
  return [f16, bf16, f32].flatMap((g) => [
    bias + maxExponent(g),
    bias - maxExponent(g),
    bias - maxExponent(g) - g.precision,
  ]);
};

/** An exponent field: any, near the ends, or near another one. */
function field(r: Random, f: Format, near?: number): number {
  const most = 2 ** f.exponentBits - 1;
  const bias = maxExponent(f);
  const around = (centre: number, spread: number) =>
    Math.min(most, Math.max(0, centre + r.below(2 * spread + 1) - spread));
  switch (r.below(near === undefined ? 5 : 8)) {
    case 0:
      return around(0, 2);
    case 1:
      return around(most, 3);
    case 2:
      return around(bias, 4);
    case 3:
      return around(
        r.pick([bias / 2, bias + 31, bias + 63, bias + f.precision, 1.5 * bias, ...edges(f)]) | 0,
        r.pick([3, f.precision]),
      );
    case 4:
      return r.below(most + 1);
    case 5: // of a product at the lower end
      return around(Math.max(0, bias - near!), f.precision + 2);
    case 6: // of a product at the upper end, or a quotient at the lower
      return around(bias + most - near!, 3);
    default:
      return around(near!, f.precision + 2);
  }
}

/** A number of a format, perhaps related to another one. */
export function number(r: Random, f: Format, other?: bigint): bigint {
  if (r.oneIn(12)) {
    const special = r.pick([0n, 1n, infinity(f), infinity(f) + 1n, canonicalNaN(f), canonicalNaN(f) + 5n, largest(f)]);
    return r.oneIn(2) ? special : special | signBit(f);
  }
  if (other !== undefined && r.oneIn(5)) {
    const close = (other + BigInt(r.below(5) - 2)) & mask(f);
    return r.oneIn(2) ? close : close ^ signBit(f);
  }
  const at =
    other === undefined
      ? undefined
      : Number((other >> BigInt(f.precision - 1)) & ((1n << BigInt(f.exponentBits)) - 1n));
  const magnitude = (BigInt(field(r, f, at)) << BigInt(f.precision - 1)) | fraction(r, f);
  return r.oneIn(2) ? magnitude : magnitude | signBit(f);
}

/** A 64-bit integer of any length, near a power of two or not. */
function integer(r: Random): bigint {
  const length = BigInt(1 + r.below(64));
  const value = r.oneIn(3) ? (1n << length) + BigInt(r.below(9) - 4) : r.long() & ((1n << length) - 1n);
  const cut = r.oneIn(3) ? value & ~((1n << BigInt(r.below(64))) - 1n) : value;
  return BigInt.asUintN(64, r.oneIn(2) ? cut : -cut);
}

/** Random cases of one operation. */
export function* casesOf(operation: OperationName, count: number, seed = 1): Generator<Case> {
  const r = new Random(seed * 1000 + operationNames.indexOf(operation));
  const f = operandFormat(operation);
  for (let n = 0; n < count; n++) {
    const mode = r.below(5);
    if (!f) {
      yield { operation, mode, operands: [integer(r), 0n, 0n] };
      continue;
    }
    const a = number(r, f);
    const b = number(r, f, a);
    // An addend near the product makes cancellation.
    const c = number(r, f, r.oneIn(2) ? productNear(f, a, b) : a);
    yield { operation, mode, operands: [a, b, c] };
  }
}

/** About a * b: the exponents added, the fractions' bits mixed. */
function productNear(f: Format, a: bigint, b: bigint): bigint {
  const one = BigInt(maxExponent(f)) << BigInt(f.precision - 1);
  const magnitude = (a & ~signBit(f)) + (b & ~signBit(f)) - one;
  return magnitude < 0n || magnitude >= infinity(f) ? a : magnitude | ((a ^ b) & signBit(f));
}

export const describe = (c: Case) =>
  `${c.operation}, mode ${c.mode}, of ${c.operands.map((x) => `0x${x.toString(16)}`).join(', ')}`;
