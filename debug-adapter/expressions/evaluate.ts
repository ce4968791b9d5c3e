/**
 * The expression language of conditions, log messages, watches and the console: C's expressions and casts, over
 *
 *   a0, $a0, x10, $pc, fa0       registers; `$fa0.f32`, `.f64`, `.bits`; `.f16`, `.bf16` where the hart has such numbers
 *   v8, $v8.e32[3], $v8.f64[0]   vector registers as the vtype has them, or as e8 to e64, u8 to u64, f16, bf16, f32, f64
 *   $mstatus, $mstatus.FS        CSRs and their fields
 *   $hart, $task, $priv == S     where and what is running
 *   count, list->next, &table    variables and labels (a label's value is its address), locals first, then what `this` has
 *   shapes::made, Kind::Round    names of C++ with what they lie in
 *   *(long *)(a0 + 8)            memory
 *   a0 = 5, $v8.f64[0] *= 2      assignments
 *
 * Integers are computed in 64 bits. Filter conditions also know `$reason == page_fault`, `$from`, `$to`, `$epc`, `$cause`, `$tval`.
 */
import type { CType } from '../symbols/types.js';
import { ExpressionError } from './lexer.js';
import { type Node, parse, type TypeName } from './parser.js';
import {
  basic,
  decode,
  encode,
  fieldOf,
  integerValue,
  isScalar,
  memberAt,
  memberNamed,
  numberOf,
  type Place,
  pointerTo,
  toInteger,
  type Value,
  within,
  wrap,
} from './value.js';

/** What names in an expression mean, and the memory behind pointers. */
export interface Context {
  /** A register, CSR, context value (`hart`, `task`, `priv`) or constant, by its name without `$`. */
  register(name: string): Value | undefined;
  /** A local variable of the function that the frame is in. */
  local?(name: string): Value | undefined;
  /** A variable or label. A label without a type has `va` only. */
  symbol(name: string): { readonly va: bigint; readonly type?: CType } | undefined;
  /** Memory from an address on, as the hart sees it there. */
  memory(va: bigint): Place;
  /** A struct, union or enum of the debug information, such as `struct task`. */
  type(name: string): CType | undefined;
}

/** Evaluate an expression; assignments in it are done. @throws ExpressionError */
export function evaluate(text: string, context: Context): Value {
  return evaluateNode(parse(text), context);
}

/** Is it true, as C has it? */
export function isTrue(value: Value): boolean {
  const number = numberOf(value);
  return number !== 0 && number !== 0n;
}

/** Write to where the value lies. @throws ExpressionError when it lies nowhere */
export function assign(target: Value, number: bigint | number): void {
  if (!target.place) throw new ExpressionError('there is nothing here that could be set');
  if (!isScalar(target.type)) throw new ExpressionError(`a whole ${target.type.name} can't be set; set its parts`);
  target.place.write(0, encode(target.type, number));
}

export function evaluateNode(node: Node, context: Context): Value {
  const value = (inner: Node) => evaluateNode(inner, context);
  const number = (inner: Node) => numberOf(decayed(value(inner)));
  switch (node.node) {
    case 'number':
      if (typeof node.value === 'number') return { type: basic.double, number: node.value };
      return integerValue(node.value, node.value >= 1n << 63n ? basic['unsigned long'] : basic.long);
    case 'name':
      return named(node.name, context);
    case 'sizeof':
      return integerValue(BigInt(sizeOf(node.type, context)), basic['unsigned long']);
    case 'cast':
      return cast(decayed(value(node.a)), typeOf(node.type, context));
    case 'unary':
      return unary(node.op, node.a, context);
    case 'choose':
      return isTrue(value(node.condition)) ? value(node.a) : value(node.b);
    case 'member':
      return member(value(node.of), node.name, node.arrow, context);
    case 'index': {
      const base = value(node.of);
      const index = toInteger(number(node.index));
      if (base.type.kind === 'array') return element(base, base.type, index);
      return dereference(pointerAdd(decayed(base), index), context);
    }
    case 'assign': {
      const target = value(node.target);
      const given = beside(node.value, context, () => target);
      const result = node.op ? binary(node.op, target, given) : given;
      assign(target, numberOf(result));
      return value(node.target);
    }
    case 'binary':
      if (node.op === '&&') return truth(isTrue(value(node.a)) && isTrue(value(node.b)));
      if (node.op === '||') return truth(isTrue(value(node.a)) || isTrue(value(node.b)));
      if (compare[node.op]) return compared(node.op, node.a, node.b, context);
      return binary(node.op, decayed(value(node.a)), decayed(value(node.b)));
  }
}

function compared(op: string, left: Node, right: Node, context: Context): Value {
  const evaluated = (node: Node) => () => decayed(evaluateNode(node, context));
  return binary(op, beside(left, context, evaluated(right)), beside(right, context, evaluated(left)));
}

/** A side of a comparison or an assignment; beside a value of an enumeration its names are known. */
function beside(node: Node, context: Context, other: () => Value): Value {
  try {
    return decayed(evaluateNode(node, context));
  } catch (error) {
    const found = node.node === 'name' && error instanceof ExpressionError && enumerator(node.name, other);
    if (found) return found;
    throw error;
  }
}

function enumerator(name: string, other: () => Value): Value | undefined {
  const { type } = other();
  if (type.kind !== 'enum') return undefined;
  const last = name.split('::').at(-1);
  for (const [number, each] of type.values) if (each === last) return { type, number };
  return undefined;
}

const truth = (holds: boolean) => integerValue(holds ? 1n : 0n, basic.int);

function named(name: string, context: Context): Value {
  // A local variable hides the register of its name; `$` always means the register.
  const local = context.local?.(name);
  if (local) return referred(local, context);
  const own = name.startsWith('$') ? undefined : ofThis(name, context);
  if (own) return own;
  const register = context.register(name.replace(/^\$/, ''));
  if (register) return register;
  if (name.startsWith('$')) throw new ExpressionError(`\`${name}\` is no register, CSR or context value of this hart`);
  const symbol = context.symbol(name);
  if (!symbol && (name === 'true' || name === 'false')) return truth(name === 'true');
  if (!symbol) throw new ExpressionError(`\`${name}\` is no register and no symbol of the program, kernel or firmware`);
  // A label's value is its address.
  if (!symbol.type) return { type: pointerTo(basic.void), number: symbol.va };
  return referred({ type: symbol.type, place: context.memory(symbol.va) }, context);
}

/** A member of the object whose C++ method the frame is in. */
function ofThis(name: string, context: Context): Value | undefined {
  const { type } = context.local?.('this') ?? {};
  const found = type?.kind === 'pointer' && type.to.kind === 'struct' && memberNamed(type.to, name);
  return found ? member(context.local!('this')!, name, true, context) : undefined;
}

/** What a C++ reference refers to. */
function referred(value: Value, context: Context): Value {
  const { type } = value;
  if (type.kind !== 'pointer' || !type.reference) return value;
  return { type: type.to, place: context.memory(BigInt.asUintN(64, toInteger(numberOf(value)))) };
}

const spelled: Record<string, string> = {
  signed: 'int',
  unsigned: 'unsigned int',
  'signed int': 'int',
  'short int': 'short',
  'unsigned short int': 'unsigned short',
  'long int': 'long',
  'signed long': 'long',
  'unsigned long int': 'unsigned long',
  'long unsigned int': 'unsigned long',
  'long unsigned': 'unsigned long',
  'long long': 'long',
  'long long int': 'long',
  'unsigned long long': 'unsigned long',
  'long long unsigned int': 'unsigned long',
  _Bool: 'bool',
  int8_t: 'signed char',
  int16_t: 'short',
  int32_t: 'int',
  int64_t: 'long',
  uint8_t: 'unsigned char',
  uint16_t: 'unsigned short',
  uint32_t: 'unsigned int',
  uint64_t: 'unsigned long',
  size_t: 'unsigned long',
  uintptr_t: 'unsigned long',
  ssize_t: 'long',
  intptr_t: 'long',
};

/** Of a type, or of a variable. */
function sizeOf(type: TypeName, context: Context): number {
  const known = basic[type.words] ?? basic[spelled[type.words]] ?? context.type(type.words);
  if (!known && type.stars === 0 && !type.words.includes(' ')) return named(type.words, context).type.size;
  return typeOf(type, context).size;
}

function typeOf({ words, stars }: TypeName, context: Context): CType {
  let type = basic[words] ?? basic[spelled[words]] ?? context.type(words);
  if (!type) throw new ExpressionError(`there is no type \`${words}\``);
  for (let n = 0; n < stars; n++) type = pointerTo(type);
  return type;
}

/** An array used as a value is a pointer to its first element, as in C. */
function decayed(value: Value): Value {
  if (value.type.kind !== 'array' || value.place?.va === undefined) return value;
  return { type: pointerTo(value.type.of), number: value.place.va };
}

function cast(value: Value, type: CType): Value {
  if (!isScalar(type)) throw new ExpressionError(`a value can't be cast to ${type.name}`);
  const number = numberOf(value);
  if (type.kind === 'float') return { type, number: decode(type, encode(type, number)) };
  return { type, number: wrap(type, toInteger(number)) };
}

function element(array: Value, type: Extract<CType, { kind: 'array' }>, index: bigint): Value {
  if (!array.place) throw new ExpressionError('the array is not available');
  // Memory goes on behind an array, as C has it; a register does not.
  const { register, va } = array.place;
  const end = register || va === undefined ? BigInt(type.count) : 1n << 31n;
  if (index < 0n || index >= end) throw new ExpressionError(`there is no element ${index} in ${type.name}`);
  return { type: type.of, place: within(array.place, Number(index) * type.of.size) };
}

function dereference(pointer: Value, context: Context): Value {
  if (pointer.type.kind !== 'pointer')
    throw new ExpressionError(`${pointer.type.name} is no pointer: cast it first, as in \`*(long *)(a0 + 8)\``);
  if (pointer.type.to.kind === 'void')
    throw new ExpressionError('what a `void *` points at has no type: cast it first');
  return { type: pointer.type.to, place: context.memory(BigInt.asUintN(64, toInteger(numberOf(pointer)))) };
}

function pointerAdd(pointer: Value, count: bigint): Value {
  if (pointer.type.kind !== 'pointer')
    throw new ExpressionError(`${pointer.type.name} can't be indexed: cast it to a pointer first`);
  const step = BigInt(pointer.type.to.size || 1);
  return { type: pointer.type, number: BigInt.asUintN(64, toInteger(numberOf(pointer)) + count * step) };
}

function member(of: Value, name: string, arrow: boolean, context: Context): Value {
  const view = of.views?.[name];
  if (view) return view();
  const field = fieldOf(of, name);
  if (field) return field;
  const whole = arrow || of.type.kind === 'pointer' ? dereference(decayed(of), context) : of;
  if (whole.type.kind !== 'struct' || !whole.place) {
    const known = Object.keys({ ...of.views, ...of.fields });
    throw new ExpressionError(
      `there is no \`${name}\` in ${whole.type.name}${known.length ? `; there are ${known.join(', ')}` : ''}`,
    );
  }
  const found = memberNamed(whole.type, name);
  if (!found) {
    const names = whole.type.members.map((candidate) => candidate.name).join(', ');
    throw new ExpressionError(`${whole.type.name} has no member \`${name}\`; it has ${names}`);
  }
  return referred(memberAt(whole.place, found), context);
}

function unary(op: string, operand: Node, context: Context): Value {
  const a = evaluateNode(operand, context);
  switch (op) {
    case '*':
      return dereference(decayed(a), context);
    case '&':
      if (a.place?.va !== undefined) return { type: pointerTo(a.type), number: a.place.va };
      // A label's value is its address already.
      if (operand.node === 'name' && !context.register(operand.name.replace(/^\$/, '')) && typeof a.number === 'bigint')
        return { type: pointerTo(basic.void), number: a.number };
      throw new ExpressionError('`&` needs something that lies in memory');
    case '!':
      return truth(!isTrue(decayed(a)));
  }
  const number = numberOf(decayed(a));
  if (typeof number === 'number') {
    if (op === '~') throw new ExpressionError('`~` needs an integer');
    return { type: a.type, number: op === '-' ? -number : number };
  }
  const type = promoted(a.type);
  return { type, number: wrap(type, op === '-' ? -number : op === '~' ? ~number : number) };
}

/** Everything is computed in 64 bits; unsigned where C would have it so there. */
const promoted = (type: CType): CType =>
  type.kind === 'pointer' || (type.kind === 'integer' && !type.signed && type.size === 8)
    ? basic['unsigned long']
    : basic.long;

const compare: Record<string, (a: bigint | number, b: bigint | number) => boolean> = {
  // bigint and number compare by value in JavaScript, and `==` is meant.
  // biome-ignore lint/suspicious/noDoubleEquals: mixed bigint and number
  '==': (a, b) => a == b,
  // biome-ignore lint/suspicious/noDoubleEquals: mixed bigint and number
  '!=': (a, b) => a != b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

const floating: Record<string, (a: number, b: number) => number> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
};

const shiftCount = (b: bigint) => {
  if (b < 0n || b > 63n) throw new ExpressionError(`a shift by ${b} is not between 0 and 63`);
  return b;
};
const divisor = (b: bigint) => {
  if (b === 0n) throw new ExpressionError('division by 0');
  return b;
};
const integers: Record<string, (a: bigint, b: bigint) => bigint> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / divisor(b),
  '%': (a, b) => a % divisor(b),
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
  '<<': (a, b) => a << shiftCount(b),
  '>>': (a, b) => a >> shiftCount(b),
};

function binary(op: string, a: Value, b: Value): Value {
  if (a.type.kind === 'pointer' && !(op in compare)) {
    if (b.type.kind === 'pointer' && op === '-') {
      const step = BigInt(a.type.to.size || 1);
      return integerValue((toInteger(numberOf(a)) - toInteger(numberOf(b))) / step);
    }
    if (op === '+' || op === '-') {
      const count = toInteger(numberOf(b));
      return pointerAdd(a, op === '+' ? count : -count);
    }
  }
  if (b.type.kind === 'pointer' && op === '+') return pointerAdd(b, toInteger(numberOf(a)));
  const [x, y] = [numberOf(a), numberOf(b)];
  if (typeof x === 'number' || typeof y === 'number') {
    if (compare[op]) return truth(compare[op](x, y));
    if (!floating[op]) throw new ExpressionError(`\`${op}\` needs integers`);
    return { type: basic.double, number: floating[op](Number(x), Number(y)) };
  }
  const unsigned = [a, b].some(({ type }) => promoted(type) === basic['unsigned long']);
  const type = unsigned ? basic['unsigned long'] : basic.long;
  const [left, right] = [wrap(type, x), wrap(type, y)];
  if (compare[op]) return truth(compare[op](left, right));
  return integerValue(integers[op](left, op === '<<' || op === '>>' ? y : right), type);
}
