/** How the instruction that is being typed is written, with the operand in hand. */
import { MarkupKind, type SignatureInformation } from 'vscode-languageserver-types';
import { formsOf } from '../../assembler/instruction.js';
import { written } from '../../assembler/match.js';
import { CommentStripper, splitStatements } from '../../assembler/source.js';
import { statementAt } from '../syntax/line.js';
import type { Feature } from './feature.js';

export const signatureHelp: Feature = {
  capabilities: { signatureHelpProvider: { triggerCharacters: [' ', ','] } },
  register(connection, server) {
    connection.onSignatureHelp(({ textDocument, position: { line, character } }) => {
      const raw = server.analysed(textDocument.uri)?.text.split('\n')[line]?.slice(0, character);
      if (raw === undefined) return null;
      const part = splitStatements('', line, new CommentStripper(true).strip(raw)).at(-1)!;
      const { head, tokens } = statementAt(line, part.text, part.column - 1);
      const forms = head && formsOf(head.text.toLowerCase())?.list;
      // While the mnemonic itself is typed, completion speaks.
      if (!forms || (!tokens.length && head.end === character)) return null;
      const depth = tokens.filter(({ text }) => text === ',').length;
      const signatures = [...new Map(forms.map((form) => [written(form), form])).entries()].map(([label, { row }]) =>
        signature(label, row.doc),
      );
      const fitting = signatures.findIndex(({ parameters }) => parameters!.length > depth);
      return { signatures, activeSignature: Math.max(fitting, 0), activeParameter: depth };
    });
  },
};

/** Operands are what stands between commas, with or without the brackets of those that may be left out. */
function signature(label: string, doc: string): SignatureInformation {
  const from = label.indexOf(' ') + 1;
  const parameters: { label: [number, number] }[] = [];
  if (from > 0)
    for (const match of label.slice(from).matchAll(/[^,[\]\s][^,[\]]*/g))
      parameters.push({ label: [from + match.index, from + match.index + match[0].trimEnd().length] });
  return { label, documentation: { kind: MarkupKind.PlainText, value: doc }, parameters };
}
