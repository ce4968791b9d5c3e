import { type ByteSource, part } from '../../emulator/byte-source.js';
import { Bytes } from '../../emulator/bytes.js';
import { type Abbreviation, Abbreviations, skipValues } from './abbreviations.js';
import { At } from './dwarf.js';
import { type FormContext, readForm, type Value } from './forms.js';
import { reading, stringAt } from './reading.js';

export interface InfoSections {
  readonly info?: ByteSource;
  readonly abbrev?: ByteSource;
  readonly str?: ByteSource;
  readonly lineStr?: ByteSource;
  readonly strOffsets?: ByteSource;
  readonly addr?: ByteSource;
  readonly loc?: ByteSource;
  readonly loclists?: ByteSource;
  readonly ranges?: ByteSource;
  readonly rnglists?: ByteSource;
}

/** A debugging information entry. Its values and its children are read when they are looked at. */
export class Die {
  private values: ReadonlyMap<number, Value> | undefined;
  private list: readonly Die[] | undefined;

  constructor(
    readonly unit: Unit,
    readonly offset: number,
    private readonly abbreviation: Abbreviation,
    /** Where its values begin, in .debug_info. */
    readonly valuesAt: number,
  ) {}

  get tag(): number {
    return this.abbreviation.tag;
  }

  get(attribute: number): Value | undefined {
    this.values ??= this.unit.guard(() => this.unit.values(this.abbreviation, this.valuesAt)) ?? new Map();
    return this.values.get(attribute);
  }

  get hasChildren(): boolean {
    return this.abbreviation.children;
  }

  get children(): readonly Die[] {
    if (!this.hasChildren) return [];
    this.list ??= [...this.unit.guarded(this)];
    return this.list;
  }

  /** Forget the children; they are read again when they are looked at again. */
  forget(): void {
    this.list = undefined;
  }

  /** Where the DIE after this one and all within it begins. @throws RangeError */
  get end(): number {
    return this.unit.after(this.abbreviation, this.valuesAt);
  }

  /** Where its first child would begin. @throws RangeError */
  get childrenAt(): number {
    return this.unit.afterValues(this.abbreviation, this.valuesAt);
  }

  string(attribute: number): string | undefined {
    const value = this.get(attribute);
    if (value?.is === 'string') return value.value;
    const { unit } = this;
    const { sections } = unit;
    if (value?.is === 'str') return unit.guard(() => stringAt(sections.str, value.value));
    if (value?.is === 'line-str') return unit.guard(() => stringAt(sections.lineStr, value.value));
    if (value?.is !== 'string-index') return undefined;
    return unit.guard(() => stringAt(sections.str, unit.stringOffset(value.value)));
  }

  /** A constant, an address or a section offset. */
  number(attribute: number): bigint | undefined {
    const value = this.get(attribute);
    if (value?.is === 'number' || value?.is === 'address') return value.value;
    if (value?.is === 'section-offset') return BigInt(value.value);
    if (value?.is !== 'address-index') return undefined;
    return this.unit.guard(() => this.unit.address(value.value));
  }

  /** The DIE that a reference names. */
  die(attribute: number): Die | undefined {
    const value = this.get(attribute);
    return value?.is === 'reference' ? this.unit.guard(() => this.unit.info.find(value.value)) : undefined;
  }

  /** What this one is an instance or the definition of (DW_AT_abstract_origin, DW_AT_specification). */
  get origin(): Die | undefined {
    return this.die(At.abstractOrigin) ?? this.die(At.specification);
  }

  /** Itself, what it is an instance of, and so on; an attribute that one lacks is the next one's. */
  *lineage(): Iterable<Die> {
    let die: Die | undefined = this;
    for (let depth = 0; die && depth < 4; depth++) {
      yield die;
      die = die.origin;
    }
  }

  /** The name, also of a definition that leaves it to its declaration. */
  get name(): string | undefined {
    for (const die of this.lineage()) {
      const name = die.string(At.name);
      if (name !== undefined) return name;
    }
    return undefined;
  }
}

/** A compilation unit. Of its bytes only the first DIE's are read until more is asked for. */
export class Unit implements FormContext {
  private first: { readonly die?: Die; readonly values: ReadonlyMap<number, Value> } | undefined;

  constructor(
    readonly info: Info,
    readonly offset: number,
    readonly end: number,
    readonly version: number,
    readonly offsetSize: 4 | 8,
    readonly addressSize: number,
    private readonly abbrevOffset: number,
    /** Of its first DIE. */
    private readonly rootAt: number,
  ) {}

  get sections(): InfoSections {
    return this.info.sections;
  }

  /** What `read` gives; what it can't read is undefined and told once as a warning. */
  guard<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      this.info.warn(`an attribute can't be read: ${(error as Error).message}`);
      return undefined;
    }
  }

  /** The first DIE; undefined: it can't be read. */
  get root(): Die | undefined {
    this.first ??= this.guard(() => this.readRoot()) ?? { values: new Map() };
    return this.first.die;
  }

  private readRoot() {
    const rootAt = this.rootAt;
    const size = this.end - rootAt;
    return reading(part(this.sections.info!, rootAt, size), 0, 512, (at) => {
      const abbreviation = this.abbreviations.get(at.count());
      const start = rootAt + at.at;
      return { die: new Die(this, rootAt, abbreviation, start), values: valuesOf(at, abbreviation, this) };
    });
  }

  private get abbreviations(): Abbreviations {
    return this.info.abbreviations(this.abbrevOffset, this);
  }

  private cursor(offset: number): Bytes {
    const at = this.info.bytesOf(this);
    if (!(offset >= this.offset && offset <= this.end))
      throw new RangeError(`offset 0x${offset.toString(16)} lies outside its unit`);
    at.at = offset - this.offset;
    return at;
  }

  values(abbreviation: Abbreviation, offset: number): ReadonlyMap<number, Value> {
    if (this.first?.die?.valuesAt === offset) return this.first.values;
    return valuesOf(this.cursor(offset), abbreviation, this);
  }

  /** The DIE at an offset; undefined at the end of a list of children. @throws RangeError */
  dieAt(offset: number): Die | undefined {
    const at = this.cursor(offset);
    const code = at.count();
    return code ? new Die(this, offset, this.abbreviations.get(code), this.offset + at.at) : undefined;
  }

  *childrenOf(die: Die): Iterable<Die> {
    if (!die.hasChildren) return;
    for (let offset = die.childrenAt; offset < this.end; ) {
      const child = this.dieAt(offset);
      if (!child) return;
      yield child;
      offset = child.end;
    }
  }

  /** The children one by one, without keeping them; up to what can't be read, which is told as a warning. */
  *guarded(die: Die): Iterable<Die> {
    try {
      yield* this.childrenOf(die);
    } catch (error) {
      this.info.warn(`debug information can't be read on: ${(error as Error).message}`);
    }
  }

  afterValues(abbreviation: Abbreviation, valuesAt: number): number {
    const at = this.cursor(valuesAt);
    skipValues(at, abbreviation, this);
    return this.offset + at.at;
  }

  /** Where what follows a DIE and all within it begins. */
  after(abbreviation: Abbreviation, valuesAt: number): number {
    const at = this.cursor(valuesAt);
    this.pastAll(at, abbreviation, this.abbreviations);
    return this.offset + at.at;
  }

  private pastAll(at: Bytes, abbreviation: Abbreviation, abbreviations: Abbreviations): void {
    this.pass(at, abbreviation);
    // Without the name of a sibling all that lies within is passed over.
    for (let depth = this.jumped || !abbreviation.children ? 0 : 1; depth > 0 && at.more; ) {
      const code = at.count();
      if (code === 0) {
        depth--;
        continue;
      }
      const inner = abbreviations.get(code);
      this.pass(at, inner);
      if (inner.children && !this.jumped) depth++;
    }
  }

  private jumped = false;
  /** Pass over the values of a DIE, and its children too where it names its sibling: then `jumped`. */
  private pass(at: Bytes, abbreviation: Abbreviation): void {
    const start = at.at;
    const { sibling, children } = abbreviation;
    skipValues(at, abbreviation, this);
    this.jumped = false;
    if (!children || sibling === undefined) return;
    const end = at.at;
    let to = 0;
    if (sibling >= 0) {
      at.at = start + sibling;
      to = at.u32();
    } else {
      at.at = start;
      const value = valuesOf(at, abbreviation, this).get(At.sibling);
      if (value?.is === 'reference') to = value.value - this.offset;
    }
    // Only forwards: a damaged one leads nowhere twice.
    this.jumped = to >= end && to <= at.end;
    at.at = this.jumped ? to : end;
  }

  /**
   * Go over the DIEs of the top without making any: `visit` gets their abbreviations, where they are, and a cursor at their values, which it may
   * move. Up to what can't be read.
   */
  walk(visit: (abbreviation: Abbreviation, offset: number, at: Bytes) => void): void {
    this.guard(() => {
      const { root, abbreviations } = this;
      if (!root?.hasChildren) return;
      const at = this.cursor(root.childrenAt);
      while (at.more) {
        const start = at.at;
        const code = at.count();
        if (code === 0) return;
        const abbreviation = abbreviations.get(code);
        const values = at.at;
        visit(abbreviation, this.offset + start, at);
        at.at = values;
        this.pastAll(at, abbreviation, abbreviations);
      }
    });
  }

  /** Entry of .debug_addr. @throws RangeError */
  address(index: number): bigint {
    const base = Number(this.root?.number(At.addrBase) ?? 8n);
    const section = need(this.sections.addr, '.debug_addr');
    return new Bytes(section.read(base + index * this.addressSize, this.addressSize)).unsigned(this.addressSize);
  }

  /** Entry of .debug_str_offsets. @throws RangeError */
  stringOffset(index: number): number {
    this.strings ??= this.stringsAt;
    const section = need(this.sections.strOffsets, '.debug_str_offsets');
    const bytes = section.read(this.strings + index * this.offsetSize, this.offsetSize);
    // Asked for once for each name of a file.
    if (bytes.length === 4) return (bytes[0]! | (bytes[1]! << 8) | (bytes[2]! << 16) | (bytes[3]! << 24)) >>> 0;
    return new Bytes(bytes).offset(this.offsetSize);
  }
  private strings: number | undefined;
  /** Where the unit's entries begin there. */
  private get stringsAt(): number {
    return Number(this.root?.number(At.strOffsetsBase) ?? BigInt(this.offsetSize === 4 ? 8 : 16));
  }

  /** The piece of .debug_str_offsets that is the unit's: [start, end). */
  get stringOffsets(): { readonly start: number; readonly end: number } {
    const start = this.stringsAt;
    const section = need(this.sections.strOffsets, '.debug_str_offsets');
    // Its length stands before its version and padding (section 7.26).
    const header = this.offsetSize + 4;
    const end = this.guard(() => start - 4 + new Bytes(section.read(start - header, 4)).u32());
    return { start, end: end ?? section.size };
  }

  /** DW_AT_language. */
  private get language(): number {
    return Number(this.root?.number(At.language) ?? 0n);
  }

  get cplusplus(): boolean {
    return [0x04, 0x1a, 0x21, 0x2b, 0x3a].includes(this.language);
  }

  get assembly(): boolean {
    return this.language === 0x8001;
  }

  /** The DIEs that one lies within, from outside in, without the unit itself. */
  around(die: Die): Die[] {
    const path: Die[] = [];
    for (let list = this.root?.children ?? []; path.length < 64; ) {
      const holder = list.find((each) => each.offset < die.offset && this.guard(() => die.offset < each.end));
      if (!holder) break;
      path.push(holder);
      list = holder.children;
    }
    return path;
  }
}

function valuesOf(at: Bytes, { attributes }: Abbreviation, unit: Unit): Map<number, Value> {
  const values = new Map<number, Value>();
  for (const { attribute, form, constant } of attributes)
    values.set(attribute, constant === undefined ? readForm(at, form, unit) : { is: 'number', value: constant });
  return values;
}

/** A section that something needs. @throws RangeError when it is missing */
export function need(section: ByteSource | undefined, name: string): ByteSource {
  if (!section) throw new RangeError(`${name} is missing`);
  return section;
}

/** Bytes of units that are kept in memory, and tables of abbreviations. */
const KEPT_BYTES = 32 << 20;
const KEPT_TABLES = 256;
const LARGE = 32 << 20;

/** .debug_info, versions 2 to 5: its units, and DIEs by their offsets. What can't be read is left out and told to `warn`. */
export class Info {
  readonly units: readonly Unit[];
  private readonly tables = new Map<string, Abbreviations>();
  /** The units that were looked at last come last. */
  private readonly loaded = new Map<Unit, Bytes>();
  private loadedBytes = 0;

  constructor(
    readonly sections: InfoSections,
    readonly warn: (message: string) => void,
  ) {
    this.units = sections.info && sections.abbrev ? [...this.headers(sections.info)] : [];
  }

  /** Is there so much of it that nothing is looked for that no symbol names? */
  get isLarge(): boolean {
    return (this.sections.info?.size ?? 0) > LARGE;
  }

  /** Only the units' headers are read (section 7.5.1). */
  private *headers(section: ByteSource): Iterable<Unit> {
    for (let offset = 0; offset < section.size; ) {
      let next = section.size;
      try {
        const at = new Bytes(section.read(offset, Math.min(HEADER, section.size - offset)));
        const { length, offsetSize } = at.initialLength();
        const end = offset + at.at + length;
        if (end > section.size) throw new RangeError(`a unit of ${length} bytes passes the section's end`);
        next = end;
        const version = at.u16();
        if (version < 2 || version > 5) throw new RangeError(`version ${version}; versions 2 to 5 are understood`);
        const kind = version >= 5 ? at.u8() : 1;
        const [abbrevOffset, addressSize] =
          version >= 5 ? [at.u8(), at.offset(offsetSize)].reverse() : [at.offset(offsetSize), at.u8()];
        if (addressSize !== 8) throw new RangeError(`addresses of ${addressSize} bytes`);
        // Type and split units (kinds 2, 4 and above) hold no code.
        if (kind === 1 || kind === 3)
          yield new Unit(this, offset, end, version, offsetSize, addressSize, abbrevOffset, offset + at.at);
      } catch (error) {
        this.warn(
          `the debug information at offset 0x${offset.toString(16)} can't be read: ${(error as Error).message}`,
        );
      }
      offset = next;
    }
  }

  /** The unit that an offset lies in. */
  unitAt(offset: number): Unit | undefined {
    let low = 0;
    let high = this.units.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.units[middle].offset <= offset) low = middle + 1;
      else high = middle;
    }
    const unit = this.units[low - 1];
    return unit && offset < unit.end ? unit : undefined;
  }

  /** The DIE at an offset. @throws RangeError when there is none */
  find(offset: number): Die | undefined {
    return this.unitAt(offset)?.dieAt(offset);
  }

  private lastTable?: { readonly of: FormContext; readonly table: Abbreviations };

  abbreviations(offset: number, unit: FormContext): Abbreviations {
    if (this.lastTable?.of === unit) return this.lastTable.table;
    const key = `${offset} ${unit.version} ${unit.offsetSize}`;
    let table = this.tables.get(key);
    if (!table) {
      if (this.tables.size >= KEPT_TABLES) this.tables.delete(this.tables.keys().next().value!);
      table = new Abbreviations(need(this.sections.abbrev, '.debug_abbrev'), offset, unit);
      this.tables.set(key, table);
    }
    this.lastTable = { of: unit, table };
    return table;
  }

  /** The bytes of a unit, as a cursor that everyone shares: set it and read on at once. */
  bytesOf(unit: Unit): Bytes {
    let bytes = this.loaded.get(unit);
    if (bytes) {
      if (this.last !== unit) {
        this.loaded.delete(unit);
        this.loaded.set(unit, bytes);
      }
    } else {
      bytes = new Bytes(this.sections.info!.read(unit.offset, unit.end - unit.offset));
      this.loaded.set(unit, bytes);
      this.loadedBytes += bytes.end;
      for (const [other, { end }] of this.loaded) {
        if (this.loadedBytes <= KEPT_BYTES || other === unit) break;
        this.loaded.delete(other);
        this.loadedBytes -= end;
        other.root?.forget();
      }
    }
    this.last = unit;
    return bytes;
  }

  private last: Unit | undefined;
}

const HEADER = 32;
