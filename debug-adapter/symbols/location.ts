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
}

/** Where a value is: in memory, in a register, or itself. */
export type Location =
  | { readonly in: 'memory'; readonly va: bigint }
  | { readonly in: 'register'; readonly register: number }
  | { readonly in: 'value'; readonly value: bigint };

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
  let result: Location | undefined;
  for (let steps = 0; at.more; steps++) {
    if (steps > 10_000) throw new RangeError('it does not end');
    const op = at.u8();
    if (op >= 0x30 && op <= 0x4f) push(BigInt(op - 0x30));
    else if (op >= 0x50 && op <= 0x6f) result = { in: 'register', register: op - 0x50 };
    else if (op >= 0x70 && op <= 0x8f) push(known(context.register(op - 0x70)) + at.sleb());
    else
      switch (op) {
        case 0x03:
          push(at.u64());
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
        case 0x9c:
          push(known(context.cfa?.()));
          break;
        case 0x9f:
          result = { in: 'value', value: pop() };
          break;
        case 0xa1:
          push(known(context.address?.(at.count())));
          break;
        default:
          throw new RangeError(`operation 0x${op.toString(16)} is not understood`);
      }
  }
  return result ?? { in: 'memory', va: pop() };
}
