/** Code from what the assembler made of sources. */
import type { Examined } from '../../assembler/examine.js';
import { wholePlace } from '../../assembler/source.js';
import { Code, decodeInstruction } from './code.js';

/** The symbol that Linux programs start at. */
const START = '_start';

export function codeOf({ instructions, labels, entries, taken }: Examined): Code {
  const start = labels.get(START);
  return new Code({
    instructions: instructions.map(({ address, word, statement, missing }) =>
      decodeInstruction(address, word, { place: wholePlace(statement), ...(missing !== undefined && { missing }) }),
    ),
    labels,
    entries: [...entries].flatMap((name) => labels.get(name) ?? []),
    ...(start !== undefined && { start }),
    taken,
  });
}
