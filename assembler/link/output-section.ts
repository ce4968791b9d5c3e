/** Sections of the image, and how the inputs' sections are merged into them. */
import { type Section, SHF, SHT } from '../section.js';
import type { LinkInput } from './input.js';

/** A section of the image: the parts of that name from all inputs. */
export class OutputSection {
  readonly parts: Section[] = [];
  align = 1;
  entrySize = 0;
  address = 0n;
  size = 0;
  bytes = new Uint8Array(0);

  constructor(
    readonly name: string,
    public type: number,
    public flags: number,
  ) {}

  get allocated(): boolean {
    return (this.flags & SHF.ALLOC) !== 0;
  }
  get hasContents(): boolean {
    return this.type !== SHT.NOBITS;
  }

  add(part: Section): void {
    // What only reserves room has zeros for its contents where others have some.
    if (part.hasContents) this.type = this.hasContents ? this.type : part.type;
    // Strings are not merged, so that only sections of nothing else may be said to hold them.
    const mergeable = SHF.MERGE | SHF.STRINGS;
    const alike = (this.flags & mergeable) === (part.flags & mergeable) && this.entrySize === part.entrySize;
    if (!alike) this.entrySize = 0;
    this.flags = (this.flags | part.flags) & ~(alike ? 0 : mergeable);
    this.parts.push(part);
    this.align = Math.max(this.align, part.align, part.executable ? 2 : 1);
  }
}

/** `.text.f` goes into `.text`, as linkers have it. */
const merged =
  /^\.(text|rodata|srodata|data\.rel\.ro|data|bss|sdata|sbss|tdata|tbss|preinit_array|init_array|fini_array|ctors|dtors|gcc_except_table)(?=\.)/;

function outputName(name: string): string {
  return merged.exec(name)?.[0] ?? name;
}

/** Order in the image: code, constants, then data, what has no contents last. */
function rank({ flags, type, name }: OutputSection): number {
  if (!(flags & SHF.ALLOC)) return 12;
  if (flags & SHF.EXECINSTR) return name === '.init' ? 0 : flags & SHF.WRITE ? 4 : 1;
  if (!(flags & SHF.WRITE)) return name.startsWith('.eh_frame') ? 3 : 2;
  if (flags & SHF.TLS) return type === SHT.NOBITS ? 6 : 5;
  if (type === SHT.NOBITS) return name.startsWith('.s') ? 9 : 10;
  return name === '.sdata' ? 8 : 7;
}

/** Parts of these run in the order of the number that their names end in, those without one last (GNU ld, SORT_BY_INIT_PRIORITY). */
const prioritised = /^\.(preinit_array|init_array|fini_array)(?:\.(\d+))?$/;

function byPriority(section: OutputSection): void {
  if (!prioritised.test(section.name)) return;
  const priority = ({ name }: Section) => Number(prioritised.exec(name)?.[2] ?? 65536);
  section.parts.sort((a, b) => priority(a) - priority(b));
}

/** The sections of all inputs, merged by name. */
export class Sections {
  private readonly byName = new Map<string, OutputSection>();

  /** Empty sections are left out, unless a label is there. */
  constructor(inputs: readonly LinkInput[], made: readonly Section[]) {
    const labelled = new Set<Section>();
    for (const input of inputs)
      for (const { meaning, name } of input.symbolList())
        if (meaning?.kind === 'label' && name !== '') labelled.add(meaning.chunk.section);
    const isEmpty = ({ chunks, chunk }: Section) => chunks.length === 1 && chunk.length === 0;
    for (const parts of [...inputs.map((input) => input.sectionList()), made])
      for (const part of parts) if (!part.discarded && (!isEmpty(part) || labelled.has(part))) this.add(part);
  }

  /** Add a part, once. */
  add(part: Section): void {
    const name = outputName(part.name);
    let section = this.byName.get(name);
    if (!section) {
      section = new OutputSection(name, part.type, part.flags);
      section.entrySize = part.entrySize;
      this.byName.set(name, section);
    }
    if (!section.parts.includes(part)) section.add(part);
  }

  /** In the order that they lie in the image. */
  sorted(): OutputSection[] {
    const list = [...this.byName.values()];
    list.forEach(byPriority);
    const sorted = list.sort((a, b) => rank(a) - rank(b));
    // Threads copy the template from where it is aligned as all of it has to be.
    const threadLocal = sorted.filter(({ flags }) => flags & SHF.TLS);
    if (threadLocal[0]) threadLocal[0].align = Math.max(...threadLocal.map(({ align }) => align));
    return sorted;
  }
}
