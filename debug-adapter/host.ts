import type { Session } from './session.js';
import type { Launched } from './start.js';

import type { ByteSource } from '../emulator/byte-source.js';

/** A machine that runs without a debugger, or waits for one. */
export interface Attachable {
  /** Take it over for a session: until that disposes of it, nobody else runs it. @throws Error where another session has it */
  take(session: Session): Launched;
  /** It runs already: it did not wait for a debugger. */
  readonly started: boolean;
  /** The program's file. */
  readonly program: string;
}

/** What the debug session needs of where it runs: a Node process or a browser worker. */
export interface Host {
  /** HartHop's. */
  readonly version: string;
  /** A file by its path. @throws Error that says why it can't be read */
  readFile(path: string): Promise<Uint8Array>;
  /** A file that is read by ranges, as long as the session lasts. Absent where files can only be read whole. @throws Error as `readFile` */
  openFile?(path: string): Promise<ByteSource>;
  /** The path as it is from wherever it is read: absolute, where paths are. */
  absolute(path: string): string;
  exists(path: string): Promise<boolean>;
  /** The image that boots when launch names none. */
  image(role: 'firmware' | 'kernel'): Promise<{ readonly path: string; readonly data: Uint8Array }>;
  /** The folder against which the images' source names (`kernel/trap.c`) are resolved. */
  readonly sourceRoot: string;
  /** The machine that runs here already, for `attach`. */
  readonly attachable?: Attachable;
  /** Let waiting messages come in. */
  breathe(): Promise<void>;
  /** Let so many milliseconds pass, and messages come in. */
  idle(milliseconds: number): Promise<void>;
  /** Milliseconds, monotonic. */
  now(): number;
}

/** Separators as `/` and no `.` or `..` within, so that two spellings of a path compare equal. */
export function normalPath(path: string): string {
  const parts: string[] = [];
  const slashed = path.replaceAll('\\', '/').replace(/^([a-z]):/, (_, drive: string) => `${drive.toUpperCase()}:`);
  for (const part of slashed.split('/')) {
    if (part === '..' && parts.length > 1) parts.pop();
    else if (part !== '.' && (part !== '' || parts.length === 0)) parts.push(part);
  }
  return parts.join('/');
}

export const baseName = (path: string) => path.split(/[\\/]/).at(-1)!;
