/** A feature: requests that it serves, and what it tells clients that it can. */
import type { Connection, ServerCapabilities } from 'vscode-languageserver';
import type { Position, Range } from 'vscode-languageserver-types';
import type { Place } from '../../assembler/diagnostics.js';
import type { Server } from '../server.js';
import type { Occurrence } from '../syntax/symbols.js';

export interface Feature {
  readonly capabilities: ServerCapabilities;
  /** Does it ask for the flow through the program? That is worked out first, and can be given up in between. */
  readonly followsFlow?: true;
  register(connection: Connection, server: Server): void;
}

/** Places count lines and columns from 1, the protocol from 0. */
export const rangeOf = ({ line, column, endColumn }: Place): Range => ({
  start: { line: line - 1, character: column - 1 },
  end: { line: line - 1, character: endColumn - 1 },
});

export const rangeOfWord = ({ line, start, end }: Occurrence): Range => ({
  start: { line, character: start },
  end: { line, character: end },
});

export const holds = ({ start, end }: Range, { line, character }: Position): boolean =>
  (line > start.line || (line === start.line && character >= start.character)) &&
  (line < end.line || (line === end.line && character <= end.character));
