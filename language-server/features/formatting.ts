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
    const made = plain ? content.trimEnd() : formattedLine(content, clean, line, settings);
    if (made !== content)
      out.push({ range: { start: { line, character: 0 }, end: { line, character: content.length } }, newText: made });
  });
  return out;
}

/** A line in columns. @param clean the line with comments blanked out */
function formattedLine(content: string, clean: string, line: number, settings: FormatSettings): string {
  const code = clean.trimEnd();
  const comment = content.slice(code.length).trim();
  if (!code) return comment ? (/^\s/.test(content) ? ' '.repeat(settings.mnemonicColumn) : '') + comment : '';
  // Several statements in a line are left as their author wrote them.
  if (code.includes(';')) return content.trimEnd();
  const { labels, head } = statementAt(line, code, 0);
  let out = labels.map(({ text }) => `${text}:`).join(' ');
  if (head) {
    out = pad(out, settings.mnemonicColumn) + head.text;
    const rest = operands(code.slice(head.end));
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
