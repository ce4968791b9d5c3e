import type { Debuggee } from '../debuggee.js';
import type { Frame } from '../frame.js';
import { globalsScope, hasLocals, localsScope } from './locals.js';
import { migrationScope } from './migration.js';
import { savedVectorScope } from './saved-vector.js';
import { csrScope, floatScope, integerScope } from './scalar.js';
import { unitScopes } from './unit.js';
import type { Variable } from './variable.js';
import { vectorScope } from './vector.js';

/** A scope of a frame: its lines are made when they are looked at. */
export interface Scope {
  readonly name: string;
  readonly hint?: 'registers' | 'locals' | 'globals';
  /** Clients open it when asked only. */
  readonly expensive?: boolean;
  list(): Variable[];
}

/** The scopes of a frame. */
export function scopesOf(frame: Frame, debuggee: Debuggee): Scope[] {
  const symbolize = (va: bigint) => debuggee.symbolize(va, frame.raw.privilege);
  return [
    ...(hasLocals(frame)
      ? [{ name: 'Locals', hint: 'locals' as const, list: () => localsScope(frame, symbolize) }]
      : []),
    ...(frame.code
      ? [{ name: 'Globals', hint: 'globals' as const, expensive: true, list: () => globalsScope(frame, symbolize) }]
      : []),
    { name: 'Integer', hint: 'registers', list: () => integerScope(frame, symbolize) },
    { name: 'Float', hint: 'registers', list: () => floatScope(frame) },
    { name: 'Vector', hint: 'registers', list: () => vectorScope(frame) },
    ...unitScopes(frame, debuggee),
    { name: 'CSRs', hint: 'registers', list: () => csrScope(frame) },
    { name: 'Saved vector state', list: () => savedVectorScope(frame, debuggee) },
    ...(migrationScope(frame, debuggee).length
      ? [{ name: 'Migration', list: () => migrationScope(frame, debuggee) }]
      : []),
  ];
}
