/** Files that the client reads, where the server itself can't: they are there a little after they were first asked for. */
import type { FileContent } from './messages.js';

export class ClientFiles {
  /** By path; undefined: it is being read, or not there. */
  private readonly known = new Map<string, string | undefined>();

  /**
   * @param ask asks the client
   * @param arrived called when a file is there that was not before
   */
  constructor(
    private readonly ask: (path: string) => Promise<FileContent>,
    private readonly arrived: (path: string) => void,
  ) {}

  read(path: string): string | undefined {
    if (!this.known.has(path)) {
      this.known.set(path, undefined);
      void this.fetch(path);
    }
    return this.known.get(path);
  }

  private async fetch(path: string): Promise<void> {
    try {
      const { text } = await this.ask(path);
      if (text === undefined) return;
      this.known.set(path, text);
      this.arrived(path);
    } catch {
      // The client is gone, or knows no such request: the file counts as missing.
    }
  }

  /** A file has changed: it is read anew when it is next asked for. */
  forget(path: string): void {
    this.known.delete(path);
  }
}
