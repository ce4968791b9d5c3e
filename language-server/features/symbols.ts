/** Outline and search: functions with the labels in them, constants, macros. */
import { type DocumentSymbol, type Range, SymbolKind, type WorkspaceSymbol } from 'vscode-languageserver-types';
import type { Analysed } from '../document.js';
import type { SourceName } from '../syntax/symbols.js';
import { type Feature, rangeOfWord } from './feature.js';

const kinds: Readonly<Record<SourceName['kind'], SymbolKind>> = {
  label: SymbolKind.Function,
  constant: SymbolKind.Constant,
  macro: SymbolKind.Method,
  define: SymbolKind.Constant,
};

export const documentSymbols: Feature = {
  capabilities: { documentSymbolProvider: true },
  register(connection, server) {
    connection.onDocumentSymbol(({ textDocument }) => {
      const analysed = server.analysed(textDocument.uri);
      return analysed ? outline(analysed) : [];
    });
  },
};

/** A file's symbols; a label of a file's own (`.L…`) lies in the function before it. */
export function outline(analysed: Analysed): DocumentSymbol[] {
  const lines = analysed.text.split('\n');
  const all = [...analysed.names().defined()]
    .map((each) => ({ ...each, at: each.definitions[0]! }))
    .sort((a, b) => a.at.line - b.at.line || a.at.start - b.at.start);
  const isOuter = ({ kind, name }: SourceName) => kind === 'label' && !name.startsWith('.L');
  const outer = all.filter(isOuter).map(({ at }) => at.line);
  const out: DocumentSymbol[] = [];
  let last: DocumentSymbol | undefined;
  for (const each of all) {
    const { at, kind, name } = each;
    const own =
      kind === 'macro'
        ? endOfMacro(lines, at.line)
        : kind === 'label'
          ? (outer.find((l) => l > at.line) ?? lines.length) - 1
          : at.line;
    const range: Range = {
      start: { line: at.line, character: 0 },
      end: { line: own, character: lines[own]?.length ?? 0 },
    };
    const symbol: DocumentSymbol = { name, kind: kinds[kind], range, selectionRange: rangeOfWord(at), children: [] };
    if (kind === 'label' && !isOuter(each) && last)
      last.children!.push({ ...symbol, kind: SymbolKind.Key, range: rangeOfWord(at) });
    else out.push(symbol);
    if (isOuter(each)) last = symbol;
  }
  return out;
}

export function endOfMacro(lines: readonly string[], from: number): number {
  const end = lines.findIndex((line, n) => n > from && /^\s*\.endm\b/i.test(line));
  return end < 0 ? from : end;
}

export const workspaceSymbols: Feature = {
  capabilities: { workspaceSymbolProvider: true },
  register(connection, server) {
    connection.onWorkspaceSymbol(({ query }) => {
      const wanted = query.toLowerCase();
      return server.program.around().flatMap(({ uri, names }) =>
        [...names.defined()]
          .filter(({ name }) => name.toLowerCase().includes(wanted))
          .map(
            ({ name, kind, definitions }): WorkspaceSymbol => ({
              name,
              kind: kinds[kind],
              location: { uri, range: rangeOfWord(definitions[0]!) },
            }),
          ),
      );
    });
  },
};
