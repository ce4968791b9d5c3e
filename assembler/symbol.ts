/** Symbols of one unit (one source file); those that are global are seen by the other units too. */
import type { Place } from './diagnostics.js';
import type { Expression } from './expression.js';
import type { Chunk } from './section.js';

/** What a symbol stands for: a place in a section, or an expression that `.set` gave it. */
export type Meaning =
  | { readonly kind: 'label'; readonly chunk: Chunk; readonly offset: number }
  | { readonly kind: 'value'; readonly value: Expression };

export class SourceSymbol {
  meaning: Meaning | undefined;
  /** Where it was given its meaning. */
  place: Place | undefined;
  binding: 'local' | 'global' | 'weak' | undefined;
  /** st_info type (gABI, "Symbol Table"): 0 none, 1 object, 2 function, 6 TLS. */
  type = 0;
  /** st_other: 0 default, 1 internal, 2 hidden, 3 protected. */
  visibility = 0;
  size: Expression | undefined;
  /** May `.set` change it again? */
  changeable = false;
  /** Is its meaning being worked out? A symbol that is met again then stands for itself. */
  busy = false;

  constructor(readonly name: string) {}

  /** Numeric and .L labels stay out of the symbol table. */
  get temporary(): boolean {
    return this.name.startsWith('.L') || this.name.includes('\u0001');
  }
}
