import { At, Tag } from './dwarf.js';
import type { Die } from './die.js';
import type { Unit } from './unit.js';
import { type Range, rangesOf } from './ranges.js';

/** A function as the debug information has it. */
export interface CFunction {
  readonly name: string;
  /** Of its first piece, where it is entered: [low, high). */
  readonly low: bigint;
  readonly high: bigint;
  /** All its pieces: compilers put what is cold elsewhere. */
  readonly ranges: readonly Range[];
  readonly die: Die;
}

/** Functions that are kept, of the units that were looked at last. */
const KEPT_UNITS = 64;

/** The functions of units, found when an address of one is looked for. Addresses are as linked. */
export class Functions {
  private readonly kept = new Map<Unit, { readonly pieces: (Range & { of: CFunction })[] }>();

  private of(unit: Unit) {
    let known = this.kept.get(unit);
    this.kept.delete(unit);
    known ??= { pieces: piecesOf(unit) };
    this.kept.set(unit, known);
    if (this.kept.size > KEPT_UNITS) this.kept.delete(this.kept.keys().next().value!);
    return known;
  }

  /** The functions of a unit, in the order of their code. */
  all(unit: Unit): CFunction[] {
    return [...new Set(this.of(unit).pieces.map(({ of }) => of))];
  }

  at(unit: Unit, va: bigint): CFunction | undefined {
    const { pieces } = this.of(unit);
    let low = 0;
    let high = pieces.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (pieces[middle].low <= va) low = middle + 1;
      else high = middle;
    }
    const piece = pieces[low - 1];
    return piece && va < piece.high ? piece.of : undefined;
  }
}

function piecesOf(unit: Unit): (Range & { of: CFunction })[] {
  const { root } = unit;
  if (!root) return [];
  const pieces: (Range & { of: CFunction })[] = [];
  for (const die of subprograms(root, 0)) {
    if (!die.get(At.lowPc) && !die.get(At.ranges)) continue;
    const ranges = rangesOf(die);
    const name = qualifiedName(die);
    if (ranges.length === 0 || !name) continue;
    const of: CFunction = { name, low: ranges[0].low, high: ranges[0].high, ranges, die };
    for (const range of ranges) pieces.push({ ...range, of });
  }
  return pieces.sort((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : 0));
}

/** A compiler puts definitions at the top, or into their namespace; GCC those of lambdas and local classes to where they are written. */
function* subprograms(parent: Die, depth: number): Iterable<Die> {
  const { unit } = parent;
  for (const die of unit.guarded(parent)) {
    if (die.tag === Tag.subprogram) yield die;
    const holds = die.tag === Tag.namespace || (unit.cplusplus && localHolders.has(die.tag));
    if (holds && depth < 16) yield* subprograms(die, depth + 1);
  }
}

const localHolders = new Set<number>([Tag.structType, Tag.classType, Tag.unionType, Tag.subprogram, Tag.lexicalBlock]);

/** The name, in C++ with the namespaces and classes around it. */
export function qualifiedName(die: Die): string | undefined {
  const { name, unit } = die;
  if (!name || !unit.cplusplus) return name;
  let declared = die;
  for (const each of die.lineage()) declared = each;
  const around = declared.unit
    .around(declared)
    .flatMap((holder) =>
      [Tag.namespace, Tag.structType, Tag.classType, Tag.unionType].some((tag) => tag === holder.tag)
        ? [holder.string(At.name) ?? '(anonymous)']
        : [],
    );
  return [...around, name].join('::');
}
