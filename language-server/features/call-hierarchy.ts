/** Who calls a function, and whom it calls. */
import { type CallHierarchyItem, type Range, SymbolKind } from 'vscode-languageserver-types';
import { type Analysed, uriBeside } from '../document.js';
import type { FunctionFlow } from '../flow/flow.js';
import type { Server } from '../server.js';
import { type Feature, rangeOf } from './feature.js';

export const callHierarchy: Feature = {
  capabilities: { callHierarchyProvider: true },
  followsFlow: true,
  register(connection, server) {
    const named = ({ data }: CallHierarchyItem) => {
      const { uri, entry } = data as Known;
      const analysed = server.analysed(uri);
      const of = analysed?.flow().functions.get(entry);
      return analysed && of && { analysed, of };
    };
    connection.languages.callHierarchy.onPrepare(({ textDocument, position }) => {
      const analysed = server.analysed(textDocument.uri);
      const word = analysed?.names().wordAt(position.line, position.character);
      const address = word && analysed!.examined().labels.get(word.text);
      const of = address !== undefined && analysed!.flow().functions.get(address);
      return of ? [itemOf(server, analysed!, of)] : null;
    });
    connection.languages.callHierarchy.onIncomingCalls(({ item }) => {
      const found = named(item);
      if (!found) return null;
      return [...found.analysed.flow().functions.values()].flatMap((caller) => {
        const fromRanges = callRanges(found.analysed, caller, found.of);
        return fromRanges.length ? [{ from: itemOf(server, found.analysed, caller), fromRanges }] : [];
      });
    });
    connection.languages.callHierarchy.onOutgoingCalls(({ item }) => {
      const found = named(item);
      if (!found) return null;
      const { analysed, of } = found;
      return [...new Set([...of.calls.values()].map(({ target }) => target))].map((target) => {
        const callee = analysed.flow().functions.get(target)!;
        return { to: itemOf(server, analysed, callee), fromRanges: callRanges(analysed, of, callee) };
      });
    });
  },
};

function callRanges(analysed: Analysed, caller: FunctionFlow, callee: FunctionFlow): Range[] {
  return [...caller.calls]
    .filter(([, { target }]) => target === callee.entry)
    .flatMap(([at]) => {
      const place = analysed.flow().code.at(at)?.place;
      return place ? [rangeOf(place)] : [];
    });
}

/** By what an item is found again: the open document in whose program it is, which may be another file's function, and the address there. */
interface Known {
  readonly uri: string;
  readonly entry: number;
}

function itemOf(server: Server, analysed: Analysed, { entry }: FunctionFlow): CallHierarchyItem {
  const { code } = analysed.flow();
  const place = code.at(entry)?.place;
  const name = code.nameAt(entry) ?? `0x${entry.toString(16)}`;
  const own = analysed.document.uri;
  const uri = !place || place.file === analysed.path ? own : uriBeside(own, place.file);
  const definition = server.program.everywhere(own, name).find((each) => each.uri === uri)?.of.definitions[0];
  const range = place ? rangeOf(place) : { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
  const selectionRange = definition
    ? {
        start: { line: definition.line, character: definition.start },
        end: { line: definition.line, character: definition.end },
      }
    : range;
  return {
    name,
    kind: SymbolKind.Function,
    uri,
    range: definition ? selectionRange : range,
    selectionRange,
    data: { uri: own, entry } satisfies Known,
  };
}
