/** Sections of the image, and how the units' sections are merged into them. */
import { type Section, SHF, SHT } from './section.js';
import type { Unit } from './unit.js';

/** A section of the image: the parts of that name from all units. */
export class OutputSection {
  readonly parts: Section[] = [];
  align = 1;
  entrySize = 0;
  address = 0n;
  size = 0;
  bytes = new Uint8Array(0);

  constructor(
    readonly name: string,
    readonly type: number,
    public flags: number,
  ) {}

  get allocated(): boolean {
    return (this.flags & SHF.ALLOC) !== 0;
  }
  get hasContents(): boolean {
    return this.type !== SHT.NOBITS;
  }
}

/** `.text.f` goes into `.text`, as linkers have it. */
function outputName(name: string): string {
  return /^\.(text|rodata|srodata|data|bss|sdata|sbss|tdata|tbss|init_array|fini_array)(?=\.)/.exec(name)?.[0] ?? name;
}

/** Order in the image: code, constants, then data, what has no contents last. */
function rank({ flags, type, name }: OutputSection): number {
  if (!(flags & SHF.ALLOC)) return 9;
  if (flags & SHF.EXECINSTR) return flags & SHF.WRITE ? 3 : 0;
  if (!(flags & SHF.WRITE)) return 1;
  if (flags & SHF.TLS) return type === SHT.NOBITS ? 5 : 4;
  if (type === SHT.NOBITS) return name.startsWith('.s') ? 7 : 8;
  return 6;
}

/**
 * Merge the sections of all units by name, in the order that they lie in the image. Empty ones are left out, unless a label is there.
 * @param more sections that no unit has
 */
export function mergeSections(units: readonly Unit[], more: readonly Section[]): OutputSection[] {
  const byName = new Map<string, OutputSection>();
  const labelled = new Set<Section>();
  for (const unit of units)
    for (const { meaning } of unit.symbols.values()) if (meaning?.kind === 'label') labelled.add(meaning.chunk.section);
  for (const parts of [...units.map(({ sections }) => [...sections.values()]), more]) {
    for (const part of parts) {
      const empty = part.chunks.length === 1 && part.chunk.length === 0;
      if (empty && !labelled.has(part)) continue;
      const name = outputName(part.name);
      let section = byName.get(name);
      if (!section) {
        section = new OutputSection(name, part.type, part.flags);
        section.entrySize = part.entrySize;
        byName.set(name, section);
      }
      section.flags |= part.flags;
      section.parts.push(part);
      section.align = Math.max(section.align, part.align, part.executable ? 2 : 1);
    }
  }
  return [...byName.values()].sort((a, b) => rank(a) - rank(b));
}
