/** The shape of a text: what can be folded, what a selection grows to, the files that it includes. */
import {
  FoldingRangeKind,
  type DocumentLink,
  type FoldingRange,
  type Range,
  type SelectionRange,
} from 'vscode-languageserver-types';
import { type Analysed, uriBeside } from '../document.js';
import { includesIn } from '../syntax/includes.js';
import { type Feature, holds } from './feature.js';
import { outline } from './symbols.js';

/** What opens something that a later line closes. */
const pairs: readonly (readonly [open: RegExp, close: RegExp])[] = [
  [/^\s*\.macro\b/i, /^\s*\.endm\b/i],
  [/^\s*\.(rept|irpc?|rep)\b/i, /^\s*\.endr\b/i],
  [/^\s*\.if\w*\b/i, /^\s*\.endif\b/i],
  [/^\s*#\s*if/, /^\s*#\s*endif\b/],
  [/^\s*#?\s*\.?region\b/, /^\s*#?\s*\.?endregion\b/],
];

export const folding: Feature = {
  capabilities: { foldingRangeProvider: true },
  register(connection, server) {
    connection.onFoldingRanges(({ textDocument }) => {
      const analysed = server.analysed(textDocument.uri);
      return analysed ? foldsOf(analysed) : [];
    });
  },
};

export function foldsOf(analysed: Analysed): FoldingRange[] {
  const lines = analysed.text.split('\n');
  const out: FoldingRange[] = [];
  for (const [open, close] of pairs) {
    const stack: number[] = [];
    lines.forEach((line, n) => {
      if (open.test(line)) stack.push(n);
      else if (close.test(line)) {
        const start = stack.pop();
        if (start !== undefined && n > start) out.push({ startLine: start, endLine: n });
      }
    });
  }
  // Runs of comment lines, and what lies between two functions.
  for (let n = 0; n < lines.length; n++) {
    const start = n;
    while (n + 1 < lines.length && comment.test(lines[n]!) && comment.test(lines[n + 1]!)) n++;
    if (n > start) out.push({ startLine: start, endLine: n, kind: FoldingRangeKind.Comment });
  }
  for (const { range } of outline(analysed)) {
    let endLine = range.end.line;
    while (endLine > range.start.line && !code.test(lines[endLine] ?? '')) endLine--;
    if (endLine > range.start.line) out.push({ startLine: range.start.line, endLine });
  }
  return out;
}

const comment = /^\s*(#(?!\s*(define|undef|include|if|ifdef|ifndef|elif|else|endif)\b)|\/\/)/;
const code = /^\s*[^\s#/]/;

export const selection: Feature = {
  capabilities: { selectionRangeProvider: true },
  register(connection, server) {
    connection.onSelectionRanges(({ textDocument, positions }) => {
      const analysed = server.analysed(textDocument.uri);
      return analysed ? positions.map((position) => grown(analysed, position)) : [];
    });
  },
};

/** Word, operand, operands, statement, line, function, file. */
function grown(analysed: Analysed, position: { line: number; character: number }): SelectionRange {
  const { line, character } = position;
  const lines = analysed.text.split('\n');
  const on = (start: number, end: number): Range => ({
    start: { line, character: start },
    end: { line, character: end },
  });
  const ranges: Range[] = [];
  const word = analysed.names().wordAt(line, character);
  if (word) ranges.push(on(word.start, word.end));
  const statement = analysed.names().statementAt(line, character);
  if (statement?.head) {
    const { head, tokens } = statement;
    let from = tokens[0]?.start;
    for (const [n, token] of tokens.entries()) {
      if (token.text === ',' || n === tokens.length - 1) {
        const end = token.text === ',' ? (tokens[n - 1]?.end ?? token.start) : token.end;
        if (from !== undefined && from <= character && character <= end) ranges.push(on(from, end));
        from = tokens[n + 1]?.start;
      }
    }
    if (tokens.length) ranges.push(on(tokens[0]!.start, tokens.at(-1)!.end));
    ranges.push(on(head.start, tokens.at(-1)?.end ?? head.end));
  }
  ranges.push(on(0, lines[line]?.length ?? 0));
  for (const { range } of outline(analysed)) if (holds(range, position)) ranges.push(range);
  ranges.push({ start: { line: 0, character: 0 }, end: { line: lines.length - 1, character: lines.at(-1)!.length } });
  let out: SelectionRange | undefined;
  for (const range of ranges.reverse()) {
    if (out && (!holds(out.range, range.start) || !holds(out.range, range.end))) continue;
    if (out && JSON.stringify(out.range) === JSON.stringify(range)) continue;
    out = { range, ...(out && { parent: out }) };
  }
  return out!;
}

export const links: Feature = {
  capabilities: { documentLinkProvider: {} },
  register(connection, server) {
    connection.onDocumentLinks(({ textDocument }) => {
      const analysed = server.analysed(textDocument.uri);
      return analysed ? linksOf(analysed) : [];
    });
  },
};

/** Files that are included, each where it is named. */
function linksOf({ text, document }: Analysed): DocumentLink[] {
  return includesIn(text).map(({ path, at }) => {
    const lines = text.slice(0, at).split('\n');
    const [line, start] = [lines.length - 1, lines.at(-1)!.length];
    const range = { start: { line, character: start }, end: { line, character: start + path.length } };
    return { range, target: uriBeside(document.uri, path) };
  });
}
