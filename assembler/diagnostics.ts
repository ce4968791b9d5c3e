/** What the assembler has to say about a source, and where. */

export interface Place {
  readonly file: string;
  /** Lines and columns count from 1; endColumn is the column after the last. */
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
  /** Where there are no lines, as in an object file: what is named instead of the line and column, such as `main+0x12 (.text+0x12)`. */
  readonly location?: string;
}

export interface Diagnostic extends Place {
  readonly severity: 'error' | 'warning';
  readonly message: string;
}

/** More than this many are not collected: after so many, the source is not what it was taken for. */
const LIMIT = 1000;

/** The diagnostics of one run, in the order they were found. */
export class Diagnostics {
  readonly list: Diagnostic[] = [];
  errors = 0;
  private readonly said = new Set<string>();

  add(place: Place, severity: Diagnostic['severity'], message: string): void {
    // What one statement asks for twice, as call does with both halves of an address, is said once.
    const key = `${place.file}:${place.line}:${place.column}:${place.location}:${message}`;
    if (this.said.has(key)) return;
    this.said.add(key);
    if (severity === 'error') this.errors++;
    if (this.list.length < LIMIT) this.list.push({ ...place, severity, message });
  }

  /** @param inputs names of the files that the run is about, in their order */
  constructor(private readonly inputs: readonly string[] = []) {}

  /** By file, line and column: files in the order they were given, then in the order they were first mentioned. */
  sorted(): Diagnostic[] {
    const files = [...new Set([...this.inputs, ...this.list.map(({ file }) => file)])];
    return [...this.list].sort(
      (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
    );
  }
}

/** A mistake in one statement: what parsing code throws, and the statement loop turns into a diagnostic. Offsets are into the statement's text. */
export class Mistake extends Error {
  constructor(
    message: string,
    readonly start: number,
    readonly end: number,
    /** The operand is of the right kind, only its value is not: of several complaints this is the one to make. */
    readonly near = false,
  ) {
    super(message);
  }
}

/** `daxpy.S:14:21: error: …`, as compilers print it. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  return `${placeText(diagnostic)}: ${diagnostic.severity}: ${diagnostic.message}`;
}

/** `daxpy.S:14:21`, `main.o: main+0x12 (.text+0x12)`, or only the file's name. */
function placeText({ file, line, column, location }: Place): string {
  if (location === undefined) return `${file}:${line}:${column}`;
  return location ? `${file}: ${location}` : file;
}

/** A file as a whole. */
export const wholeFile = (file: string): Place => ({ file, line: 1, column: 1, endColumn: 2, location: '' });

/** How another place is named in a message. */
export const earlierPlace = (place: Place): string =>
  place.location === undefined ? `${place.file}:${place.line}` : placeText(place);
