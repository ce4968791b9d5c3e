import type { Debuggee } from '../debuggee.js';
import type { Frame } from '../frame.js';
import { localsScope } from './locals.js';
import { migrationScope } from './migration.js';
import { savedVectorScope } from './saved-vector.js';
import { csrScope, floatScope, integerScope } from './scalar.js';
import { unitScopes } from './unit.js';
import type { Variable } from './variable.js';
import { vectorScope } from './vector.js';

/** A scope of a frame: its lines are made when they are looked at. */
export interface Scope {
  readonly name: string;
  readonly hint?: 'registers' | 'locals';
  list(): Variable[];
}

/** The scopes of a frame. */
export function scopesOf(frame: Frame, debuggee: Debuggee): Scope[] {
  const symbolize = (va: bigint) => debuggee.symbolize(va, frame.raw.privilege);
  return [
    ...(localsScope(frame, symbolize).length
      ? [{ name: 'Locals', hint: 'locals' as const, list: () => localsScope(frame, symbolize) }]
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
