import type { ByteSource } from '../../emulator/byte-source.js';
import type { Bytes } from '../../emulator/bytes.js';
import type { Abbreviation } from './abbreviations.js';
import { At, Tag } from './dwarf.js';
import { skipForm, stringIndex } from './forms.js';
import type { Die, Info, Unit } from './info.js';

/** What a name may stand for. */
export type NameKind = 'variable' | 'function' | 'type';

const typeTags = new Set<number>([
  Tag.structType,
  Tag.unionType,
  Tag.classType,
  Tag.enumerationType,
  Tag.typedef,
  Tag.baseType,
]);
const encoder = new TextEncoder();
const CHUNK = 1 << 20;

/**
 * DIEs by name: variables and types of files and namespaces, and functions. Made of one pass over all units, at the first question. A string
 * of .debug_str is known by its offset, so that the pass reads none.
 */
export class Names {
  private index: Record<NameKind, { byOffset: Map<number, number[]>; byText: Map<string, number[]> }> | undefined;

  constructor(private readonly info: Info) {}

  /** The DIEs that have the name and define something. */
  find(kind: NameKind, name: string): Die[] {
    const { str, lineStr } = this.info.sections;
    const places = str ? [...placesOf(str, name)] : [];
    // Short names may stand in the DIEs themselves.
    if (places.length === 0 && this.info.units.length > MANY && name.length > SHORT && !lineStr) return [];
    const { byOffset, byText } = this.all[kind];
    const offsets = [...places.flatMap((place) => byOffset.get(place) ?? []), ...(byText.get(name) ?? [])];
    return offsets.sort((a, b) => a - b).flatMap((offset) => this.dieAt(offset) ?? []);
  }

  private dieAt(offset: number): Die | undefined {
    try {
      return this.info.find(offset);
    } catch {
      return undefined;
    }
  }

  private get all() {
    if (this.index) return this.index;
    const empty = () => ({ byOffset: new Map<number, number[]>(), byText: new Map<string, number[]>() });
    this.index = { variable: empty(), function: empty(), type: empty() };
    for (const unit of this.info.units) {
      const { root } = unit;
      if (root && unit.cplusplus) this.scan(root, unit, 0);
      else unit.walk((abbreviation, offset, at) => this.see(abbreviation, offset, at, unit));
    }
    return this.index;
  }

  /** A DIE of the top: of most only what stands before the name is passed over, and where that lies is read. */
  private see(abbreviation: Abbreviation, offset: number, at: Bytes, unit: Unit): void {
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
    if (place !== undefined) put(this.index![kind].byOffset, place, offset, kind);
    else {
      const die = this.dieAt(offset);
      if (die) this.add(kind, die, unit);
    }
  }

  /** What DIEs of an abbreviation define, and the number of the attribute that is their name, or -1. */
  private readonly shapes = new WeakMap<Abbreviation, { readonly kind: NameKind; readonly name: number } | 'none'>();

  /** Where in .debug_str a value that comes next lies, if its form says so. */
  private placeOf(form: number, at: Bytes, unit: Unit): number | undefined {
    if (form === STRP && unit.offsetSize === 4) return at.u32();
    const index = stringIndex(at, form);
    return index === undefined ? undefined : unit.guard(() => unit.stringOffset(index));
  }

  /** The same where namespaces lie within each other. */
  private scan(parent: Die, unit: Unit, depth: number): void {
    for (const die of unit.guarded(parent)) {
      const kind = kindOf(die.tag, (attribute) => die.get(attribute) !== undefined);
      if (kind) this.add(kind, die, unit);
      if (die.tag === Tag.namespace && depth < 16) this.scan(die, unit, depth + 1);
    }
  }

  private add(kind: NameKind, die: Die, unit: Unit): void {
    let named: Die | undefined;
    for (const each of die.lineage())
      if (each.get(At.name)) {
        named = each;
        break;
      }
    const value = named?.get(At.name);
    if (!named || !value) return;
    const table = this.index![kind];
    if (value.is === 'str') put(table.byOffset, value.value, die.offset, kind);
    else if (value.is === 'string-index') {
      const offset = unit.guard(() => named.unit.stringOffset(value.value));
      if (offset !== undefined) put(table.byOffset, offset, die.offset, kind);
    } else {
      const text = named.string(At.name);
      if (text !== undefined) put(table.byText, text, die.offset, kind);
    }
  }
}

const MANY = 500;
const SHORT = 8;
const MOST_ALIKE = 64;

const STRP = 0x0e;

function put<K>(map: Map<K, number[]>, key: K, offset: number, kind: NameKind): void {
  const list = map.get(key);
  if (!list) map.set(key, [offset]);
  // A header's types come again in every unit: the first is enough.
  else if (kind !== 'type' && list.length < MOST_ALIKE) list.push(offset);
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
