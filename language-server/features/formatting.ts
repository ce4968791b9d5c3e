/** Columns: labels, mnemonics, operands and comments each in theirs. Nothing but blanks changes. */
import type { TextEdit } from 'vscode-languageserver-types';
import { CommentStripper } from '../../assembler/source.js';
import type { FormatSettings } from '../settings.js';
import { statementAt } from '../syntax/line.js';
import type { Feature } from './feature.js';

export const formatting: Feature = {
  capabilities: { documentFormattingProvider: true, documentRangeFormattingProvider: true },
  register(connection, server) {
    const edits = (uri: string, first: number, last: number): TextEdit[] => {
      const analysed = server.analysed(uri);
      return analysed ? formatted(analysed.text, server.config.format, first, last) : [];
    };
    connection.onDocumentFormatting(({ textDocument: { uri } }) => edits(uri, 0, Number.POSITIVE_INFINITY));
    connection.onDocumentRangeFormatting(({ textDocument: { uri }, range }) =>
      edits(uri, range.start.line, range.end.line),
    );
  },
};

/** The edits that put lines `first` to `last` into columns. */
export function formatted(text: string, settings: FormatSettings, first: number, last: number): TextEdit[] {
  const stripper = new CommentStripper(true);
  const out: TextEdit[] = [];
  text.split('\n').forEach((raw, line) => {
    const content = raw.replace(/\r$/, '');
    const open = stripper.open;
    const clean = stripper.strip(content);
    // Block comments and the preprocessor's lines stay as they are, but for blanks at their end.
    const plain =
      open ||
      stripper.open ||
      /^\s*#\s*(define|undef|include|if|ifdef|ifndef|elif|else|endif|error|warning|pragma)\b/.test(content);
    if (line < first || line > last) return;
    const columns = plain ? content : formattedLine(content, clean, line, settings);
    // What does not fit into columns, as a comment between words, or what is no statement, is left as it is.
    const made = words(columns) === words(content) ? columns.trimEnd() : content.trimEnd();
    if (made !== content)
      out.push({ range: { start: { line, character: 0 }, end: { line, character: content.length } }, newText: made });
  });
  return out;
}

const words = (text: string) => text.replaceAll(/\s+/g, '');

/** A line in columns. @param clean the line with comments blanked out */
function formattedLine(content: string, clean: string, line: number, settings: FormatSettings): string {
  const code = clean.trimEnd();
  const comment = content.slice(code.length).trim();
  if (!code) return comment ? (/^\s/.test(content) ? ' '.repeat(settings.mnemonicColumn) : '') + comment : '';
  // Several statements in a line are left as their author wrote them.
  if (code.includes(';')) return content.trimEnd();
  // A label that arguments of a macro are part of: `\name\()_end:`.
  const [made = ''] = /^\s*[\w.$]*\\[\w.$\\@()]*:/.exec(code) ?? [];
  const { labels, head } = statementAt(line, code.slice(made.length), made.length);
  let out = [...(made ? [made.trim()] : []), ...labels.map(({ text }) => `${text}:`)].join(' ');
  if (head) {
    // The same in a mnemonic, and a call of the preprocessor's, go on to the next blank.
    const [more = ''] = /^[\w.$\\@()]+/.exec(code.slice(head.end)) ?? [];
    const end = head.end + more.length;
    out = pad(out, settings.mnemonicColumn) + code.slice(head.start, end);
    const rest = operands(code.slice(end));
    if (rest) out = pad(out, settings.operandColumn) + rest;
  }
  return comment ? pad(out, settings.commentColumn) + comment : out;
}

const pad = (text: string, column: number) => (text.length < column ? text.padEnd(column) : text && `${text} `);

/** One blank after each comma, none before; strings as they are. */
function operands(text: string): string {
  let out = '';
  for (const part of text.trim().split(/("(?:[^"\\]|\\.)*"|'(?:\\.|[^\\])'?)/)) {
    out += /^["']/.test(part) ? part : part.replace(/\s*,\s*/g, ', ').replace(/\s+/g, ' ');
  }
  return out.trim();
}
