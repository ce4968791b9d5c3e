/** Memory as far as it is known: what was stored to addresses that are known, and what the program's data holds at its start. */
import { Answer, Frame, numberOf, same, type Value } from './value.js';

/** Two places that do not overlap. */
type Space = 'stack' | 'data';

interface Cell {
  readonly space: Space;
  readonly at: number;
  readonly size: number;
  readonly value: Value;
}

/** More cells are not remembered. */
const MOST = 64;

/** Reads the program's data as it is at the start, little-endian; undefined: there is none at the address. */
export type Initial = (address: number, size: number) => bigint | undefined;

export class Cells {
  private constructor(
    private readonly list: readonly Cell[],
    /** Of data that no cell stands for, it holds what it held at the program's start. */
    private readonly pristine: boolean,
  ) {}

  static readonly unknown = new Cells([], false);
  /** At the program's start. */
  static readonly initial = new Cells([], true);

  load(address: Value, size: number, initial: Initial): Value {
    const place = placeOf(address);
    if (!place) return undefined;
    const { space, at } = place;
    const inside = (each: Cell) => each.space === space && each.at <= at && each.at + each.size >= at + size;
    const cell = this.list.find(inside);
    if (cell) {
      if (cell.at === at && cell.size === size) return cell.value;
      const bits = numberOf(cell.value);
      if (bits === undefined) return undefined;
      const part = BigInt.asUintN(8 * size, bits >> BigInt(8 * (at - cell.at)));
      return cell.value instanceof Answer ? cell.value.with(part) : part;
    }
    const touched = this.list.some((each) => overlaps(each, space, at, size));
    return space === 'data' && this.pristine && !touched ? initial(at, size) : undefined;
  }

  store(address: Value, size: number, value: Value): Cells {
    const place = placeOf(address);
    if (!place) return Cells.unknown;
    const list = this.list.filter((each) => !overlaps(each, place.space, place.at, size));
    // Also one of unknown value: it is not what it was at the start.
    list.push({ ...place, size, value });
    return list.length > MOST ? Cells.unknown : new Cells(list, this.pristine);
  }

  /** Something is written behind an address, nobody knows how much. */
  spoil(address: Value): Cells {
    const space = placeOf(address)?.space;
    if (space === undefined) return Cells.unknown;
    return new Cells(
      this.list.filter((each) => each.space !== space),
      this.pristine && space === 'stack',
    );
  }

  join(other: Cells): Cells {
    if (this === other) return this;
    // Where one of them has no cell, it may have anything there, unless it is the start's.
    const pristine = this.pristine && other.pristine;
    const find = (of: Cells, { space, at, size }: Cell) =>
      of.list.find((each) => each.space === space && each.at === at && each.size === size);
    const kept = this.list.flatMap((each): Cell[] => {
      const found = find(other, each);
      if (found) return [same(found.value, each.value) ? each : { ...each, value: undefined }];
      return pristine && each.space === 'data' ? [{ ...each, value: undefined }] : [];
    });
    const more = pristine
      ? other.list
          .filter((each) => each.space === 'data' && !find(this, each))
          .map((each) => ({ ...each, value: undefined }))
      : [];
    const list = [...kept, ...more];
    const unchanged =
      pristine === this.pristine &&
      list.length === this.list.length &&
      list.every((each, n) => same(each.value, this.list[n]!.value));
    return unchanged ? this : new Cells(list, pristine);
  }
}

const overlaps = (cell: Cell, space: Space, at: number, size: number) =>
  cell.space === space && cell.at < at + size && at < cell.at + cell.size;

/** Addresses above this are no program's data. */
const HIGHEST = 2n ** 47n;

function placeOf(address: Value): { readonly space: Space; readonly at: number } | undefined {
  if (address instanceof Frame) return { space: 'stack', at: address.offset };
  return typeof address === 'bigint' && address < HIGHEST ? { space: 'data', at: Number(address) } : undefined;
}
