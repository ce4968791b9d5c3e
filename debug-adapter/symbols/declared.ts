import { At, Tag } from './dwarf.js';
import { qualifiedName } from './functions.js';
import type { Die } from './die.js';
import type { Info } from './info.js';
import type { Loading } from './loading.js';
import { evaluateLocation } from './location.js';
import type { Names } from './names.js';
import type { Places } from './places.js';
import type { SymbolTable } from './symbol-table.js';
import { type CType, type Member, Types } from './types.js';

/** A variable of a file. */
export interface Global {
  readonly va: bigint;
  readonly type: CType;
}

/** What a file declares besides code: types, variables, constants; by name. */
export class Declared {
  readonly types = new Types();

  constructor(
    private readonly loading: Loading,
    private readonly info: Info,
    private readonly places: Places,
    private readonly names: Names,
    private readonly symbols: () => SymbolTable,
  ) {}

  private readonly structTypes = new Map<string, CType | undefined>();

  /** A struct by its tag. */
  struct(tag: string): Extract<CType, { kind: 'struct' }> | undefined {
    if (!this.structTypes.has(tag)) {
      const die = first(
        this.names.find('type', tag),
        (each) =>
          each.number(At.byteSize) !== undefined && each.tag !== Tag.baseType && each.tag !== Tag.enumerationType,
      );
      this.structTypes.set(tag, die && this.types.read(die));
    }
    const type = this.structTypes.get(tag);
    return type?.kind === 'struct' ? type : undefined;
  }

  private readonly namedTypes = new Map<string, CType | undefined>();

  /** A typedef or class by its name, in C++ with what it lies in or without; or `enum` and a tag. */
  namedType(words: string): CType | undefined {
    if (!this.namedTypes.has(words)) {
      const [name, isEnum] = words.startsWith('enum ') ? [words.slice(5), true] : [words, false];
      const fits = isEnum
        ? [Tag.enumerationType]
        : [Tag.typedef, Tag.classType, Tag.structType, Tag.unionType, Tag.enumerationType];
      // What stands between angle brackets is part of the last name.
      const [, , last = name] = /^((?:\w+::)*)(\w+.*)$/.exec(name) ?? [];
      const found = first(
        this.names.find('type', last),
        (die) => fits.some((tag) => tag === die.tag) && isMeant(die, name, last),
      );
      this.namedTypes.set(words, found && this.types.read(found));
    }
    return this.namedTypes.get(words);
  }

  /** Variables of files, by name. */
  readonly globals = { get: (name: string): Global | undefined => this.global(name) };

  private readonly globalsKnown = new Map<string, (Global & { linked: bigint }) | undefined>();

  private global(name: string): Global | undefined {
    if (!this.globalsKnown.has(name)) {
      // A variable has a symbol of its name; C++ writes some more to it.
      const possible = !this.info.isLarge || this.symbols().named(name) !== undefined;
      const last = name.split('::').at(-1)!;
      const dies = possible ? this.names.find('variable', last) : [];
      let found: (Global & { linked: bigint }) | undefined;
      for (const die of dies) {
        if (!isMeant(die, name, last)) continue;
        found = this.globalOf(die);
        if (found) break;
      }
      this.globalsKnown.set(name, found);
    }
    const found = this.globalsKnown.get(name);
    return found && { ...found, va: this.loading.running(found.linked) };
  }

  private globalOf(die: Die): (Global & { linked: bigint }) | undefined {
    const location = die.get(At.location);
    if (location?.is !== 'block') return undefined;
    const where = evaluateLocation(location.value, {
      register: () => undefined,
      read: () => undefined,
      address: (index) => die.unit.address(index),
    });
    if (where?.in !== 'memory' || where.va === 0n) return undefined;
    return { va: where.va, linked: where.va, type: this.types.of(die) };
  }

  /** The variables of the file that an address's code comes from, of its namespaces too. */
  globalsAround(va: bigint): { name: string; global: Global }[] {
    const unit = this.places.unitAt(this.loading.linked(va));
    const found: { name: string; global: Global }[] = [];
    const visit = (parent: Die, depth: number) => {
      for (const die of parent.unit.guarded(parent)) {
        if (die.tag === Tag.namespace && depth < 16) visit(die, depth + 1);
        const global = die.tag === Tag.variable ? this.globalOf(die) : undefined;
        const name = global && qualifiedName(die);
        if (name) found.push({ name, global: { ...global, va: this.loading.running(global.va) } });
      }
    };
    if (unit?.root) visit(unit.root, 0);
    return found;
  }

  /** A constant that the compiler kept no place for, such as a `static const`. */
  constant(name: string): bigint | undefined {
    for (const die of this.names.find('variable', name)) {
      const value = die.number(At.constValue);
      if (value !== undefined) return value;
    }
    return undefined;
  }
}

/** A member by name. */
export function member(type: CType | undefined, name: string): Member | undefined {
  return type?.kind === 'struct' ? type.members.find((candidate) => candidate.name === name) : undefined;
}

/** In C++: does it lie in the namespaces and classes that the name has in front of its last part, whatever lies around those? */
const isMeant = (die: Die, name: string, last: string) =>
  name === last || `::${qualifiedName(die)}`.endsWith(`::${name}`);

/** The first of them that is meant; those behind it are not looked for. */
function first(dies: Iterable<Die>, isMeant: (die: Die) => boolean): Die | undefined {
  for (const die of dies) if (isMeant(die)) return die;
  return undefined;
}
