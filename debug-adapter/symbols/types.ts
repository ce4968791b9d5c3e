import { Bytes } from '../../emulator/bytes.js';
import { At, Encoding, Tag } from './dwarf.js';
import type { Die } from './info.js';

/** A C type, as the debug information has it. `name` is how C writes it. */
export type CType =
  | {
      readonly kind: 'integer';
      readonly name: string;
      readonly size: number;
      readonly signed: boolean;
      readonly char: boolean;
    }
  | { readonly kind: 'float'; readonly name: string; readonly size: number }
  | {
      readonly kind: 'enum';
      readonly name: string;
      readonly size: number;
      readonly values: ReadonlyMap<bigint, string>;
    }
  | { readonly kind: 'pointer'; readonly name: string; readonly size: number; readonly to: CType }
  | { readonly kind: 'array'; readonly name: string; readonly size: number; readonly of: CType; readonly count: number }
  | { readonly kind: 'struct'; readonly name: string; readonly size: number; readonly members: readonly Member[] }
  | { readonly kind: 'void'; readonly name: string; readonly size: number };

export interface Member {
  readonly name: string;
  /** Bytes from the start of the struct. */
  readonly offset: number;
  readonly type: CType;
}

export const voidType: CType = { kind: 'void', name: 'void', size: 0 };

/** Turns type DIEs into types; each DIE once. Members of structs are read when first looked at, since types may go round in circles. */
export class Types {
  private readonly known = new Map<Die, CType>();

  /** The type that a DIE's DW_AT_type names; void when it names none. */
  of(die: Die): CType {
    const type = die.die(At.type) ?? (die.die(At.abstractOrigin) ?? die.die(At.specification))?.die(At.type);
    return type ? this.read(type) : voidType;
  }

  read(die: Die, depth = 0): CType {
    const known = this.known.get(die);
    if (known) return known;
    if (depth > 32) return voidType;
    const type = this.build(die, depth);
    this.known.set(die, type);
    return type;
  }

  private build(die: Die, depth: number): CType {
    const size = Number(die.number(At.byteSize) ?? 0n);
    const name = die.string(At.name);
    const target = () => {
      const inner = die.die(At.type);
      return inner ? this.read(inner, depth + 1) : voidType;
    };
    switch (die.tag) {
      case Tag.baseType: {
        const encoding = Number(die.number(At.encoding) ?? 0n);
        if (encoding === Encoding.float) return { kind: 'float', name: name ?? '?', size };
        const char = encoding === Encoding.signedChar || encoding === Encoding.unsignedChar;
        const signed = encoding === Encoding.signed || encoding === Encoding.signedChar;
        return { kind: 'integer', name: name ?? '?', size, signed, char };
      }
      case Tag.enumerationType: {
        const values = new Map<bigint, string>();
        for (const child of die.children) values.set(child.number(At.constValue) ?? 0n, child.string(At.name) ?? '?');
        return { kind: 'enum', name: `enum ${name ?? '{…}'}`, size: size || 4, values };
      }
      case Tag.pointerType: {
        const types = this;
        let to: CType | undefined;
        const inner = die.die(At.type);
        return {
          kind: 'pointer',
          get name() {
            return `${inner ? typeName(inner) : 'void'} *`;
          },
          size: 8,
          get to() {
            to ??= inner ? types.read(inner) : voidType;
            return to;
          },
        };
      }
      case Tag.structType:
      case Tag.unionType: {
        const types = this;
        let members: Member[] | undefined;
        return {
          kind: 'struct',
          name: `${die.tag === Tag.unionType ? 'union' : 'struct'} ${name ?? '{…}'}`,
          size,
          get members() {
            members ??= types.members(die);
            return members;
          },
        };
      }
      case Tag.arrayType: {
        let type = target();
        for (const dimension of die.children.filter(({ tag }) => tag === Tag.subrange).reverse()) {
          const bound = dimension.number(At.upperBound);
          const count = Number(
            dimension.number(At.count) ?? (bound === undefined ? 0n : BigInt.asIntN(64, bound) + 1n),
          );
          type = { kind: 'array', name: `${type.name}[${count}]`, size: count * type.size, of: type, count };
        }
        return type;
      }
      case Tag.typedef: {
        const type = target();
        // A typedef of a struct without a name is the only name that it has.
        return type.kind === 'struct' && type.name.includes('{…}') && name ? renamed(type, name) : type;
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

  private members(die: Die): Member[] {
    return die.children
      .filter(({ tag }) => tag === Tag.member)
      .map((member) => ({ name: member.string(At.name) ?? '', offset: memberOffset(member), type: this.of(member) }));
  }
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

function typeName(die: Die, depth = 0): string {
  const name = die.string(At.name);
  const inner = depth < 32 ? die.die(At.type) : undefined;
  if (die.tag === Tag.structType) return `struct ${name ?? '{…}'}`;
  if (die.tag === Tag.unionType) return `union ${name ?? '{…}'}`;
  if (name) return name;
  if (die.tag === Tag.pointerType) return `${inner ? typeName(inner, depth + 1) : 'void'} *`;
  return inner ? typeName(inner, depth + 1) : 'void';
}

/** DW_AT_data_member_location: a constant, or in version 2 a block with DW_OP_plus_uconst. */
function memberOffset(member: Die): number {
  const value = member.get(At.memberLocation);
  if (value?.is === 'number') return Number(value.value);
  if (value?.is === 'block' && value.value[0] === 0x23) return new Bytes(value.value, 1).count();
  return 0;
}
