/** Code from what the assembler made of sources. */
import type { Examined } from '../../assembler/examine.js';
import type { Place } from '../../assembler/diagnostics.js';
import { placeOf, type Statement } from '../../assembler/source.js';
import { Code, decodeInstruction } from './code.js';

/** The symbol that Linux programs start at. */
const START = '_start';

export function codeOf({ instructions, labels, entries, taken, data }: Examined): Code {
  const start = labels.get(START);
  return new Code({
    instructions: instructions.map(({ address, word, statement, missing }) =>
      decodeInstruction(address, word, {
        place: placeWithoutLabels(statement),
        ...(missing !== undefined && { missing }),
      }),
    ),
    labels,
    entries: [...entries].flatMap((name) => labels.get(name) ?? []),
    ...(start !== undefined && { start }),
    taken,
    data,
  });
}

/** Where the instruction of a statement stands. */
function placeWithoutLabels(statement: Statement): Place {
  const { text } = statement;
  const start = /^(\s*[\w.$\u0080-\uffff]+\s*:)*\s*/.exec(text)![0].length;
  return placeOf(statement, start, text.trimEnd().length);
}
