/** Requests of HartHop's own: where threads change harts. */
import type { TextDocumentIdentifier } from 'vscode-languageserver-types';
import type { Analysed } from '../document.js';
import type { MigrationPlace, Migrations } from '../messages.js';
import { type Feature, rangeOf } from './feature.js';

interface About {
  readonly textDocument: TextDocumentIdentifier;
}

export const migrations: Feature = {
  capabilities: { experimental: { harthop: { migrations: true } } },
  register(connection, server) {
    connection.onRequest('harthop/migrations', ({ textDocument: { uri } }: About): Migrations => {
      const analysed = server.config.hints.migrations ? server.analysed(uri) : undefined;
      return { places: analysed ? placesOf(analysed) : [] };
    });
  },
};

function placesOf({ path, forecast }: Analysed): MigrationPlace[] {
  const byLine = new Map<number, MigrationPlace>();
  const { leaves, returns } = forecast();
  for (const [list, way] of [
    [leaves, 'leave'],
    [returns, 'return'],
  ] as const) {
    for (const { instruction } of list) {
      const { place } = instruction;
      if (place?.file !== path) continue;
      const known = byLine.get(place.line)?.way ?? way;
      byLine.set(place.line, { range: rangeOf(place), way: known === way ? way : 'both' });
    }
  }
  return [...byLine].sort(([a], [b]) => a - b).map(([, each]) => each);
}
