/** A symbol in all files that mean the same by its name. */
import { includedPath, includesIn } from './includes.js';
import { type Beside, besides } from './program.js';
import type { Names, SourceName } from './symbols.js';

export interface Files extends Beside {
  /** Paths of open documents: they may be of the same program, wherever they lie. */
  readonly open: readonly string[];
  /** The names of a file; undefined where there is none. */
  names(path: string): Names | undefined;
}

/** A source, which comes first, with all that it includes: one name is one thing in it. */
type Unit = ReadonlySet<string>;
const sourceOf = ([source]: Unit) => source!;

/**
 * Files by path in which a name stands for what it does in one of them. What units define for themselves is known where they include the same file;
 * a global symbol in all sources that belong together, or that could mean no other.
 */
export function everywhere(path: string, name: string, files: Files): Map<string, SourceName> {
  const units = unitsOf(path, files);
  const entryIn = (file: string) =>
    files.read(file)?.includes(name) ? (files.names(file)?.named(name) ?? undefined) : undefined;
  const defines = (file: string) => (entryIn(file)?.definitions.length ?? 0) > 0;

  // Who includes a file that defines it means the same; and so on, for that may be defined again.
  const own = new Set(units.filter((unit) => unit.has(path)).flatMap((unit) => [...unit]));
  for (let before = 0; before < own.size; ) {
    before = own.size;
    for (const unit of units) if ([...unit].some((file) => own.has(file) && defines(file))) add(own, unit);
  }
  const isGlobal = (unit: Unit) => [...unit].some((file) => entryIn(file) && files.names(file)!.isGlobal(name));
  const isDefined = [...own].some(defines);
  if (!isDefined || isGlobal(own)) {
    const others = units.filter((unit) => !own.has(sourceOf(unit)) && [...unit].some(entryIn));
    const defining = others.filter((unit) => [...unit].some(defines));
    const definers = defining.filter(isGlobal);
    // Where several define it, as programs in one folder do, it is that of this one's program.
    const isOne = definers.length + (isDefined ? 1 : 0) === 1;
    const program = isOne ? [] : besides(path, files.read(path) ?? '', files).map((each) => each.name);
    for (const unit of others) {
      const mayMean = !defining.includes(unit) || (definers.includes(unit) && !isDefined);
      if (mayMean && (isOne || program.includes(sourceOf(unit)))) add(own, unit);
    }
  }
  return new Map([...own].flatMap((file) => [[file, entryIn(file)] as const]).filter(isThere));
}

const add = (to: Set<string>, unit: Unit) => {
  for (const file of unit) to.add(file);
};
const isThere = (pair: readonly [string, SourceName | undefined]): pair is readonly [string, SourceName] =>
  pair[1] !== undefined;

/** Files that may be of a program with one: it, what is open, sources beside it, and all that these include. */
export function filesAround(path: string, files: Files): Set<string> {
  return new Set(unitsOf(path, files).flatMap((unit) => [...unit]));
}

function unitsOf(path: string, files: Files): Unit[] {
  const sources = new Set([path, ...files.open, ...(files.beside?.(path) ?? []).slice(0, MOST_SOURCES)]);
  return [...sources].map((source) => {
    const unit = new Set([source]);
    // A set's iterator comes to what is added on the way.
    for (const file of unit)
      for (const each of includesIn(files.read(file) ?? '')) unit.add(includedPath(each.path, file));
    return unit;
  });
}
/** More sources of a folder are not looked at. */
const MOST_SOURCES = 200;
