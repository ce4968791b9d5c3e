import type { Change } from './spin.js';

/** A fault put into a model on purpose: one that somebody could make in the code. */
export interface Fault {
  readonly name: string;
  /** The configuration in which it shows; the first one, unless said. */
  readonly configuration?: readonly string[];
  readonly changes: readonly Change[];
  /** What the checker says. */
  readonly shows: RegExp;
}

/** A model of test/proof/models. */
export interface Model {
  readonly name: string;
  /** Names to define: each list is a search of its own. */
  readonly configurations: readonly (readonly string[])[];
  readonly faults: readonly Fault[];
}
