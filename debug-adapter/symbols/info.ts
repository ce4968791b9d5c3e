import { Bytes } from '../../emulator/bytes.js';
import { At, Tag } from './dwarf.js';
import { stringAt } from './line.js';

export interface InfoSections {
  readonly info?: Uint8Array;
  readonly abbrev?: Uint8Array;
  readonly str?: Uint8Array;
  readonly lineStr?: Uint8Array;
  readonly strOffsets?: Uint8Array;
  readonly addr?: Uint8Array;
  readonly loc?: Uint8Array;
  readonly loclists?: Uint8Array;
}

/** An attribute's value, as its form says. */
export type Value =
  | { readonly is: 'number'; readonly value: bigint }
  | { readonly is: 'string'; readonly value: string }
  | { readonly is: 'block'; readonly value: Uint8Array }
  /** A DIE's offset in .debug_info. */
  | { readonly is: 'reference'; readonly value: number }
  /** An index into .debug_str_offsets or .debug_addr; the unit's base is known only when its first DIE has been read. */
  | { readonly is: 'string-index' | 'address-index' | 'loclist-index' | 'section-offset'; readonly value: number };

/** A debugging information entry. */
export class Die {
  readonly children: Die[] = [];

  constructor(
    readonly unit: Unit,
    readonly offset: number,
    readonly tag: number,
    private readonly attributes: ReadonlyMap<number, Value>,
  ) {}

  get(attribute: number): Value | undefined {
    return this.attributes.get(attribute);
  }

  string(attribute: number): string | undefined {
    const value = this.get(attribute);
    if (value?.is === 'string') return value.value;
    if (value?.is !== 'string-index') return undefined;
    const { unit } = this;
    return unit.guard(() => {
      const base = Number(unit.root?.number(At.strOffsetsBase) ?? BigInt(unit.offsetSize === 4 ? 8 : 16));
      const section = need(unit.sections.strOffsets, '.debug_str_offsets');
      const entries = new Bytes(section, base + value.value * unit.offsetSize);
      return stringAt(unit.sections.str, entries.offset(unit.offsetSize));
    });
  }

  /** A constant, an address or a section offset. */
  number(attribute: number): bigint | undefined {
    const value = this.get(attribute);
    if (value?.is === 'number') return value.value;
    if (value?.is === 'section-offset') return BigInt(value.value);
    if (value?.is !== 'address-index') return undefined;
    return this.unit.guard(() => this.unit.address(value.value));
  }

  /** The DIE that a reference names. */
  die(attribute: number): Die | undefined {
    const value = this.get(attribute);
    return value?.is === 'reference' ? this.unit.find(value.value) : undefined;
  }

  /** The name, also of a definition that leaves it to its declaration. */
  get name(): string | undefined {
    return this.string(At.name) ?? (this.die(At.abstractOrigin) ?? this.die(At.specification))?.string(At.name);
  }
}

/** A compilation unit. */
export class Unit {
  root?: Die;

  constructor(
    readonly version: number,
    readonly offsetSize: 4 | 8,
    readonly addressSize: number,
    readonly sections: InfoSections,
    readonly find: (offset: number) => Die | undefined,
    private readonly warn: (message: string) => void,
  ) {}

  /** What `read` gives; what it can't read is undefined and told once as a warning. */
  guard<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      this.warn(`an attribute can't be read: ${(error as Error).message}`);
      return undefined;
    }
  }

  /** Entry of .debug_addr. */
  address(index: number): bigint {
    const base = Number(this.root?.number(At.addrBase) ?? 8n);
    const { addr } = this.sections;
    return new Bytes(need(addr, '.debug_addr'), base + index * this.addressSize).unsigned(this.addressSize);
  }
}

function need(section: Uint8Array | undefined, name: string): Uint8Array {
  if (!section) throw new RangeError(`${name} is missing`);
  return section;
}

/** The tree of .debug_info, versions 2 to 5. What can't be read is left out and told to `warn`. */
export function readInfo(sections: InfoSections, warn: (message: string) => void): Unit[] {
  const units: Unit[] = [];
  const data = sections.info;
  if (!data || !sections.abbrev) return units;
  const dies = new Map<number, Die>();
  const abbreviations = new Map<number, Map<number, Abbreviation>>();
  for (let offset = 0; offset < data.length; ) {
    let next = data.length;
    try {
      const at = new Bytes(data, offset);
      const { end, offsetSize } = at.unitLength();
      next = end;
      const version = at.u16();
      if (version < 2 || version > 5) throw new RangeError(`version ${version}; versions 2 to 5 are understood`);
      const kind = version >= 5 ? at.u8() : 1;
      const [abbrevOffset, addressSize] =
        version >= 5 ? [at.u8(), at.offset(offsetSize)].reverse() : [at.offset(offsetSize), at.u8()];
      // Type and split units (kinds 2, 4 and above) hold no code.
      if (kind === 1 || kind === 3) {
        if (!abbreviations.has(abbrevOffset))
          abbreviations.set(abbrevOffset, readAbbreviations(sections.abbrev, abbrevOffset));
        const unit = new Unit(version, offsetSize, addressSize, sections, (die) => dies.get(die), warn);
        units.push(unit);
        readTree(new Bytes(data, at.at, end), offset, unit, abbreviations.get(abbrevOffset)!, dies);
      }
    } catch (error) {
      warn(`the debug information at offset 0x${offset.toString(16)} can't be read: ${(error as Error).message}`);
    }
    offset = next;
  }
  return units.filter(({ root }) => root);
}

interface Abbreviation {
  readonly tag: number;
  readonly children: boolean;
  readonly attributes: readonly { readonly attribute: number; readonly form: number; readonly constant?: bigint }[];
}

function readAbbreviations(section: Uint8Array, offset: number): Map<number, Abbreviation> {
  const at = new Bytes(section, offset);
  const all = new Map<number, Abbreviation>();
  for (let code = at.count(); code; code = at.count()) {
    const tag = at.count();
    const children = at.u8() !== 0;
    const attributes = [];
    for (;;) {
      const attribute = at.count();
      const form = at.count();
      const constant = form === 0x21 ? at.sleb() : undefined;
      if (!attribute && !form) break;
      attributes.push({ attribute, form, constant });
    }
    all.set(code, { tag, children, attributes });
    if (!at.more) break;
  }
  return all;
}

function readTree(
  at: Bytes,
  unitOffset: number,
  unit: Unit,
  abbreviations: Map<number, Abbreviation>,
  dies: Map<number, Die>,
) {
  const parents: Die[] = [];
  while (at.more) {
    const offset = at.at;
    const code = at.count();
    if (code === 0) {
      parents.pop();
      if (parents.length === 0) return;
      continue;
    }
    const abbreviation = abbreviations.get(code);
    if (!abbreviation)
      throw new RangeError(`offset 0x${offset.toString(16)} uses abbreviation ${code}, which is not declared`);
    const attributes = new Map<number, Value>();
    for (const { attribute, form, constant } of abbreviation.attributes)
      attributes.set(
        attribute,
        constant === undefined ? readForm(at, form, unit, unitOffset) : { is: 'number', value: constant },
      );
    const die = new Die(unit, offset, abbreviation.tag, attributes);
    dies.set(offset, die);
    parents.at(-1)?.children.push(die);
    if (!unit.root) unit.root = die;
    if (abbreviation.children) parents.push(die);
    else if (parents.length === 0) return;
  }
}

const number = (value: bigint | number): Value => ({ is: 'number', value: BigInt(value) });

/** DWARF 5, section 7.5.6 (and the forms of versions 2 to 4 that it lists). */
function readForm(at: Bytes, form: number, unit: Unit, unitOffset: number): Value {
  const { offsetSize, sections } = unit;
  const reference = (value: number): Value => ({ is: 'reference', value });
  switch (form) {
    case 0x01: // addr
      return number(at.unsigned(unit.addressSize));
    case 0x03: // block2
      return { is: 'block', value: at.bytes(at.u16()) };
    case 0x04: // block4
      return { is: 'block', value: at.bytes(at.u32()) };
    case 0x05:
      return number(at.u16());
    case 0x06:
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
    case 0x0e: // strp
      return { is: 'string', value: stringAt(sections.str, at.offset(offsetSize)) };
    case 0x0f:
      return number(at.uleb());
    case 0x10: // ref_addr
      return reference(unit.version === 2 ? Number(at.unsigned(unit.addressSize)) : at.offset(offsetSize));
    case 0x11:
      return reference(unitOffset + at.u8());
    case 0x12:
      return reference(unitOffset + at.u16());
    case 0x13:
      return reference(unitOffset + at.u32());
    case 0x14:
      return reference(unitOffset + at.offset(8));
    case 0x15:
      return reference(unitOffset + at.count());
    case 0x16: // indirect
      return readForm(at, at.count(), unit, unitOffset);
    case 0x17: // sec_offset
      return { is: 'section-offset', value: at.offset(offsetSize) };
    case 0x19: // flag_present
      return number(1);
    case 0x1a:
      return { is: 'string-index', value: at.count() };
    case 0x1b:
      return { is: 'address-index', value: at.count() };
    case 0x1e:
      return { is: 'block', value: at.bytes(16) };
    case 0x1f:
      return { is: 'string', value: stringAt(sections.lineStr, at.offset(offsetSize)) };
    case 0x20: // ref_sig8: a type unit, which is not read
      at.skip(8);
      return number(0);
    case 0x22: // loclistx
      return { is: 'loclist-index', value: at.count() };
    case 0x23: // rnglistx
      return { is: 'section-offset', value: at.count() };
    case 0x25:
    case 0x26:
    case 0x27:
    case 0x28: // strx1 to strx4
      return { is: 'string-index', value: smallIndex(at, form - 0x24) };
    case 0x29:
    case 0x2a:
    case 0x2b:
    case 0x2c: // addrx1 to addrx4
      return { is: 'address-index', value: smallIndex(at, form - 0x28) };
    default:
      throw new RangeError(`form 0x${form.toString(16)} is not understood`);
  }
}

const smallIndex = (at: Bytes, bytes: number): number => {
  let value = 0;
  for (let n = 0; n < bytes; n++) value |= at.u8() << (8 * n);
  return value >>> 0;
};

/** All DIEs with a tag, also those within others. */
export function* withTag(die: Die, tag: number): Iterable<Die> {
  for (const child of die.children) {
    if (child.tag === tag) yield child;
    if (child.tag !== Tag.structType) yield* withTag(child, tag);
  }
}
