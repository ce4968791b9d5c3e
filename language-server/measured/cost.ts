/** What crossings cost, as forecast, and as measured beside that. */

/**
 * Cycles of a crossing on the chips that HartHop measures itself, on its own firmware and kernel (docs/measurements.md, "A trip"): on the way out
 * until the instruction is done, and on the way back more than the same system call takes at home. Nobody else wants the hart.
 */
export const OUT_CYCLES = 970;
export const BACK_CYCLES = 730;
export const ROUND_TRIP_CYCLES = OUT_CYCLES + BACK_CYCLES;

/** Of less than so many times as much, or as little, nothing is said. */
const MUCH = 2;

/** How far a measured cost is from the forecast: `3 times what is forecast`, `1/3 of what is forecast`; undefined: not far. */
export function farFrom(forecast: number, measured: number): string | undefined {
  const ratio = measured / forecast;
  if (ratio >= MUCH) return `${Math.round(ratio).toLocaleString('en')} times what is forecast`;
  return ratio > 0 && ratio <= 1 / MUCH
    ? `1/${Math.round(1 / ratio).toLocaleString('en')} of what is forecast`
    : undefined;
}
