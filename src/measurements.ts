/** Tells the language server what a debug session has measured, to stand beside the forecast. */
import * as vscode from 'vscode';
import type { PlacesArguments, PlacesBody, PlaceStatistics } from '../debug-adapter/timeline/model.js';
import type { Measured } from '../language-server/messages.js';
import { debugType } from './configuration.js';
import type { LanguageServer } from './language-client.js';

export const measurements = (server: LanguageServer): vscode.Disposable =>
  vscode.debug.registerDebugAdapterTrackerFactory(debugType, {
    createDebugAdapterTracker: (session) => ({
      onDidSendMessage({ type, event, body }: { type: string; event?: string; body?: unknown }) {
        if (type !== 'event') return;
        // A session whose program has ended can't be asked any more: it tells by itself, having been asked to.
        if (event === 'initialized') void ask(session, { atEnd: true });
        if (event === 'stopped') void ask(session).then((places) => tell(server, session, places));
        if (event === 'harthop/places') tell(server, session, body as PlacesBody);
      },
    }),
  });

/** @returns undefined when the session has ended meanwhile */
async function ask(session: vscode.DebugSession, args?: PlacesArguments): Promise<PlacesBody | undefined> {
  try {
    return await session.customRequest('harthop/places', args);
  } catch {
    return undefined;
  }
}

type Counted = Pick<PlaceStatistics, 'way' | 'count' | 'reasons' | 'cycles'>;
const counted = ({ way, count, reasons, cycles }: Counted) => ({ way, count, reasons, cycles: cycles.mean });

function tell(server: LanguageServer, session: vscode.DebugSession, body: PlacesBody | undefined): void {
  const places = body?.places ?? [];
  const measured: Measured = {
    when: Date.now(),
    program: String(session.configuration.program ?? ''),
    places: places.flatMap(({ source, line, ...each }) =>
      source?.path && line !== undefined ? [{ file: source.path, line, ...counted(each) }] : [],
    ),
    inside: places.flatMap(({ line, pc, linked, ...each }) =>
      line === undefined ? [{ address: Number(linked ?? pc), ...counted(each) }] : [],
    ),
  };
  if (measured.places.length) server.tell('harthop/measured', measured);
}
