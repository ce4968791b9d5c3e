/** Tells the language server what a debug session has measured, to stand beside the forecast. */
import * as vscode from 'vscode';
import type { PlacesBody } from '../debug-adapter/timeline/model.js';
import type { Measured } from '../language-server/messages.js';
import { debugType } from './configuration.js';
import type { LanguageServer } from './language-client.js';

/** After these a session has something to tell. */
const events = new Set(['stopped', 'exited']);

export const measurements = (server: LanguageServer): vscode.Disposable =>
  vscode.debug.registerDebugAdapterTrackerFactory(debugType, {
    createDebugAdapterTracker: (session) => ({
      onDidSendMessage({ type, event }: { type: string; event?: string }) {
        if (type === 'event' && event !== undefined && events.has(event)) void tell(server, session);
      },
    }),
  });

async function tell(server: LanguageServer, session: vscode.DebugSession): Promise<void> {
  // A session that has ended meanwhile told what it knew at its last stop.
  const body = await Promise.resolve(session.customRequest('harthop/places')).catch(() => undefined);
  const places = (body as PlacesBody | undefined)?.places ?? [];
  const measured: Measured = {
    when: Date.now(),
    program: String(session.configuration.program ?? ''),
    places: places.flatMap(({ source, line, way, count, reasons, cycles }) =>
      source?.path && line !== undefined ? [{ file: source.path, line, way, count, reasons, cycles: cycles.mean }] : [],
    ),
  };
  if (measured.places.length) server.tell('harthop/measured', measured);
}
