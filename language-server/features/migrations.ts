/** Requests of HartHop's own: where threads change harts, line by line and as a graph. */
import { ErrorCodes, ResponseError } from 'vscode-languageserver';
import type { TextDocumentIdentifier } from 'vscode-languageserver-types';
import type { Analysed, Foreseen } from '../document.js';
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
      const analysed = server.analysed(uri);
      if (!analysed) throw new ResponseError(ErrorCodes.InvalidParams, `${uri} is not open`);
      return graphOf(analysed);
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

export function graphOf({ flow, forecast, view, path, document, text }: Analysed): MigrationGraph {
  const lines = text.split('\n');
  return migrationGraph(flow(), forecast(), view.chip, ({ place }) => {
    if (!place) return undefined;
    const { file, line, column, endColumn } = place;
    const here = file === path;
    return {
      place: { uri: here ? document.uri : uriBeside(document.uri, file), line },
      here,
      ...(here && written(lines[line - 1]!.slice(column - 1, endColumn - 1))),
    };
  });
}

/** An instruction as it is written, unless it holds parameters of a macro. */
const written = (text: string) => (text.includes('\\') ? {} : { text: text.replaceAll(/\s+/g, ' ') });

/** The URI of a file by its path, beside a document. */
function uriBeside(uri: string, path: string): string {
  try {
    return new URL(path.split('/').map(encodeURIComponent).join('/'), uri).href;
  } catch {
    return uri;
  }
}
