import { part } from '../../emulator/byte-source.js';
import { Bytes } from '../../emulator/bytes.js';
import { type Abbreviation, type Abbreviations, skipValues } from './abbreviations.js';
import { Die } from './die.js';
import { At } from './dwarf.js';
import { type FormContext, readForm, type Value } from './forms.js';
import type { Info } from './info.js';
import { reading } from './reading.js';
import { type InfoSections, need } from './sections.js';

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
