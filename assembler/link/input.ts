/** What is linked: anything with sections and symbols, be it made from source or read from an object file. */
import type { Section } from '../section.js';
import type { SourceSymbol } from '../symbol.js';

export interface LinkInput {
  /** As diagnostics name it. */
  readonly name: string;
  /** All symbols that it defines or mentions. */
  symbolList(): Iterable<SourceSymbol>;
  sectionList(): Iterable<Section>;
  /** The section that an undefined symbol's name stands for. */
  sectionCalled?(name: string): Section | undefined;
}

/** Is this a name that every input sees? */
export const isGlobal = ({ binding }: SourceSymbol): boolean => binding === 'global' || binding === 'weak';

/**
 * Of groups of one name, the first input's is kept (gABI, "Section Groups"): inline functions and templates, which are compiled
 * into every object that uses them. The others' symbols become mentions of the first's.
 */
export function dropDuplicateGroups(inputs: readonly LinkInput[]): void {
  const owners = new Map<string, LinkInput>();
  for (const input of inputs) {
    let dropped = false;
    for (const section of input.sectionList()) {
      if (section.group === undefined) continue;
      const owner = owners.get(section.group);
      if (!owner) owners.set(section.group, input);
      else if (owner !== input) dropped = section.discarded = true;
    }
    if (!dropped) continue;
    for (const symbol of input.symbolList()) {
      if (symbol.meaning?.kind !== 'label' || !symbol.meaning.chunk.section.discarded) continue;
      symbol.meaning = isGlobal(symbol) ? undefined : { kind: 'value', value: 0n };
      symbol.size = undefined;
      symbol.discarded = true;
    }
  }
}
