/** Requests of HartHop's own: where threads change harts, line by line and as a graph. */
import { ErrorCodes, ResponseError } from 'vscode-languageserver';
import type { TextDocumentIdentifier } from 'vscode-languageserver-types';
import { type Foreseen, uriBeside } from '../document.js';
import { migrationGraph } from '../forecast/graph.js';
import type { MigrationGraph, MigrationPlace, Migrations } from '../messages.js';
import { type Feature, rangeOf } from './feature.js';

interface About {
  readonly textDocument: TextDocumentIdentifier;
}

export const migrations: Feature = {
  capabilities: { experimental: { harthop: { migrations: true, migrationGraph: true } } },
  followsFlow: true,
  register(connection, server) {
    connection.onRequest('harthop/migrations', ({ textDocument: { uri } }: About): Migrations => {
      return { places: server.config.hints.migrations ? server.foreseen(uri).flatMap(placesOf) : [] };
    });
    connection.onRequest('harthop/migrationGraph', ({ textDocument: { uri } }: About): MigrationGraph => {
      // Of several programs that were built from a source, the newest.
      const [foreseen] = server.foreseen(uri);
      if (foreseen) return graphOf(foreseen);
      if (!server.isOpen(uri)) throw new ResponseError(ErrorCodes.InvalidParams, `${uri} is not open`);
      return { chip: '', nothing: NO_BUILD, nodes: [], edges: [], loops: [] };
    });
  },
};

function placesOf(foreseen: Foreseen): MigrationPlace[] {
  const byLine = new Map<number, MigrationPlace>();
  const { leaves, returns } = foreseen.forecast();
  for (const [list, way] of [
    [leaves, 'leave'],
    [returns, 'return'],
  ] as const) {
    for (const { instruction } of list) {
      const place = foreseen.placeOf(instruction);
      if (!place) continue;
      const known = byLine.get(place.line)?.way ?? way;
      byLine.set(place.line, { range: rangeOf(place), way: known === way ? way : 'both' });
    }
  }
  return [...byLine].sort(([a], [b]) => a - b).map(([, each]) => each);
}

const NO_BUILD =
  'No program that was built from this source is known. Name it in a launch configuration, or by the setting harthop.forecast.builds.';

export function graphOf(foreseen: Foreseen): MigrationGraph {
  const { flow, forecast, view, document, lines, build } = foreseen;
  const graph = migrationGraph(flow(), forecast(), view.chip, (instruction) => {
    const { place } = instruction;
    if (!place) return undefined;
    const here = foreseen.placeOf(instruction);
    if (!here) return { place: { uri: uriBeside(document.uri, place.file), line: place.line }, here: false };
    const { line, column, endColumn } = here;
    // What is written in C is no instruction.
    const text = build ? {} : written(lines[line - 1]!.slice(column - 1, endColumn - 1));
    return { place: { uri: document.uri, line }, here: true, ...text };
  });
  return { ...graph, ...(build && { build: build.long }) };
}

/** An instruction as it is written, unless it holds parameters of a macro. */
const written = (text: string) => (text.includes('\\') ? {} : { text: text.replaceAll(/\s+/g, ' ') });
