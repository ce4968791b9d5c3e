/** Definitions, references, highlights and new names of symbols. */
import { DocumentHighlightKind, type Location, type TextEdit } from 'vscode-languageserver-types';
import { ResponseError } from 'vscode-languageserver';
import { registerNamed } from '../../isa/registers.js';
import type { Occurrence } from '../syntax/symbols.js';
import { type Feature, rangeOfWord } from './feature.js';
import type { Server } from '../server.js';
import type { Position } from 'vscode-languageserver-types';

/** A symbol's occurrences in all files that mean the same by it; those of numeric labels in their own only. */
function everywhere(server: Server, uri: string, { line, character }: Position): Found[] | undefined {
  const names = server.analysed(uri)?.names();
  const own = names?.occurrences(line, character);
  const word = names?.wordAt(line, character);
  if (!own || !word) return undefined;
  if (/^\d/.test(word.text)) return [{ uri, ...own }];
  return server.program.everywhere(uri, word.text).map(({ uri: where, of }) => ({ uri: where, ...of }));
}

interface Found {
  readonly uri: string;
  readonly definitions: readonly Occurrence[];
  readonly uses: readonly Occurrence[];
}

const isDefined = (found: readonly Found[]) => found.some(({ definitions }) => definitions.length > 0);

const located = (uri: string, list: readonly Occurrence[]): Location[] =>
  list.map((each) => ({ uri, range: rangeOfWord(each) }));

export const definition: Feature = {
  capabilities: { definitionProvider: true },
  register(connection, server) {
    connection.onDefinition(({ textDocument: { uri }, position }) =>
      (everywhere(server, uri, position) ?? []).flatMap((each) => located(each.uri, each.definitions)),
    );
  },
};

export const references: Feature = {
  capabilities: { referencesProvider: true },
  register(connection, server) {
    connection.onReferences(({ textDocument: { uri }, position, context }) =>
      (everywhere(server, uri, position) ?? []).flatMap((each) =>
        located(each.uri, [...(context.includeDeclaration ? each.definitions : []), ...each.uses]),
      ),
    );
  },
};

export const highlights: Feature = {
  capabilities: { documentHighlightProvider: true },
  register(connection, server) {
    connection.onDocumentHighlight(({ textDocument: { uri }, position }) => {
      const names = server.analysed(uri)?.names();
      const found = names?.occurrences(position.line, position.character);
      if (found)
        return [
          ...found.definitions.map((each) => ({ range: rangeOfWord(each), kind: DocumentHighlightKind.Write })),
          ...found.uses.map((each) => ({ range: rangeOfWord(each), kind: DocumentHighlightKind.Read })),
        ];
      // A register: all its mentions, by whatever name.
      const register = registerNamed(names?.wordAt(position.line, position.character)?.text ?? '');
      if (!register) return [];
      return names!.list.flatMap(({ line, tokens }) =>
        tokens
          .filter(({ text }) => {
            const other = registerNamed(text);
            return other?.class === register.class && other.number === register.number;
          })
          .map((token) => ({ range: rangeOfWord({ ...token, line }), kind: DocumentHighlightKind.Text })),
      );
    });
  },
};

const nameForm = /^[A-Za-z_.$][\w.$]*$/;

export const rename: Feature = {
  capabilities: { renameProvider: { prepareProvider: true } },
  register(connection, server) {
    connection.onPrepareRename(({ textDocument: { uri }, position }) => {
      const names = server.analysed(uri)?.names();
      const word = names?.wordAt(position.line, position.character);
      if (!word || !isDefined(everywhere(server, uri, position) ?? [])) return null;
      const digits = /^\d+[fb]$/.test(word.text) ? 1 : 0;
      return {
        range: rangeOfWord({ ...word, end: word.end - digits, line: position.line }),
        placeholder: digits ? word.text.slice(0, -1) : word.text,
      };
    });
    connection.onRenameRequest(({ textDocument: { uri }, position, newName }) => {
      const found = everywhere(server, uri, position);
      if (!found || !isDefined(found)) return null;
      const numeric = /^\d/.test(found[0]!.definitions[0]?.text ?? '');
      if (numeric ? !/^\d+$/.test(newName) : !nameForm.test(newName) || registerNamed(newName))
        throw new ResponseError(
          INVALID_PARAMS,
          `${JSON.stringify(newName)} can't be the name of a ${numeric ? 'numeric label' : 'symbol'}`,
        );
      const taken = server.program.everywhere(uri, newName).some(({ of }) => of.definitions.length);
      if (taken && !numeric) throw new ResponseError(INVALID_PARAMS, `${newName} is defined already`);
      const changes: Record<string, TextEdit[]> = {};
      for (const { uri: where, definitions, uses } of found)
        changes[where] = [...definitions, ...uses].map((each) => ({
          range: rangeOfWord(each),
          newText: numeric && /[fb]$/.test(each.text) ? newName + each.text.at(-1)! : newName,
        }));
      return { changes };
    });
  },
};

const INVALID_PARAMS = -32602;
