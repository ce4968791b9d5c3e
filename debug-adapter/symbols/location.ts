import { Bytes } from '../../emulator/bytes.js';

/** What a location expression may ask. Every answer may be undefined: then so is the result. */
export interface LocationContext {
  register(n: number): bigint | undefined;
  /** Memory, little-endian, unsigned. */
  read(va: bigint, size: number): bigint | undefined;
  frameBase?(): bigint | undefined;
  cfa?(): bigint | undefined;
  /** Entry of .debug_addr. */
  address?(index: number): bigint;
  /** Added to addresses: where the code was loaded, less where it was linked. */
  readonly bias?: bigint;
  /** What an expression of registers was when the function was entered (DW_OP_entry_value). */
  atEntry?(expression: Uint8Array): bigint | undefined;
}

/** A part of a value that lies in several places; without a location it is nowhere. */
export interface Piece {
  readonly bits: number;
  /** The first bit that counts of what lies at the location. */
  readonly from: number;
  readonly location?: Plain;
}

type Plain =
  | { readonly in: 'memory'; readonly va: bigint }
  | { readonly in: 'register'; readonly register: number }
  | { readonly in: 'value'; readonly value: bigint }
  /** The bytes themselves (DW_OP_implicit_value). */
  | { readonly in: 'bytes'; readonly bytes: Uint8Array }
  /** A pointer to something that the compiler keeps nowhere (DW_OP_implicit_pointer). */
  | { readonly in: 'nothing' };

/** Where a value is: in memory, in a register, itself, or in pieces. */
export type Location = Plain | { readonly in: 'pieces'; readonly pieces: readonly Piece[] };

const u64 = (value: bigint) => BigInt.asUintN(64, value);
const s64 = (value: bigint) => BigInt.asIntN(64, value);

/** Evaluate a DWARF expression (DWARF 5, section 2.5). Undefined: it needs what is not known here, or is not understood. */
export function evaluateLocation(
  expression: Uint8Array,
  context: LocationContext,
  initial: bigint[] = [],
): Location | undefined {
  try {
    return evaluate(expression, context, [...initial]);
  } catch {
    return undefined;
  }
}

function evaluate(expression: Uint8Array, context: LocationContext, stack: bigint[]): Location | undefined {
  const at = new Bytes(expression);
  const pop = () => {
    const value = stack.pop();
    if (value === undefined) throw new RangeError('the stack is empty');
    return value;
  };
  const known = <T>(value: T | undefined): T => {
    if (value === undefined) throw new RangeError('not known here');
    return value;
  };
  const push = (value: bigint) => stack.push(u64(value));
  const binary = (compute: (a: bigint, b: bigint) => bigint) => {
    const b = pop();
    push(compute(pop(), b));
  };
  let result: Plain | undefined;
  const pieces: Piece[] = [];
  const { bias = 0n } = context;
  /** What the operations since the last piece said. */
  const plain = (): Plain | undefined => {
    if (result) return result;
    const va = stack.pop();
    return va === undefined ? undefined : { in: 'memory', va };
  };
  const piece = (bits: number, from = 0) => {
    if (!(bits > 0 && bits <= MOST_BITS) || pieces.length >= MOST_PIECES) throw new RangeError('no such piece');
    const location = plain();
    pieces.push({ bits, from, ...(location && { location }) });
    result = undefined;
    stack.length = 0;
  };
  for (let steps = 0; at.more; steps++) {
    if (steps > 10_000 || stack.length > 1000) throw new RangeError('it does not end');
    const op = at.u8();
    if (op >= 0x30 && op <= 0x4f) push(BigInt(op - 0x30));
    else if (op >= 0x50 && op <= 0x6f) result = { in: 'register', register: op - 0x50 };
    else if (op >= 0x70 && op <= 0x8f) push(known(context.register(op - 0x70)) + at.sleb());
    else
      switch (op) {
        case 0x03:
          push(at.u64() + bias);
          break;
        case 0x06:
          push(known(context.read(pop(), 8)));
          break;
        case 0x08:
          push(BigInt(at.u8()));
          break;
        case 0x09:
          push(BigInt(at.i8()));
          break;
        case 0x0a:
          push(BigInt(at.u16()));
          break;
        case 0x0b:
          push(BigInt.asIntN(16, BigInt(at.u16())));
          break;
        case 0x0c:
          push(BigInt(at.u32()));
          break;
        case 0x0d:
          push(BigInt(at.i32()));
          break;
        case 0x0e:
        case 0x0f:
          push(at.u64());
          break;
        case 0x10:
          push(at.uleb());
          break;
        case 0x11:
          push(at.sleb());
          break;
        case 0x12:
          push(known(stack.at(-1)));
          break;
        case 0x13:
          pop();
          break;
        case 0x14:
          push(known(stack.at(-2)));
          break;
        case 0x15:
          push(known(stack.at(-1 - at.u8())));
          break;
        case 0x16: {
          const [b, a] = [pop(), pop()];
          stack.push(b, a);
          break;
        }
        case 0x19: {
          const value = s64(pop());
          push(value < 0n ? -value : value);
          break;
        }
        case 0x1a:
          binary((a, b) => a & b);
          break;
        case 0x1b:
          binary((a, b) => s64(a) / s64(b));
          break;
        case 0x1c:
          binary((a, b) => a - b);
          break;
        case 0x1d:
          binary((a, b) => a % b);
          break;
        case 0x1e:
          binary((a, b) => a * b);
          break;
        case 0x1f:
          push(-pop());
          break;
        case 0x20:
          push(~pop());
          break;
        case 0x21:
          binary((a, b) => a | b);
          break;
        case 0x22:
          binary((a, b) => a + b);
          break;
        case 0x23:
          push(pop() + at.uleb());
          break;
        case 0x24:
          binary((a, b) => (b > 63n ? 0n : a << b));
          break;
        case 0x25:
          binary((a, b) => (b > 63n ? 0n : a >> b));
          break;
        case 0x26:
          binary((a, b) => s64(a) >> (b > 63n ? 63n : b));
          break;
        case 0x27:
          binary((a, b) => a ^ b);
          break;
        case 0x28: {
          const skip = BigInt.asIntN(16, BigInt(at.u16()));
          if (pop() !== 0n) at.at += Number(skip);
          break;
        }
        case 0x2f:
          at.at += Number(BigInt.asIntN(16, BigInt(at.u16())));
          break;
        case 0x29:
          binary((a, b) => (a === b ? 1n : 0n));
          break;
        case 0x2a:
          binary((a, b) => (s64(a) >= s64(b) ? 1n : 0n));
          break;
        case 0x2b:
          binary((a, b) => (s64(a) > s64(b) ? 1n : 0n));
          break;
        case 0x2c:
          binary((a, b) => (s64(a) <= s64(b) ? 1n : 0n));
          break;
        case 0x2d:
          binary((a, b) => (s64(a) < s64(b) ? 1n : 0n));
          break;
        case 0x2e:
          binary((a, b) => (a !== b ? 1n : 0n));
          break;
        case 0x90:
          result = { in: 'register', register: at.count() };
          break;
        case 0x91:
          push(known(context.frameBase?.()) + at.sleb());
          break;
        case 0x92:
          push(known(context.register(at.count())) + at.sleb());
          break;
        case 0x94:
          push(known(context.read(pop(), at.u8())));
          break;
        case 0x96:
          break;
        case 0x93:
          piece(8 * at.count());
          break;
        case 0x9d:
          piece(at.count(), at.count());
          break;
        case 0x9e:
          result = { in: 'bytes', bytes: at.bytes(at.count()) };
          break;
        case 0xa0: // implicit_pointer
        case 0xf2:
          return { in: 'nothing' };
        case 0xa3: // entry_value
        case 0xf3:
          push(known(context.atEntry?.(at.bytes(at.count()))));
          break;
        case 0xa8: // convert, reinterpret: to what the numbers are here anyway, when it is no other DIE's type
        case 0xa9:
        case 0xf7:
        case 0xf9:
          if (at.count() !== 0) throw new RangeError('a typed number');
          break;
        case 0xe0: // GNU_push_tls_address
        case 0x9b:
          throw new RangeError('a thread-local variable');
        case 0x9c:
          push(known(context.cfa?.()));
          break;
        case 0x9f:
          result = { in: 'value', value: pop() };
          break;
        case 0xa1:
        case 0xfb:
          push(known(context.address?.(at.count())) + bias);
          break;
        case 0xa2: // constx
        case 0xfc:
          push(known(context.address?.(at.count())));
          break;
        default:
          throw new RangeError(`operation 0x${op.toString(16)} is not understood`);
      }
  }
  if (pieces.length > 0) return { in: 'pieces', pieces };
  return result ?? { in: 'memory', va: pop() };
}

/** A value's pieces together are no larger. */
const MOST_BITS = 8 << 20;
const MOST_PIECES = 1000;
