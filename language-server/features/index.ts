/** All features. */
import { completion } from './completion.js';
import type { Feature } from './feature.js';
import { hover } from './hover.js';
import { inlayHints } from './inlay-hints.js';
import { definition, highlights, references, rename } from './navigation.js';
import { documentSymbols, workspaceSymbols } from './symbols.js';

export const features: readonly Feature[] = [
  completion,
  hover,
  inlayHints,
  definition,
  references,
  highlights,
  rename,
  documentSymbols,
  workspaceSymbols,
];
