import type { DebugProtocol as P } from '@vscode/debugprotocol';
import { RequestError } from './protocol.js';

/** A breakpoint stops in one address space: that of the thread that the user looks at. */
export const OWN = 'own';
/** A breakpoint stops in every address space. */
export const ALL = 'all';
/** A data breakpoint stops at every write, whether or not it changes something. */
export const WRITTEN = 'written';

/** In which address spaces breakpoints hold, and what counts as a write. */
export const breakpointModes: P.BreakpointMode[] = [
  {
    mode: ALL,
    label: 'Every address space',
    description: 'Whichever process gets there, or to that address. What breakpoints on code do by default.',
    appliesTo: ['source', 'instruction', 'data'],
  },
  {
    mode: OWN,
    label: 'This address space',
    description:
      'Only in the address space of the thread that is looked at when it is set; before the start, of the first that gets there. What data breakpoints do by default.',
    appliesTo: ['source', 'instruction', 'data'],
  },
  {
    mode: WRITTEN,
    label: 'Every write',
    description: 'In this address space, at writes that leave the value as it was, too.',
    appliesTo: ['data'],
  },
];

/** The mode that a client chose for something; undefined: none. @throws RequestError when there is no such mode */
export function modeOf(args: object, applies: 'source' | 'instruction' | 'data'): string | undefined {
  const { mode } = args as { mode?: unknown };
  if (mode === undefined) return undefined;
  const known = breakpointModes.filter(({ appliesTo }) => appliesTo.includes(applies)).map((each) => each.mode);
  if (typeof mode !== 'string' || !known.includes(mode))
    throw new RequestError(`mode must be one of ${known.join(', ')}, not ${JSON.stringify(mode)}`);
  return mode;
}
