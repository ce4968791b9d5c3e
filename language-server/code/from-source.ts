/** Code from what the assembler made of sources. */
import type { Examined, ExaminedInstruction } from '../../assembler/examine.js';
import type { Place } from '../../assembler/diagnostics.js';
import { placeOf, type Statement, wholePlace } from '../../assembler/source.js';
import { Code, type CodeInstruction, type Meaning, meaningOf } from './code.js';

/** The symbol that Linux programs start at. */
const START = '_start';

export function codeOf({ instructions, labels, entries, taken, data }: Examined): Code {
  const start = labels.get(START);
  return new Code({
    instructions: instructions.map((each) => new FromSource(each)),
    labels,
    entries: [...entries].flatMap((name) => labels.get(name) ?? []),
    ...(start !== undefined && { start }),
    taken,
    data,
  });
}

/** An instruction of a source; where it stands there is worked out when it is asked for. */
class FromSource implements CodeInstruction {
  readonly address: number;
  readonly missing?: string;
  private readonly meaning: Meaning;
  private readonly statement: Statement;

  constructor({ address, word, statement, missing }: ExaminedInstruction) {
    this.address = address;
    this.meaning = meaningOf(word);
    this.statement = statement;
    if (missing !== undefined) this.missing = missing;
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
