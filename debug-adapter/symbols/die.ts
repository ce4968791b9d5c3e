import type { Abbreviation } from './abbreviations.js';
import { At } from './dwarf.js';
import type { Value } from './forms.js';
import { stringAt } from './reading.js';
import type { Unit } from './unit.js';

/** A debugging information entry. Its values and its children are read when they are looked at. */
export class Die {
  private values: ReadonlyMap<number, Value> | undefined;
  private list: readonly Die[] | undefined;

  constructor(
    readonly unit: Unit,
    readonly offset: number,
    private readonly abbreviation: Abbreviation,
    /** Where its values begin, in .debug_info. */
    readonly valuesAt: number,
  ) {}

  get tag(): number {
    return this.abbreviation.tag;
  }

  get(attribute: number): Value | undefined {
    this.values ??= this.unit.guard(() => this.unit.values(this.abbreviation, this.valuesAt)) ?? new Map();
    return this.values.get(attribute);
  }

  get hasChildren(): boolean {
    return this.abbreviation.children;
  }

  get children(): readonly Die[] {
    if (!this.hasChildren) return [];
    this.list ??= [...this.unit.guarded(this)];
    return this.list;
  }

  /** Forget the children; they are read again when they are looked at again. */
  forget(): void {
    this.list = undefined;
  }

  /** Where the DIE after this one and all within it begins. @throws RangeError */
  get end(): number {
    return this.unit.after(this.abbreviation, this.valuesAt);
  }

  /** Where its first child would begin. @throws RangeError */
  get childrenAt(): number {
    return this.unit.afterValues(this.abbreviation, this.valuesAt);
  }

  string(attribute: number): string | undefined {
    const value = this.get(attribute);
    if (value?.is === 'string') return value.value;
    const { unit } = this;
    const { sections } = unit;
    if (value?.is === 'str') return unit.guard(() => stringAt(sections.str, value.value));
    if (value?.is === 'line-str') return unit.guard(() => stringAt(sections.lineStr, value.value));
    if (value?.is !== 'string-index') return undefined;
    return unit.guard(() => stringAt(sections.str, unit.stringOffset(value.value)));
  }

  /** A constant, an address or a section offset. */
  number(attribute: number): bigint | undefined {
    const value = this.get(attribute);
    if (value?.is === 'number' || value?.is === 'address') return value.value;
    if (value?.is === 'section-offset') return BigInt(value.value);
    if (value?.is !== 'address-index') return undefined;
    return this.unit.guard(() => this.unit.address(value.value));
  }

  /** The DIE that a reference names. */
  die(attribute: number): Die | undefined {
    const value = this.get(attribute);
    return value?.is === 'reference' ? this.unit.guard(() => this.unit.info.find(value.value)) : undefined;
  }

  /** What this one is an instance or the definition of (DW_AT_abstract_origin, DW_AT_specification). */
  get origin(): Die | undefined {
    return this.die(At.abstractOrigin) ?? this.die(At.specification);
  }

  /** Itself, what it is an instance of, and so on; an attribute that one lacks is the next one's. */
  *lineage(): Iterable<Die> {
    let die: Die | undefined = this;
    for (let depth = 0; die && depth < 4; depth++) {
      yield die;
      die = die.origin;
    }
  }

  /** The name, also of a definition that leaves it to its declaration. */
  get name(): string | undefined {
    for (const die of this.lineage()) {
      const name = die.string(At.name);
      if (name !== undefined) return name;
    }
    return undefined;
  }
}
