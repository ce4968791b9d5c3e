/** Symbols of one input (a source file or an object); those that are global are seen by the others too. */
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
  /** st_info type (gABI, "Symbol Table"): 0 none, 1 object, 2 function, 6 TLS, 10 a function that chooses a function. */
  type = 0;
  /** st_other: 0 default, 1 internal, 2 hidden, 3 protected; 0x80 a calling convention of its own. */
  visibility = 0;
  size: Expression | undefined;
  /** Room that is made for it where no input defines it (`.comm`). */
  common: { readonly size: bigint; readonly align: number } | undefined;
  /** It was defined in a section that another input's group took the place of. */
  discarded = false;
  /** May `.set` change it again? */
  changeable = false;
  /** Is its meaning being worked out? A symbol that is met again then stands for itself. */
  busy = false;

  constructor(readonly name: string) {}

  /** Numeric and .L labels stay out of the symbol table, as do an object's symbols for its sections, which have no names. */
  get temporary(): boolean {
    return this.name === '' || this.name.startsWith('.L') || this.name.includes('\u0001');
  }
}
