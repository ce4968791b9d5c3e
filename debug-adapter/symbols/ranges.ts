import { Bytes } from '../../emulator/bytes.js';
import { At } from './dwarf.js';
import type { Die } from './die.js';
import { need } from './sections.js';
import type { Unit } from './unit.js';
import { reading } from './reading.js';

/** A piece of code: [low, high). */
export interface Range {
  readonly low: bigint;
  readonly high: bigint;
}

/** An entry of a list of ranges or of locations; without a range it holds wherever no other does. */
interface Entry {
  readonly range?: Range;
  readonly expression?: Uint8Array;
}

/** A linker leaves what it dropped at address 0 (or -1 or -2); it is nowhere. */
const dropped = (low: bigint) => low === 0n || low >= 0xfffffffffffffffen;
const MOST_ENTRIES = 100_000;

/** The code of a unit, function, block or inlined call; none: it has none, or what it says can't be read (told as a warning). */
export function rangesOf(die: Die): readonly Range[] {
  const low = die.number(At.lowPc);
  const end = die.get(At.highPc);
  if (low !== undefined && end) {
    // A constant is a length.
    const high = end.is === 'number' ? low + end.value : (die.number(At.highPc) ?? low);
    return high > low && !dropped(low) ? [{ low, high }] : [];
  }
  const value = die.get(At.ranges);
  if (!value) return [];
  const { unit } = die;
  const base = unit.root?.number(At.lowPc) ?? 0n;
  const found = unit.guard(() => {
    const entries = unit.version < 5 ? entriesV4(die, base) : entriesV5(die, base);
    return entries.flatMap(({ range }) => (range && range.high > range.low && !dropped(range.low) ? [range] : []));
  });
  return found ?? [];
}

function entriesV4(die: Die, base: bigint): Entry[] {
  const offset = die.number(At.ranges);
  const section = need(die.unit.sections.ranges, '.debug_ranges');
  return reading(section, Number(offset), 256, (at) => [...listV4(at, base, false)]);
}

function entriesV5(die: Die, base: bigint): Entry[] {
  const { unit } = die;
  const value = die.get(At.ranges);
  const section = need(unit.sections.rnglists, '.debug_rnglists');
  let offset = Number(die.number(At.ranges) ?? 0n);
  if (value?.is === 'rnglist-index') {
    const table = Number(unit.root?.number(At.rnglistsBase) ?? BigInt(unit.offsetSize === 4 ? 12 : 20));
    offset =
      table + new Bytes(section.read(table + value.value * unit.offsetSize, unit.offsetSize)).offset(unit.offsetSize);
  }
  return reading(section, offset, 128, (at) => [...listV5(at, base, unit, false)]);
}

/**
 * The location expression of a variable (or what else `attribute` says) at an address.
 */
export function locationAt(die: Die, attribute: number, pc: bigint): Uint8Array | undefined {
  const value = die.get(attribute);
  if (value?.is === 'block') return value.value;
  const { unit } = die;
  const base = unit.root?.number(At.lowPc) ?? 0n;
  const list = (entries: Iterable<Entry>) => {
    let otherwise: Uint8Array | undefined;
    for (const { range, expression } of entries) {
      if (!range) otherwise = expression;
      else if (pc >= range.low && pc < range.high) return expression;
    }
    return otherwise;
  };
  return unit.guard(() => {
    if (unit.version < 5) {
      // Version 3 writes an offset as a plain number.
      if (value?.is !== 'section-offset' && value?.is !== 'number') return undefined;
      const section = need(unit.sections.loc, '.debug_loc');
      return reading(section, Number(value.value), 512, (at) => list(listV4(at, base, true)));
    }
    if (value?.is !== 'section-offset' && value?.is !== 'loclist-index') return undefined;
    const section = need(unit.sections.loclists, '.debug_loclists');
    let offset = value.value;
    if (value.is === 'loclist-index') {
      const table = Number(unit.root?.number(At.loclistsBase) ?? BigInt(unit.offsetSize === 4 ? 12 : 20));
      offset =
        table + new Bytes(section.read(table + offset * unit.offsetSize, unit.offsetSize)).offset(unit.offsetSize);
    }
    return reading(section, offset, 512, (at) => list(listV5(at, base, unit, true)));
  });
}

/** Is what the attribute says a list, that may say nothing at some addresses? */
export const isList = (die: Die, attribute: number): boolean => {
  const value = die.get(attribute);
  return value !== undefined && value.is !== 'block';
};

/** A list of version 4 (DWARF 4, sections 2.6.2 and 2.17.3). */
function* listV4(at: Bytes, unitBase: bigint, locations: boolean): Iterable<Entry> {
  let base = unitBase;
  for (let count = 0; count < MOST_ENTRIES; count++) {
    const [low, high] = [at.u64(), at.u64()];
    if (low === 0n && high === 0n) return;
    if (low === 0xffffffffffffffffn) base = high;
    else {
      const expression = locations ? at.bytes(at.u16()) : undefined;
      yield { range: { low: BigInt.asUintN(64, base + low), high: BigInt.asUintN(64, base + high) }, expression };
    }
  }
}

/** A list of version 5: ranges (section 7.25) and locations (section 7.7.3) number their entries alike up to here, and then differ. */
function* listV5(at: Bytes, unitBase: bigint, unit: Unit, locations: boolean): Iterable<Entry> {
  let base = unitBase;
  for (let count = 0; count < MOST_ENTRIES; count++) {
    let [low, high] = [0n, 0n];
    const kind = at.u8();
    // Locations have a default entry, 5, which ranges have not.
    switch (locations || kind < 5 ? kind : kind + 1) {
      case 0x00: // end_of_list
        return;
      case 0x01: // base_addressx
        base = unit.address(at.count());
        continue;
      case 0x02: // startx_endx
        [low, high] = [unit.address(at.count()), unit.address(at.count())];
        break;
      case 0x03: // startx_length
        low = unit.address(at.count());
        high = low + at.uleb();
        break;
      case 0x04: // offset_pair
        [low, high] = [base + at.uleb(), base + at.uleb()];
        break;
      case 0x05: // default_location
        yield { expression: at.bytes(at.count()) };
        continue;
      case 0x06: // base_address
        base = at.u64();
        continue;
      case 0x07: // start_end
        [low, high] = [at.u64(), at.u64()];
        break;
      case 0x08: // start_length
        low = at.u64();
        high = low + at.uleb();
        break;
      case 0x09: // view_pair (GNU)
        at.uleb();
        at.uleb();
        continue;
      default:
        throw new RangeError(`list entry ${kind} is not understood`);
    }
    const expression = locations ? at.bytes(at.count()) : undefined;
    yield { range: { low: BigInt.asUintN(64, low), high: BigInt.asUintN(64, high) }, expression };
  }
}

export const holds = (ranges: readonly Range[], va: bigint): boolean =>
  ranges.some(({ low, high }) => va >= low && va < high);
