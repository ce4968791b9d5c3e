/** The measurements that the server knows of. Of a source, the last one counts. */
import { movedLines } from '../built/moved.js';
import type { SavedTexts } from '../built/saved-texts.js';
import { type Measured, MeasuredSource, measuredFrom } from './measured.js';

interface Files {
  readFile(path: string): string | undefined;
  /** When a file was written, in milliseconds since 1970. */
  modified(path: string): number | undefined;
}

export class Measurements {
  private told: Measured | undefined;
  private paths: readonly string[] = [];
  private readonly read = new Map<
    string,
    { readonly modified: number | undefined; readonly measured: Measured | undefined }
  >();

  constructor(
    private readonly files: Files,
    private readonly saved: SavedTexts,
  ) {}

  /** Of a run that the client has seen. */
  tell(value: unknown): void {
    this.told = measuredFrom(value) ?? this.told;
  }

  /** Files that settings name. */
  configure(paths: readonly string[]): void {
    this.paths = paths;
  }

  private fileAt(path: string): Measured | undefined {
    const modified = this.files.modified(path);
    let known = this.read.get(path);
    if (!known || known.modified !== modified) {
      known = { modified, measured: parsed(this.files.readFile(path)) };
      this.read.set(path, known);
    }
    return known.measured;
  }

  /** @param text what the source says now */
  of(source: string, text: string): MeasuredSource | undefined {
    const all = [...(this.told ? [this.told] : []), ...this.paths.flatMap((path) => this.fileAt(path) ?? [])];
    const [last] = all
      .map((each) => ({ ...each, places: each.places.filter(({ file }) => file === source) }))
      .filter(({ places }) => places.length)
      .sort((a, b) => b.when - a.when);
    if (!last) return undefined;
    const saved = this.files.readFile(source);
    const written = this.files.modified(source);
    const edited = saved !== undefined && saved !== text ? 'Edited since it was measured.' : undefined;
    const newer = written !== undefined && written > last.when ? 'Newer than what was measured.' : undefined;
    const then = this.saved.at(source, last.when);
    const moved = then === undefined ? undefined : movedLines(then, text);
    return new MeasuredSource(last.places, edited ?? newer, moved, last);
  }
}

function parsed(text: string | undefined): Measured | undefined {
  try {
    return text === undefined ? undefined : measuredFrom(JSON.parse(text));
  } catch {
    return undefined;
  }
}
