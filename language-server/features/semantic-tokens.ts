/** What a grammar can't know: which words are macros, constants, labels, CSRs, registers by their role. */
import type { SemanticTokensLegend } from 'vscode-languageserver-types';
import { formsOf } from '../../assembler/instruction.js';
import { csrNamed } from '../../isa/csrs.js';
import { registerNamed } from '../../isa/registers.js';
import type { Analysed } from '../document.js';
import type { Feature } from './feature.js';

export const legend: SemanticTokensLegend = {
  tokenTypes: ['macro', 'variable', 'enumMember', 'function', 'label', 'parameter'],
  tokenModifiers: ['definition', 'readonly', 'defaultLibrary'],
};
const [DEFINITION, READONLY, LIBRARY] = [1, 2, 4];

export const semanticTokens: Feature = {
  capabilities: { semanticTokensProvider: { legend, full: true } },
  followsFlow: true,
  register(connection, server) {
    connection.languages.semanticTokens.on(({ textDocument }) => {
      const analysed = server.analysed(textDocument.uri);
      return { data: analysed ? encoded(tokensOf(analysed)) : [] };
    });
  },
};

export interface SemanticToken {
  readonly line: number;
  readonly start: number;
  readonly length: number;
  readonly type: (typeof legend.tokenTypes)[number];
  readonly modifiers: number;
}

export function tokensOf(analysed: Analysed): SemanticToken[] {
  const names = analysed.names();
  const out: SemanticToken[] = [];
  const called = calledLabels(analysed);
  let parameters: readonly string[] = [];
  for (const { line, labels, head, tokens, assigns } of names.list) {
    const add = ({ start, end }: { start: number; end: number }, type: string, modifiers = 0) =>
      out.push({ line, start, length: end - start, type, modifiers });
    const symbol = (word: { text: string; start: number; end: number }, modifiers: number) => {
      const entry = names.named(word.text);
      if (!entry?.definitions.length) return;
      if (entry.kind === 'label') add(word, called.has(word.text) ? 'function' : 'label', modifiers);
      else if (entry.kind === 'constant') add(word, 'enumMember', modifiers | READONLY);
      else add(word, 'macro', modifiers);
    };
    for (const label of labels) symbol(label, DEFINITION);
    if (!head) continue;
    const directive = head.text.toLowerCase();
    if (directive === '.endm') parameters = [];
    if (assigns || (!formsOf(head.text.toLowerCase()) && !directive.startsWith('.')))
      symbol(head, assigns ? DEFINITION : 0);
    for (const [n, token] of tokens.entries()) {
      if (tokens[n - 1]?.text === '\\' && parameters.includes(token.text))
        add({ ...token, start: token.start - 1 }, 'parameter');
      else if (token.type !== 'name') continue;
      else if (directive === '.macro' && n > 0) add(token, 'parameter', DEFINITION);
      else if (csrNamed(token.text) && formsOf(head.text.toLowerCase())) add(token, 'variable', READONLY | LIBRARY);
      else if (!registerNamed(token.text)) symbol(token, 0);
    }
    if (directive === '.macro')
      parameters = tokens
        .slice(1)
        .filter(({ type }) => type === 'name')
        .map(({ text }) => text);
  }
  return out;
}

/** Labels that calls lead to. */
function calledLabels(analysed: Analysed): Set<string> {
  const { code, functions } = analysed.flow();
  return new Set([...functions.keys()].flatMap((address) => code.nameAt(address) ?? []));
}

/** As the protocol has them: each by its distance from the one before. */
function encoded(tokens: readonly SemanticToken[]): number[] {
  const sorted = [...tokens].sort((a, b) => a.line - b.line || a.start - b.start);
  const data: number[] = [];
  let [line, start] = [0, 0];
  for (const token of sorted) {
    data.push(
      token.line - line,
      token.line === line ? token.start - start : token.start,
      token.length,
      legend.tokenTypes.indexOf(token.type),
      token.modifiers,
    );
    line = token.line;
    start = token.start;
  }
  return data;
}
