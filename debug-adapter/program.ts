import { type Assembled, assemble, type Diagnostic, formatDiagnostic } from '../assembler/assemble.js';
import { resolvePath } from '../assembler/path.js';
import { baseName } from './host.js';
import type { Progress } from './progress.js';
import { Cancelled, RequestError } from './protocol.js';
import type { Session } from './session.js';

/** Is it assembly source? (Else it is taken to be an ELF file.) */
const isSource = (path: string) => /\.[sS]$/.test(path);
/** Files that include each other are read in rounds; so deep they are not nested. */
const ROUNDS = 100;

/** The program's ELF file: read, or assembled from source. @throws RequestError; what the assembler says comes as output with its places */
export async function loadProgram(
  name: string,
  session: Session,
  signal: AbortSignal,
): Promise<{ path: string; data: Uint8Array }> {
  // Debug information names sources as they were given here, and clients name them by absolute paths.
  const path = session.host.absolute(name);
  let data: Uint8Array;
  try {
    data = await session.host.readFile(path);
  } catch (error) {
    throw new RequestError(`launch: ${(error as Error).message}`, true);
  }
  if (!isSource(path)) return { path, data };
  const controller = new AbortController();
  signal.addEventListener('abort', () => controller.abort());
  const progress = session.progress(`Assembling ${baseName(path)}`, () => controller.abort());
  let assembled: Assembled;
  try {
    assembled = await assembleWith(path, new TextDecoder().decode(data), session, progress, controller.signal);
  } finally {
    progress.end();
  }
  const { elf, diagnostics } = assembled;
  for (const diagnostic of diagnostics) tell(diagnostic, session);
  if (elf) return { path, data: elf };
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more, in the debug console)` : '';
  throw new RequestError(`launch: ${formatDiagnostic(errors[0])}${more}`, true);
}

/** Included files are read beforehand: the assembler does not wait, so it is run again when it asked for one. */
async function assembleWith(
  path: string,
  text: string,
  { host }: Session,
  progress: Progress,
  signal: AbortSignal,
): Promise<Assembled> {
  const files = new Map<string, Uint8Array | undefined>();
  for (let round = 0; ; round++) {
    const wanted = new Set<string>();
    await host.breathe();
    Cancelled.check(signal);
    const includeBytes = (name: string, from: string) => {
      const file = resolvePath(name, from);
      if (!files.has(file)) wanted.add(file);
      return files.get(file);
    };
    const include = (name: string, from: string) => {
      const bytes = includeBytes(name, from);
      return bytes && new TextDecoder().decode(bytes);
    };
    const result = assemble([{ name: path, text }], { include, includeBytes });
    if (wanted.size === 0 || round >= ROUNDS) return result;
    // How many rounds there will be shows only in the files.
    progress.at(`${files.size} included files`);
    for (const file of wanted) files.set(file, await host.readFile(file).catch(() => undefined));
  }
}

function tell(diagnostic: Diagnostic, session: Session): void {
  const { file, line, column, severity } = diagnostic;
  const source = { name: baseName(file), path: file };
  session.output(`${formatDiagnostic(diagnostic)}\n`, severity === 'error' ? 'stderr' : 'console', {
    source,
    line,
    column,
  });
}
