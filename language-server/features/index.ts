/** All features. */
import { callHierarchy } from './call-hierarchy.js';
import { codeActions } from './code-actions.js';
import { codeLenses } from './code-lenses.js';
import { completion } from './completion.js';
import type { Feature } from './feature.js';
import { formatting } from './formatting.js';
import { hover } from './hover.js';
import { inlayHints } from './inlay-hints.js';
import { migrations } from './migrations.js';
import { definition, highlights, references, rename } from './navigation.js';
import { recognition } from './recognition.js';
import { semanticTokens } from './semantic-tokens.js';
import { signatureHelp } from './signature-help.js';
import { folding, links, selection } from './structure.js';
import { documentSymbols, workspaceSymbols } from './symbols.js';

export const features: readonly Feature[] = [
  completion,
  signatureHelp,
  hover,
  inlayHints,
  codeLenses,
  semanticTokens,
  definition,
  references,
  highlights,
  rename,
  callHierarchy,
  documentSymbols,
  workspaceSymbols,
  folding,
  selection,
  links,
  formatting,
  codeActions,
  recognition,
  migrations,
];
