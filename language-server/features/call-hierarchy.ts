/** Who calls a function, and whom it calls. */
import { type CallHierarchyItem, type Range, SymbolKind } from 'vscode-languageserver-types';
import type { Analysed } from '../document.js';
import type { FunctionFlow } from '../flow/flow.js';
import { type Feature, rangeOf } from './feature.js';

export const callHierarchy: Feature = {
  capabilities: { callHierarchyProvider: true },
  followsFlow: true,
  register(connection, server) {
    const named = (item: CallHierarchyItem) => {
      const analysed = server.analysed(item.uri);
      const of = analysed?.flow().functions.get(item.data as number);
      return analysed && of && { analysed, of };
    };
    connection.languages.callHierarchy.onPrepare(({ textDocument, position }) => {
      const analysed = server.analysed(textDocument.uri);
      const word = analysed?.names().wordAt(position.line, position.character);
      const address = word && analysed!.examined().labels.get(word.text);
      const of = address !== undefined && analysed!.flow().functions.get(address);
      return of ? [itemOf(analysed!, of)] : null;
    });
    connection.languages.callHierarchy.onIncomingCalls(({ item }) => {
      const found = named(item);
      if (!found) return null;
      return [...found.analysed.flow().functions.values()].flatMap((caller) => {
        const fromRanges = callRanges(found.analysed, caller, found.of);
        return fromRanges.length ? [{ from: itemOf(found.analysed, caller), fromRanges }] : [];
      });
    });
    connection.languages.callHierarchy.onOutgoingCalls(({ item }) => {
      const found = named(item);
      if (!found) return null;
      const { analysed, of } = found;
      return [...new Set([...of.calls.values()].map(({ target }) => target))].map((target) => {
        const callee = analysed.flow().functions.get(target)!;
        return { to: itemOf(analysed, callee), fromRanges: callRanges(analysed, of, callee) };
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

function itemOf(analysed: Analysed, { entry }: FunctionFlow): CallHierarchyItem {
  const { code } = analysed.flow();
  const place = code.at(entry)?.place;
  const name = code.nameAt(entry) ?? `0x${entry.toString(16)}`;
  const definition = analysed.names().named(name)?.definitions[0];
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
    uri: analysed.document.uri,
    range: definition ? selectionRange : range,
    selectionRange,
    data: entry,
  };
}
