import type { ByteSource } from '../../emulator/byte-source.js';
import { Bytes } from '../../emulator/bytes.js';
import { Abbreviations } from './abbreviations.js';
import type { Die } from './die.js';
import type { FormContext } from './forms.js';
import { type InfoSections, need } from './sections.js';
import { Unit } from './unit.js';

/** Bytes of units that are kept in memory, and tables of abbreviations. */
const KEPT_BYTES = 32 << 20;
const KEPT_TABLES = 256;
const LARGE = 32 << 20;

const HEADER = 32;

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
