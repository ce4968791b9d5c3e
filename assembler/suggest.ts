/** "Did you mean …?" */

/** Edit distance with transpositions counted as one, given up above `limit`. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      let best = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, before[j - 2]! + 1);
      next.push(best);
    }
    before = row;
    row = next;
  }
  return row[b.length]!;
}

/** `; did you mean X?` for the known name nearest to a wrong one, or nothing when none is near. */
export function suggest(wrong: string, known: Iterable<string>): string {
  let limit = Math.min(2, Math.floor((wrong.length - 1) / 3));
  let nearest: string | undefined;
  for (const name of known) {
    const d = distance(wrong, name, limit);
    if (d < limit || (d === limit && nearest === undefined)) {
      nearest = name;
      limit = d;
    }
  }
  return nearest === undefined ? '' : `; did you mean ${nearest}?`;
}
