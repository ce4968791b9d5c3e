/** Lines of a text that comes again and again, a little changed: those that are what they were are the strings that they were. */

/** Characters that are compared at once. */
const PIECE = 4096;

export class TextLines {
  private text = '';
  private lines: readonly string[] = [''];

  /** A text cut at its line feeds. */
  of(text: string): readonly string[] {
    if (text === this.text) return this.lines;
    const before = this.text;
    const most = Math.min(text.length, before.length);
    let same = 0;
    while (same < most && text.slice(same, same + PIECE) === before.slice(same, same + PIECE)) same += PIECE;
    for (same = Math.min(same, most); same < most && text.charCodeAt(same) === before.charCodeAt(same); ) same++;
    let behind = 0;
    const rest = most - same;
    while (behind + PIECE < rest && piece(text, behind) === piece(before, behind)) behind += PIECE;
    while (behind < rest && text.charCodeAt(text.length - 1 - behind) === before.charCodeAt(before.length - 1 - behind))
      behind++;
    // Whole lines only: those that end before what has changed, and those that begin behind it.
    const from = same ? text.lastIndexOf('\n', same - 1) + 1 : 0;
    const end = text.indexOf('\n', text.length - behind);
    const middle = text.slice(from, end < 0 ? text.length : end).split('\n');
    const endBefore = end < 0 ? before.length : before.length - (text.length - end);
    const first = count(before, 0, from);
    const replaced = count(before, from, endBefore) + 1;
    this.lines = [...this.lines.slice(0, first), ...middle, ...this.lines.slice(first + replaced)];
    this.text = text;
    return this.lines;
  }
}

/** A piece of a text by how far from its end it ends. */
const piece = (text: string, behind: number) => text.slice(text.length - behind - PIECE, text.length - behind);

/** Line feeds in a part of a text. */
function count(text: string, from: number, to: number): number {
  let n = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) n++;
  return n;
}
