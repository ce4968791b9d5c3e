/** Which vtype is likely to be in force at each vector instruction: what code is specialised on. A guess: translated code looks before it relies on it. */
import type { Block, Step } from '../code.js';

/** What a vset instruction with an immediate asks for: vtype's low eight bits; `unknown` from a register or where reserved bits are set. */
export function askedVtype({ row, values }: Step): number | 'unknown' | undefined {
  if (row.semantics.kind !== 'vector' || row.semantics.vector.shape !== 'configure') return undefined;
  const asked = values.get('vtype11') ?? values.get('vtype10');
  return asked === undefined || asked > 0xff ? 'unknown' : asked;
}

/**
 * vtype's low eight bits at the beginning of each block, as far as the instructions on some way there tell.
 * @param observed in force when this code was found to be hot; for blocks that nothing is known of
 */
export function likelyVtypes(blocks: readonly Block[], observed: number | undefined): (number | undefined)[] {
  const number = new Map(blocks.map(({ start }, n) => [start, n]));
  const before: number[][] = blocks.map(() => []);
  blocks.forEach(({ successors }, n) => {
    for (const to of successors) if (number.has(to)) before[number.get(to)!]!.push(n);
  });
  // A function that was called is believed to leave vtype as it was.
  blocks.forEach(({ next }, n) => {
    const to = number.get(next);
    if (to !== undefined && !before[to]!.length) before[to]!.push(n);
  });
  const sets = blocks.map(({ steps }) => steps.map(askedVtype).findLast((asked) => asked !== undefined));
  const at: (number | undefined)[] = blocks.map(() => undefined);
  const behind = (n: number) => (sets[n] === undefined ? at[n] : sets[n] === 'unknown' ? undefined : sets[n]);
  for (let changed = true; changed; ) {
    changed = false;
    blocks.forEach((_, n) => {
      if (at[n] !== undefined) return;
      at[n] = before[n]!.map(behind).find((vtype) => vtype !== undefined);
      changed ||= at[n] !== undefined;
    });
  }
  return at.map((vtype) => vtype ?? observed);
}
