import { type CFunction, Functions } from './functions.js';
import type { Info } from './info.js';
import type { Unit } from './unit.js';
import type { Loading } from './loading.js';
import { type Place, type Places, upperBound } from './places.js';
import { bodyStart } from './prologue.js';
import type { Range } from './ranges.js';
import { type InlinedCall, inlinedAt } from './variables.js';

/** Where an address stands: the function, and below it the calls that were inlined there, from outside in. */
export interface Standing {
  readonly function: CFunction;
  readonly inlined: readonly InlinedCall[];
  /** The place in the function, then in each inlined call; undefined where the line is not known. */
  readonly places: readonly (Place | undefined)[];
}

/** The functions of a file's code. Addresses are those of the running code, unless they are called linked. */
export class Code {
  private readonly functions = new Functions();

  constructor(
    private readonly loading: Loading,
    private readonly info: Info,
    private readonly places: Places,
  ) {}

  at(va: bigint): CFunction | undefined {
    const found = this.linkedAt(this.loading.linked(va));
    return found && this.moved(found);
  }

  linkedAt(linked: bigint): CFunction | undefined {
    const unit = this.places.ownerAt(linked)?.unit;
    return unit && this.functions.at(unit, linked);
  }

  /** The functions of a unit, as linked. */
  linkedIn(unit: Unit): CFunction[] {
    return this.functions.all(unit);
  }

  private moved(found: CFunction): CFunction {
    if (this.loading.bias === 0n) return found;
    const move = ({ low, high }: Range) => ({ low: this.loading.running(low), high: this.loading.running(high) });
    return { ...found, ...move(found), ranges: found.ranges.map(move) };
  }

  /** All functions that the debug information has. */
  get all(): CFunction[] {
    return this.info.units.flatMap((unit) => this.functions.all(unit).map((each) => this.moved(each)));
  }

  /** The function and the inlined calls that an address lies in. */
  standingAt(va: bigint): Standing | undefined {
    const linked = this.loading.linked(va);
    const owner = this.places.ownerAt(linked);
    const found = owner?.unit && this.functions.at(owner.unit, linked);
    if (!owner || !found) return undefined;
    const inlined = inlinedAt(found.die, linked);
    const calls = inlined.map(({ file, line, column }): Place | undefined =>
      line > 0 && owner.offset >= 0 ? { file: this.places.tables.files(owner)[file] ?? '?', line, column } : undefined,
    );
    return { function: this.moved(found), inlined, places: [...calls, this.places.at(va)] };
  }

  /** Where the body of the function that an address lies in begins, where the debug information knows one. */
  bodyOf(va: bigint): bigint | undefined {
    const found = this.linkedAt(this.loading.linked(va));
    return found && this.loading.running(this.linkedBody(found));
  }

  /** The same, linked. */
  linkedBody({ low, high, die }: CFunction): bigint {
    const table = this.places.tableAt(low);
    // What an assembly function does to save registers was written by hand.
    if (!table || die.unit.assembly) return low;
    const first = upperBound(table.rows, ({ address }) => address < low);
    return bodyStart(
      low,
      high,
      table.rows.slice(first, first + MOST_PROLOGUE_ROWS),
      this.loading.bytesFrom(low, MOST_PROLOGUE),
    );
  }
}

/** Rows and bytes at a function's entry that may be its prologue. */
const MOST_PROLOGUE_ROWS = 8;
const MOST_PROLOGUE = 1024;
