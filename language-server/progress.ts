/** Tells the client of built programs that take long to be followed, and hears from it when they are not wanted. */
import type { Connection, WorkDoneProgressServerReporter } from 'vscode-languageserver';
import type { Build } from './built/build.js';

/** Slices after which a client is told. */
const PATIENCE = 8;

/** A program that is being followed. */
interface Running {
  slices: number;
  /** Once the client shows it. */
  shown?: WorkDoneProgressServerReporter;
}

export class Progress {
  private readonly running = new Map<Build, Running>();

  constructor(private readonly connection: Connection) {}

  /** A slice of work on a program was done. @param done it was the last one */
  of(build: Build, done: boolean): void {
    const known = this.running.get(build) ?? { slices: 0 };
    this.running.set(build, known);
    if (done) this.end(build);
    else if (++known.slices === PATIENCE) void this.begin(build, known);
  }

  /** Others are not followed any more. */
  only(wanted: ReadonlySet<Build>): void {
    for (const build of this.running.keys()) if (!wanted.has(build)) this.end(build);
  }

  private async begin(build: Build, known: Running): Promise<void> {
    // Of a client that shows no such things it is one that does nothing.
    const shown = await this.connection.window.createWorkDoneProgress().catch(() => undefined);
    if (!shown || this.running.get(build) !== known) return;
    known.shown = shown;
    shown.begin('HartHop', undefined, `following ${build.name}`, true);
    shown.token.onCancellationRequested(() => {
      build.givenUp = true;
      this.end(build);
    });
  }

  private end(build: Build): void {
    const known = this.running.get(build);
    this.running.delete(build);
    known?.shown?.done();
  }
}
