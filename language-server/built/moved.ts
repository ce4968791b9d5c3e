/** Where the lines of an earlier text of a file are in a later one. */

/** More lines between what both texts begin and end with are taken for new ones. */
const MOST = 2000;

/** @returns for a line of `before` (counted from 1) the line that it is now; undefined: it is gone */
export function movedLines(before: string, now: string): (line: number) => number | undefined {
  if (before === now) return (line) => line;
  const [a, b] = [before.split('\n'), now.split('\n')];
  const least = Math.min(a.length, b.length);
  let head = 0;
  while (head < least && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < least - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const [lines, others] = [a.slice(head, a.length - tail), b.slice(head, b.length - tail)];
  const inner = lines.length > MOST || others.length > MOST ? [] : matched(lines, others);
  return (line) => {
    const n = line - 1;
    if (n < head || n >= a.length) return line <= head ? line : undefined;
    if (n >= a.length - tail) return line + b.length - a.length;
    const found = inner[n - head];
    return found === undefined ? undefined : found + head + 1;
  };
}

/** For each of some lines the index of the one in the others that it has become. */
function matched(a: readonly string[], b: readonly string[]): (number | undefined)[] {
  // The longest common subsequence, by the lengths for what is behind each pair.
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      lengths[i * width + j] =
        a[i] === b[j]
          ? lengths[(i + 1) * width + j + 1]! + 1
          : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!);
  const out: (number | undefined)[] = [];
  let [i, j, from, fromOther] = [0, 0, 0, 0];
  // Lines that stand for as many others were changed; the first with the first, and so on.
  const change = () => {
    for (let n = from; n < i; n++) out[n] = n - from < j - fromOther ? fromOther + n - from : undefined;
  };
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      change();
      out[i] = j;
      [from, fromOther] = [++i, ++j];
    } else if (lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!) i++;
    else j++;
  }
  [i, j] = [a.length, b.length];
  change();
  return out;
}
