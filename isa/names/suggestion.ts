/** What someone may have meant who wrote a name that there is not. */

/** Edit distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}

/** The name that is nearest, if one is near: at most two letters apart, and fewer than half of them. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const most = Math.min(2, Math.ceil(name.length / 2) - 1);
  return names
    .map((other) => ({ other, apart: distance(name, other) }))
    .filter(({ apart }) => apart <= most)
    .sort((a, b) => a.apart - b.apart)[0]?.other;
}

/** The vector length that is nearest to one that there is not. */
export const nearestVlen = (bits: number) =>
  `zvl${2 ** Math.min(16, Math.max(5, Math.round(Math.log2(Math.max(1, bits)))))}b`;
