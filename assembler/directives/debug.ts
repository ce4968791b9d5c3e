/** Debugging information that compilers write into assembly, and what has no meaning here. */
import { stringBytes } from '../lexer.js';
import { type Directive, type Directives, ignored } from './directive.js';

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** `.file "name"` names the source; `.file 1 ["directory"] "name" …` numbers one for .loc. */
const file: Directive = {
  run(unit, cursor) {
    // The source's own name, which is known.
    if (/^\s*"/.test(cursor.text.slice(cursor.token.start))) {
      cursor.rest();
      return;
    }
    const number = Number(unit.known(cursor, 'a file number'));
    const first = text(stringBytes(cursor.string()));
    const name = cursor.token.type === 'string' ? `${first}/${text(stringBytes(cursor.next()))}` : first;
    if (number < 0 || number > 10_000) unit.mistake(`${number} is no file number`);
    unit.files.set(number, name);
    // A checksum may follow.
    cursor.rest();
  },
};

/** `.loc file line [column] …`: where the next instruction came from. */
const loc: Directive = {
  run(unit, cursor) {
    const token = cursor.token;
    const number = Number(unit.known(cursor, 'a file number'));
    const line = Number(unit.known(cursor, 'a line'));
    const column = cursor.token.type === 'number' ? Number(cursor.next().value) : 0;
    // is_stmt, prologue_end, view and the like refine what we don't show.
    cursor.rest();
    const name = unit.files.get(number);
    if (name === undefined) return cursor.fail(`there is no .file ${number}`, token);
    unit.loc = { file: name, line, column };
    unit.locSeen = true;
  },
};

export const debug: Directives = {
  '.file': file,
  '.loc': loc,
  '.ident': ignored,
  '.addrsig': ignored,
  '.addrsig_sym': ignored,
  '.line': ignored,
  '.title': ignored,
  '.sbttl': ignored,
  '.list': ignored,
  '.nolist': ignored,
  '.version': ignored,
};
