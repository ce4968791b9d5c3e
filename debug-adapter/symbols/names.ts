import type { ByteSource } from '../../emulator/byte-source.js';
import type { Bytes } from '../../emulator/bytes.js';
import type { Abbreviation } from './abbreviations.js';
import { At, Tag } from './dwarf.js';
import { skipForm, stringIndex } from './forms.js';
import type { Die } from './die.js';
import type { Info } from './info.js';
import type { Unit } from './unit.js';
import { unitsWith } from './units-with.js';

/** What a name may stand for. */
export type NameKind = 'variable' | 'function' | 'type';

const classTags = new Set<number>([Tag.structType, Tag.unionType, Tag.classType]);
const typeTags = new Set<number>([...classTags, Tag.enumerationType, Tag.typedef, Tag.baseType]);
const encoder = new TextEncoder();
const CHUNK = 1 << 20;

/** Where in .debug_str a name stands. */
type Place = number;

/**
 * DIEs by name: variables and types of files and namespaces, and functions. A string of .debug_str is known by its offset, so that a pass over
 * units reads none. Of a few units a table is made at the first question; of many only those are passed that have the name at all.
 */
export class Names {
  private table: Record<NameKind, Table> | undefined;

  /** @param many so many units that a table of all their names takes too long */
  constructor(
    private readonly info: Info,
    private readonly many = 500,
  ) {}

  /** The DIEs that have the name and define something, in their order. They are looked for as they are asked for. */
  *find(kind: NameKind, name: string): Iterable<Die> {
    const { str } = this.info.sections;
    const places = str ? [...placesOf(str, name)] : [];
    const isMany = this.info.units.length > this.many;
    for (const offset of isMany ? this.among(kind, name, places) : this.listed(kind, name, places)) {
      const die = this.dieAt(offset);
      if (die) yield die;
    }
  }

  private dieAt(offset: number): Die | undefined {
    try {
      return this.info.find(offset);
    } catch {
      return undefined;
    }
  }

  private listed(kind: NameKind, name: string, places: readonly Place[]): number[] {
    this.table ??= this.tableOfAll();
    const { byOffset, byText } = this.table[kind];
    const found = [...places.flatMap((place) => byOffset.get(place) ?? []), ...(byText.get(name) ?? [])];
    return found.sort((a, b) => a - b);
  }

  private tableOfAll(): Record<NameKind, Table> {
    const empty = (): Table => ({ byOffset: new Map(), byText: new Map() });
    const table = { variable: empty(), function: empty(), type: empty() };
    for (const unit of this.info.units)
      this.pass(unit, (kind, offset, name) => {
        if (typeof name === 'number') put(table[kind].byOffset, name, offset);
        else put(table[kind].byText, name, offset);
      });
    return table;
  }

  private *among(kind: NameKind, name: string, places: readonly Place[]): Iterable<number> {
    const wanted = new Set(places);
    for (const unit of unitsWith(this.info, name, wanted)) {
      const found: number[] = [];
      this.pass(unit, (of, offset, its) => {
        if (of === kind && (typeof its === 'number' ? wanted.has(its) : its === name)) found.push(offset);
      });
      yield* found;
    }
  }

  // A pass over a unit

  /** Tell of everything that a unit defines. */
  private pass(unit: Unit, visit: Visit): void {
    const { root } = unit;
    if (root && unit.cplusplus) this.nested(root, unit, visit, 0);
    else unit.walk((abbreviation, offset, at) => this.see(abbreviation, offset, at, unit, visit));
  }

  /** A DIE of the top: of most only what stands before the name is passed over, and where that lies is read. */
  private see(abbreviation: Abbreviation, offset: number, at: Bytes, unit: Unit, visit: Visit): void {
    let shape = this.shapes.get(abbreviation);
    if (shape === undefined) {
      const { tag, attributes } = abbreviation;
      const kind = kindOf(tag, (wanted) => attributes.some(({ attribute }) => attribute === wanted));
      shape = kind ? { kind, name: attributes.findIndex(({ attribute }) => attribute === At.name) } : 'none';
      this.shapes.set(abbreviation, shape);
    }
    if (shape === 'none') return;
    const { kind, name } = shape;
    for (let n = 0; n < name; n++) skipForm(at, abbreviation.attributes[n]!.form, unit);
    const place = name >= 0 ? this.placeOf(abbreviation.attributes[name]!.form, at, unit) : undefined;
    if (place !== undefined) visit(kind, offset, place);
    else {
      const die = this.dieAt(offset);
      if (die) this.tell(kind, die, unit, visit);
    }
  }

  /** What DIEs of an abbreviation define, and the number of the attribute that is their name, or -1. */
  private readonly shapes = new WeakMap<Abbreviation, { readonly kind: NameKind; readonly name: number } | 'none'>();

  /** Where in .debug_str a value that comes next lies, if its form says so. */
  private placeOf(form: number, at: Bytes, unit: Unit): Place | undefined {
    if (form === STRP && unit.offsetSize === 4) return at.u32();
    const index = stringIndex(at, form);
    return index === undefined ? undefined : unit.guard(() => unit.stringOffset(index));
  }

  /** The same where namespaces lie within each other, and types in classes: what else a class has is found by way of it. */
  private nested(parent: Die, unit: Unit, visit: Visit, depth: number): void {
    const ofClass = classTags.has(parent.tag);
    for (const die of unit.guarded(parent)) {
      const kind = kindOf(die.tag, (attribute) => die.get(attribute) !== undefined);
      if (kind && (!ofClass || kind === 'type')) this.tell(kind, die, unit, visit);
      if ((die.tag === Tag.namespace || classTags.has(die.tag)) && depth < 16) this.nested(die, unit, visit, depth + 1);
    }
  }

  /** A DIE's own name, or that of what it is an instance of. */
  private tell(kind: NameKind, die: Die, unit: Unit, visit: Visit): void {
    let named: Die | undefined;
    for (const each of die.lineage())
      if (each.get(At.name)) {
        named = each;
        break;
      }
    const value = named?.get(At.name);
    if (!named || !value) return;
    if (value.is === 'str') visit(kind, die.offset, value.value);
    else if (value.is === 'string-index') {
      const offset = unit.guard(() => named.unit.stringOffset(value.value));
      if (offset !== undefined) visit(kind, die.offset, offset);
    } else {
      const text = named.string(At.name);
      if (text !== undefined) visit(kind, die.offset, text);
    }
  }
}

interface Table {
  readonly byOffset: Map<Place, number[]>;
  readonly byText: Map<string, number[]>;
}

/** Hears what a unit defines. */
type Visit = (kind: NameKind, offset: number, name: Place | string) => void;

/** DIEs of one name that a table has. */
const MOST_ALIKE = 64;

const STRP = 0x0e;

function put<K>(map: Map<K, number[]>, key: K, offset: number): void {
  const list = map.get(key);
  if (!list) map.set(key, [offset]);
  else if (list.length < MOST_ALIKE) list.push(offset);
}

/** What a DIE with these attributes defines, if anything. */
function kindOf(tag: number, has: (attribute: number) => boolean): NameKind | undefined {
  if (tag === Tag.variable)
    return has(At.location) || (has(At.constValue) && !has(At.declaration)) ? 'variable' : undefined;
  if (tag === Tag.subprogram) return has(At.lowPc) || has(At.ranges) || has(At.inline) ? 'function' : undefined;
  return typeTags.has(tag) && !has(At.declaration) ? 'type' : undefined;
}

/** Where a text stands in a section of strings; also at the end of longer strings, for linkers let strings share their ends. */
function* placesOf(section: ByteSource, name: string): Iterable<number> {
  const wanted = encoder.encode(`${name}\0`);
  for (let start = 0; start < section.size; start += CHUNK) {
    const chunk = section.read(start, Math.min(CHUNK + wanted.length, section.size - start));
    for (let at = chunk.indexOf(wanted[0]); at >= 0 && at < CHUNK; at = chunk.indexOf(wanted[0], at + 1)) {
      let n = 1;
      while (n < wanted.length && chunk[at + n] === wanted[n]) n++;
      if (n === wanted.length) yield start + at;
    }
  }
}
