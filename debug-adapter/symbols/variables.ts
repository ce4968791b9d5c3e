import { Bytes } from '../../emulator/bytes.js';
import { At, Tag } from './dwarf.js';
import type { CFunction, Image } from './image.js';
import type { Die } from './info.js';
import type { CType } from './types.js';

/** A parameter or local variable of a function, visible at a place in it. */
export interface LocalVariable {
  readonly name: string;
  readonly type: CType;
  /** The location expression that holds at the place; undefined: the compiler kept the value nowhere there. */
  readonly location?: Uint8Array;
  readonly die: Die;
}

/** The variables of a function that are visible at `pc`, inner ones hiding outer ones of the same name. */
export function localsAt(image: Image, { die }: CFunction, pc: bigint): LocalVariable[] {
  const found = new Map<string, LocalVariable>();
  const visit = (scope: Die) => {
    for (const child of scope.children) {
      if (child.tag === Tag.formalParameter || child.tag === Tag.variable) {
        const { name } = child;
        if (name && child.number(At.declaration) === undefined)
          found.set(name, { name, type: image.types.of(child), location: locationAt(child, pc), die: child });
      } else if (child.tag === Tag.lexicalBlock && contains(child, pc)) visit(child);
    }
  };
  visit(die);
  return [...found.values()];
}

/** Does a block's code contain the address? A block with ranges in several pieces is taken to. */
function contains(block: Die, pc: bigint): boolean {
  const low = block.number(At.lowPc);
  const high = block.number(At.highPc);
  if (low === undefined || high === undefined) return true;
  return pc >= low && pc < (high > low ? high : low + high);
}

/** The location expression of a variable at an address. */
function locationAt(die: Die, pc: bigint): Uint8Array | undefined {
  const value = die.get(At.location);
  if (value?.is === 'block') return value.value;
  if (value?.is !== 'section-offset' && value?.is !== 'loclist-index') return undefined;
  const { unit } = die;
  const base = unit.root?.number(At.lowPc) ?? 0n;
  return unit.guard(() => {
    if (unit.version < 5) return unit.sections.loc && entryV4(new Bytes(unit.sections.loc, value.value), base, pc);
    const { loclists } = unit.sections;
    if (!loclists) return undefined;
    let offset = value.value;
    if (value.is === 'loclist-index') {
      const table = Number(unit.root?.number(At.loclistsBase) ?? BigInt(unit.offsetSize === 4 ? 12 : 20));
      offset = table + new Bytes(loclists, table + value.value * unit.offsetSize).offset(unit.offsetSize);
    }
    return entryV5(new Bytes(loclists, offset), base, pc, (index) => unit.address(index));
  });
}

/** A location list of version 4 (DWARF 4, section 2.6.2). */
function entryV4(at: Bytes, unitBase: bigint, pc: bigint): Uint8Array | undefined {
  let base = unitBase;
  for (;;) {
    const [low, high] = [at.u64(), at.u64()];
    if (low === 0n && high === 0n) return undefined;
    if (low === 0xffffffffffffffffn) {
      base = high;
      continue;
    }
    const expression = at.bytes(at.u16());
    if (pc >= base + low && pc < base + high) return expression;
  }
}

/** A location list of version 5 (section 7.7.3). */
function entryV5(at: Bytes, unitBase: bigint, pc: bigint, address: (index: number) => bigint): Uint8Array | undefined {
  let base = unitBase;
  let otherwise: Uint8Array | undefined;
  for (;;) {
    let [low, high] = [0n, 0n];
    const kind = at.u8();
    switch (kind) {
      case 0x00: // end_of_list
        return otherwise;
      case 0x01: // base_addressx
        base = address(at.count());
        continue;
      case 0x02: // startx_endx
        [low, high] = [address(at.count()), address(at.count())];
        break;
      case 0x03: // startx_length
        low = address(at.count());
        high = low + at.uleb();
        break;
      case 0x04: // offset_pair
        [low, high] = [base + at.uleb(), base + at.uleb()];
        break;
      case 0x05: // default_location
        otherwise = at.bytes(at.count());
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
        throw new RangeError(`location list entry ${kind} is not understood`);
    }
    const expression = at.bytes(at.count());
    if (pc >= low && pc < high) return expression;
  }
}
