/** Code from what the assembler made of sources. */
import type { Examined, ExaminedInstruction } from '../../assembler/examine.js';
import type { Place } from '../../assembler/diagnostics.js';
import { placeOf, type Statement, wholePlace } from '../../assembler/source.js';
import { Code, type CodeInstruction, meaningOf } from './code.js';

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
  readonly length: CodeInstruction['length'];
  readonly word: number;
  readonly row: CodeInstruction['row'];
  readonly values: CodeInstruction['values'];
  readonly immediate: CodeInstruction['immediate'];
  readonly distance: CodeInstruction['distance'];
  readonly class: CodeInstruction['class'];
  readonly accesses: boolean;
  private readonly statement: Statement;

  constructor({ address, word, statement, missing }: ExaminedInstruction) {
    const meaning = meaningOf(word);
    this.address = address;
    this.length = meaning.length;
    this.word = meaning.word;
    this.row = meaning.row;
    this.values = meaning.values;
    this.immediate = meaning.immediate;
    this.distance = meaning.distance;
    this.class = meaning.class;
    this.accesses = meaning.accesses;
    this.statement = statement;
    if (missing !== undefined) this.missing = missing;
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
