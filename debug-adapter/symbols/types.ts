import { Bytes } from '../../emulator/bytes.js';
import { At, Encoding, Tag } from './dwarf.js';
import type { Die } from './die.js';

/** A C type, as the debug information has it. `name` is how C writes it. */
export type CType =
  | {
      readonly kind: 'integer';
      readonly name: string;
      readonly size: number;
      readonly signed: boolean;
      readonly char: boolean;
      /** Shown as `true` and `false`. */
      readonly boolean?: boolean;
    }
  | { readonly kind: 'float'; readonly name: string; readonly size: number }
  | {
      readonly kind: 'enum';
      readonly name: string;
      readonly size: number;
      readonly values: ReadonlyMap<bigint, string>;
    }
  /** `reference`: a C++ reference, shown as what it refers to. */
  | {
      readonly kind: 'pointer';
      readonly name: string;
      readonly size: number;
      readonly to: CType;
      readonly reference?: boolean;
    }
  /** `maskRatio`: a vector mask of RVV, with a bit for each so many bits of a register. */
  | {
      readonly kind: 'array';
      readonly name: string;
      readonly size: number;
      readonly of: CType;
      readonly count: number;
      readonly maskRatio?: number;
      /** How long it is was computed by the program, and is not known here. */
      readonly unsized?: boolean;
    }
  | { readonly kind: 'struct'; readonly name: string; readonly size: number; readonly members: readonly Member[] }
  /** What a function pointer points at. */
  | { readonly kind: 'function'; readonly name: string; readonly size: number }
  | { readonly kind: 'void'; readonly name: string; readonly size: number };

export interface Member {
  readonly name: string;
  /** Bytes from the start of the struct. */
  readonly offset: number;
  readonly type: CType;
  /** A bit field: its lowest bit, counted from `offset`, and its width. */
  readonly bits?: { readonly low: number; readonly width: number };
}

export const voidType: CType = { kind: 'void', name: 'void', size: 0 };

/** What an array bound says that is computed where the program stands: an expression, or a variable's DIE. Undefined: not known there. */
export type BoundOf = (subrange: Die, attribute: number) => bigint | undefined;

const MOST_DEPTH = 32;

/** Turns type DIEs into types; each DIE once. Members of structs are read when first looked at, since types may go round in circles. */
export class Types {
  private readonly known = new Map<number, CType>();

  /** The type that a DIE's DW_AT_type names; void when it names none. `bound` computes what is known only where the program stands. */
  of(die: Die, bound?: BoundOf): CType {
    for (const each of die.lineage()) {
      const type = each.die(At.type);
      if (type) return this.read(type, 0, bound);
    }
    return voidType;
  }

  read(die: Die, depth = 0, bound?: BoundOf): CType {
    const known = this.known.get(die.offset);
    if (known) return known;
    if (depth > MOST_DEPTH) return voidType;
    const computed = isComputed(die);
    const type = this.build(die, depth, computed ? bound : undefined);
    if (!computed) this.known.set(die.offset, type);
    return type;
  }

  private build(die: Die, depth: number, bound: BoundOf | undefined): CType {
    const size = sizeOf(die);
    const name = die.string(At.name);
    const target = () => {
      const inner = die.die(At.type);
      return inner ? this.read(inner, depth + 1, bound) : voidType;
    };
    switch (die.tag) {
      case Tag.baseType: {
        const encoding = Number(die.number(At.encoding) ?? 0n);
        if (encoding === Encoding.float) return { kind: 'float', name: name ?? '?', size };
        const char = [Encoding.signedChar, Encoding.unsignedChar, Encoding.utf].some((each) => each === encoding);
        const signed = encoding === Encoding.signed || encoding === Encoding.signedChar;
        const boolean = encoding === Encoding.boolean;
        return { kind: 'integer', name: name ?? '?', size, signed, char, ...(boolean && { boolean }) };
      }
      case Tag.enumerationType: {
        const values = new Map<bigint, string>();
        for (const child of die.children) values.set(child.number(At.constValue) ?? 0n, child.string(At.name) ?? '?');
        return { kind: 'enum', name: `enum ${name ?? '{…}'}`, size: size || 4, values };
      }
      case Tag.pointerType:
      case Tag.referenceType:
      case Tag.rvalueReferenceType:
        return this.pointer(die);
      case Tag.structType:
      case Tag.classType:
      case Tag.unionType: {
        const types = this;
        let members: Member[] | undefined;
        return {
          kind: 'struct',
          name: typeName(die),
          size,
          get members() {
            members ??= types.members(die);
            return members;
          },
        };
      }
      case Tag.arrayType:
        return this.array(die, target(), bound);
      case Tag.subroutineType:
        return { kind: 'function', name: typeName(die), size: 1 };
      case Tag.typedef: {
        const type = target();
        // A typedef of a struct without a name is the only name that it has; one of a vector is how C writes it.
        if (type.kind === 'struct' && type.name.includes('{…}') && name) return renamed(type, name);
        if (type.kind === 'array' && name && die.die(At.type)?.get(At.gnuVector)) return vector(type, name);
        if (type.kind === 'array' && name && /^v(u?int|float|bfloat|bool)\d+(mf?\d+)?(x\d)?_t$/.test(name))
          return { ...type, name };
        return type;
      }
      case Tag.constType:
      case Tag.volatileType:
      case Tag.restrictType:
      case Tag.atomicType:
        return target();
      default:
        return voidType;
    }
  }

  private pointer(die: Die): CType {
    const types = this;
    let to: CType | undefined;
    const inner = die.die(At.type);
    return {
      kind: 'pointer',
      get name() {
        return typeName(die);
      },
      size: 8,
      get to() {
        to ??= inner ? types.read(inner) : voidType;
        return to;
      },
      ...(die.tag !== Tag.pointerType && { reference: true }),
    };
  }

  private array(die: Die, of: CType, bound: BoundOf | undefined): CType {
    let type = of;
    for (const dimension of die.children.filter(({ tag }) => tag === Tag.subrange).reverse()) {
      const number = (attribute: number) => {
        const value = dimension.get(attribute);
        if (!value) return undefined;
        return value.is === 'number' ? value.value : bound?.(dimension, attribute);
      };
      const [count, last] = [number(At.count), number(At.upperBound)];
      const elements = count ?? (last === undefined ? 0n : BigInt.asIntN(64, last) + 1n);
      const known = elements > 0n && elements <= BigInt(Number.MAX_SAFE_INTEGER) / BigInt(type.size || 1);
      const lost = elements === 0n && [At.count, At.upperBound].some((each) => dimension.get(each));
      type = arrayType(type, known ? Number(elements) : 0);
      if (lost && count === undefined && last === undefined)
        type = { ...type, name: type.name.replace('[0]', '[]'), unsized: true } as CType;
    }
    return type;
  }

  private members(die: Die): Member[] {
    return die.children.flatMap((child): Member[] => {
      // Static members lie elsewhere.
      const base = child.tag === Tag.inheritance;
      if ((child.tag !== Tag.member && !base) || child.get(At.declaration)) return [];
      const type = this.of(child);
      const name = base ? type.name : (child.string(At.name) ?? '');
      return [{ name, type, ...placeOf(child, type) }];
    });
  }
}

/** `int[4]` of `int[3]` is C's `int[4][3]`: the outer count comes first. */
function arrayType(of: CType, count: number): CType {
  const [, element, rest] = /^(.*?)((?:\[\d*\])*)$/.exec(of.name)!;
  return {
    kind: 'array',
    name: of.kind === 'array' ? `${element}[${count}]${rest}` : `${of.name}[${count}]`,
    size: count * of.size,
    of,
    count,
  };
}

/** The vector types of RVV, as Clang describes them: arrays whose length hangs on vlenb. What it says of a mask's length is no use. */
function vector(type: Extract<CType, { kind: 'array' }>, name: string): CType {
  const [, ratio] = /^__rvv_bool(\d+)_t$/.exec(name) ?? [];
  return { ...type, name, ...(ratio && { maskRatio: Number(ratio) }) };
}

/** Does its size hang on where the program stands? */
function isComputed(die: Die): boolean {
  let at: Die | undefined = die;
  for (let depth = 0; at && depth < MOST_DEPTH; depth++) {
    const plain = at.tag === Tag.arrayType || at.tag === Tag.typedef;
    if (!plain && at.tag !== Tag.constType && at.tag !== Tag.volatileType) return false;
    if (at.tag === Tag.arrayType)
      for (const child of at.children)
        if (
          child.tag === Tag.subrange &&
          [At.count, At.upperBound].some((each) => (child.get(each)?.is ?? 'number') !== 'number')
        )
          return true;
    at = at.die(At.type);
  }
  return false;
}

function sizeOf(die: Die): number {
  const size = Number(die.number(At.byteSize) ?? 0n);
  return size <= 0xffff_ffff ? size : 0;
}

function renamed(type: Extract<CType, { kind: 'struct' }>, name: string): CType {
  return {
    kind: 'struct',
    name,
    size: type.size,
    get members() {
      return type.members;
    },
  };
}

/** How C (or C++) writes a type. `inner`: what stands where a variable's name would. */
export function typeName(die: Die | undefined, depth = 0, inner = ''): string {
  if (!die || depth > MOST_DEPTH) return `void${inner && ` ${inner}`}`;
  const named = (text: string) => (inner ? `${text} ${inner}` : text);
  const name = die.string(At.name);
  const of = () => die.die(At.type);
  const tagged = (keyword: string) => named(name && die.unit.cplusplus ? name : `${keyword} ${name ?? '{…}'}`);
  const pointing = (mark: string) => {
    const target = of();
    const wraps = target?.tag === Tag.subroutineType || target?.tag === Tag.arrayType;
    return typeName(target, depth + 1, wraps ? `(${mark}${inner})` : `${mark}${inner}`);
  };
  switch (die.tag) {
    case Tag.structType:
      return tagged('struct');
    case Tag.classType:
      return tagged('class');
    case Tag.unionType:
      return tagged('union');
    case Tag.enumerationType:
      return tagged('enum');
    case Tag.pointerType:
      return pointing('*');
    case Tag.referenceType:
      return pointing('&');
    case Tag.rvalueReferenceType:
      return pointing('&&');
    case Tag.constType:
      return qualified('const', of(), depth, inner);
    case Tag.volatileType:
      return qualified('volatile', of(), depth, inner);
    case Tag.restrictType:
    case Tag.atomicType:
      return typeName(of(), depth + 1, inner);
    case Tag.subroutineType: {
      const parameters = die.children.flatMap((child) =>
        child.tag === Tag.formalParameter
          ? [typeName(child.die(At.type), depth + 1)]
          : child.tag === Tag.unspecifiedParameters
            ? ['...']
            : [],
      );
      return typeName(of(), depth + 1, `${inner}(${parameters.join(', ')})`);
    }
    case Tag.arrayType: {
      const counts = die.children.map((child) => {
        const [count, last] = [child.get(At.count), child.get(At.upperBound)];
        if (count?.is === 'number') return `[${count.value}]`;
        return last?.is === 'number' ? `[${BigInt.asIntN(64, last.value) + 1n}]` : '[]';
      });
      return typeName(of(), depth + 1, `${inner}${counts.join('')}`);
    }
    default:
      return name ? named(name) : of() ? typeName(of(), depth + 1, inner) : named('void');
  }
}

/** `const` stands before a plain type, and behind the star of a pointer. */
function qualified(word: string, of: Die | undefined, depth: number, inner: string): string {
  if (of?.tag === Tag.pointerType) return typeName(of, depth + 1, inner ? `${word} ${inner}` : word);
  return `${word} ${typeName(of, depth + 1, inner)}`;
}

/** DW_AT_data_member_location: a constant, or in version 2 a block with DW_OP_plus_uconst; and where a bit field's bits are. */
function placeOf(member: Die, type: CType): Pick<Member, 'offset' | 'bits'> {
  const value = member.get(At.memberLocation);
  let offset = 0;
  if (value?.is === 'number') offset = Number(value.value);
  else if (value?.is === 'block' && value.value[0] === 0x23)
    offset = member.unit.guard(() => new Bytes(value.value, 1).count()) ?? 0;
  const width = Number(member.number(At.bitSize) ?? 0n);
  if (width <= 0 || width > 64) return { offset };
  const from = member.number(At.dataBitOffset);
  if (from !== undefined) {
    const byte = Math.floor(Number(from) / 8);
    return { offset: offset + byte, bits: { low: Number(from) % 8, width } };
  }
  // Version 3 and before, and GCC's version 4: bits are counted from the highest of the storage unit.
  const storage = 8 * (Number(member.number(At.byteSize) ?? 0n) || type.size);
  const low = storage - Number(member.number(At.bitOffset) ?? 0n) - width;
  if (low < 0 || low > 64) return { offset };
  return { offset: offset + Math.floor(low / 8), bits: { low: low % 8, width } };
}
