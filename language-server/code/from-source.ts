/** Code from what the assembler made of sources. */
import type { Examined } from '../../assembler/examine.js';
import type { Place } from '../../assembler/diagnostics.js';
import { placeOf, type Statement, wholePlace } from '../../assembler/source.js';
import { Code, type CodeInstruction, initialOf, type Meaning, meaningOf } from './code.js';

/** The symbol that Linux programs start at. */
const START = '_start';

/** What was made of an earlier text: an instruction that is what it was is the object that it was. */
export class CodeMemory {
  instructions: readonly FromSource[] = [];
}

/** @param memory what was made of an earlier text, for the next one */
export function codeOf(
  { instructions, labels, entries, taken, data, memory: pieces }: Examined,
  memory?: CodeMemory,
): Code {
  const start = labels.get(START);
  const { addresses, words, statements, missing } = instructions;
  const before = memory?.instructions ?? [];
  const list = addresses.map((address, n) => {
    const meaning = meaningOf(words[n]!);
    const lacks = missing.size ? missing.get(address) : undefined;
    const known = before[n];
    return known?.is(address, meaning, statements[n]!, lacks)
      ? known
      : new FromSource(address, meaning, statements[n]!, lacks);
  });
  if (memory) memory.instructions = list;
  return new Code({
    instructions: list,
    labels,
    entries: [...entries].flatMap((name) => labels.get(name) ?? []),
    ...(start !== undefined && { start }),
    taken,
    data,
    initial: initialOf(pieces),
  });
}

/** An instruction of a source; where it stands there is worked out when it is asked for. */
class FromSource implements CodeInstruction {
  constructor(
    readonly address: number,
    private readonly meaning: Meaning,
    private readonly statement: Statement,
    readonly missing: string | undefined,
  ) {}

  is(address: number, meaning: Meaning, statement: Statement, missing: string | undefined): boolean {
    return (
      this.address === address && this.meaning === meaning && this.statement === statement && this.missing === missing
    );
  }

  get length() {
    return this.meaning.length;
  }
  get word() {
    return this.meaning.word;
  }
  get row() {
    return this.meaning.row;
  }
  get values() {
    return this.meaning.values;
  }
  get immediate() {
    return this.meaning.immediate;
  }
  get distance() {
    return this.meaning.distance;
  }
  get class() {
    return this.meaning.class;
  }
  get accesses() {
    return this.meaning.accesses;
  }
  get place(): Place {
    return placeWithoutLabels(this.statement);
  }
}

/** Where the instruction of a statement stands. */
function placeWithoutLabels(statement: Statement): Place {
  const { text } = statement;
  if (!text.includes(':')) return wholePlace(statement);
  const start = /^(\s*[\w.$\u0080-\uffff]+\s*:)*\s*/.exec(text)![0].length;
  return placeOf(statement, start, text.trimEnd().length);
}
