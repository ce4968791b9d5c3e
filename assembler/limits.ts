/** Bounds that no honest source comes near; beyond, something feeds on itself. */

/** Symbols that stand for symbols that stand for symbols. */
export const CHAIN = 200;
/** Symbols looked up for one value: beyond, they double each other. */
export const LOOKUPS = 20_000;
