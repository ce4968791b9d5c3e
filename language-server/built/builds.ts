/** The built programs that the server knows of: those that settings name, and those that a client runs. */
import type { Expected } from '../document.js';
import { Build } from './build.js';
import type { Built } from './built.js';

/** What the server is given of built programs. */
export interface BuildFiles {
  /** Paths of files that fit patterns such as `build/*`. @param root where relative ones begin */
  find(patterns: readonly string[], root: string | undefined): Promise<readonly string[]>;
  /** When a file was written, in milliseconds since 1970; undefined: there is none. */
  modified(path: string): number | undefined;
  /** The time, in milliseconds since 1970. */
  now(): number;
  /** @throws Error when it is no riscv64 ELF file */
  read(path: string): Promise<Built>;
}

export class Builds {
  private known = new Map<string, Build>();
  /** What was no program when it was looked at, by when it was written. */
  private readonly refused = new Map<string, number>();
  private paths: readonly string[] = [];
  private patterns: readonly string[] = [];
  private named: readonly string[] = [];
  private root: string | undefined;
  private running: Promise<void> | undefined;
  private again = false;

  /** @param changed called when what is known has become another */
  constructor(
    private readonly files: BuildFiles | undefined,
    private view: Expected,
    private readonly changed: () => void,
  ) {}

  /** The workspace's folder. */
  in(root: string | undefined): void {
    this.root = root;
  }
  get folder(): string | undefined {
    return this.root;
  }

  /** Other settings. */
  configure(patterns: readonly string[], view: Expected): void {
    this.patterns = patterns;
    this.view = view;
    this.known.clear();
  }

  /** Programs that the client runs. */
  name(paths: readonly string[]): void {
    this.named = paths;
  }

  /** Look for programs anew, and read those that are not known as they are now. */
  refresh(): Promise<void> {
    if (this.running) {
      this.again = true;
      return this.running;
    }
    this.running = this.look().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async look(): Promise<void> {
    const { files } = this;
    if (!files) return;
    do {
      this.again = false;
      this.paths = [...new Set([...(await files.find(this.patterns, this.root)), ...this.named])];
      const next = new Map<string, Build>();
      let other = this.paths.length !== this.known.size;
      for (const path of this.paths) {
        const modified = files.modified(path);
        if (modified === undefined || this.refused.get(path) === modified) continue;
        const before = this.known.get(path);
        if (before?.modified === modified && before.view === this.view) {
          next.set(path, before);
          continue;
        }
        other = true;
        try {
          next.set(path, new Build(path, modified, await files.read(path), this.view));
        } catch {
          // Patterns such as build/* also name what is no program.
          this.refused.set(path, modified);
        }
      }
      this.known = next;
      if (other) this.changed();
    } while (this.again);
  }

  /** Programs with code from a source, the newest first. Those that were written since they were read are read again meanwhile. */
  of(source: string): readonly Build[] {
    const { files } = this;
    if (
      files &&
      this.paths.some((path) => files.modified(path) !== this.known.get(path)?.modified && !this.isRefused(path))
    )
      void this.refresh();
    return [...this.known.values()]
      .filter((build) => build.sourceNamed(source) !== undefined)
      .sort((a, b) => b.modified - a.modified);
  }

  private isRefused(path: string): boolean {
    return this.refused.get(path) === this.files?.modified(path);
  }

  get now(): number {
    return this.files?.now() ?? 0;
  }

  modified(path: string): number | undefined {
    return this.files?.modified(path);
  }
}
