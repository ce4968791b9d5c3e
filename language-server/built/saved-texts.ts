/** What sources said when they were saved: as far as the server was asked of them at the time. */

interface Files {
  readFile(path: string): string | undefined;
  /** When a file was written, in milliseconds since 1970. */
  modified(path: string): number | undefined;
}

/** Versions of a file that are kept. */
const MOST = 4;

export class SavedTexts {
  private readonly known = new Map<string, { readonly written: number; readonly text: string }[]>();

  constructor(private readonly files: Files) {}

  /** The text that a file had at a time, in milliseconds since 1970; undefined: nobody knows. */
  at(path: string, when: number): string | undefined {
    const [text, written] = [this.files.readFile(path), this.files.modified(path)];
    const list = this.known.get(path) ?? [];
    this.known.set(path, list);
    if (text !== undefined && written !== undefined && list.at(-1)?.text !== text) {
      list.push({ written, text });
      if (list.length > MOST) list.shift();
    }
    return list.findLast((each) => each.written <= when)?.text;
  }

  forget(path: string): void {
    this.known.delete(path);
  }
}
