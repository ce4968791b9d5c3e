/** Archives of objects (.a): members, and the index that tells which member defines a symbol (System V and GNU; BSD's long names). */
import { isElf, readObjectFile, SHN } from './elf-object.js';
import { Malformed, Reader } from './reader.js';

export interface Member {
  /** `libc.a(printf.o)` */
  readonly name: string;
  readonly data: Uint8Array;
}

const MAGIC = '!<arch>\n';
const THIN = '!<thin>\n';
const HEADER = 60;

const startsWith = (data: Uint8Array, text: string) =>
  data.length >= text.length && [...text].every((c, i) => data[i] === c.charCodeAt(0));

export const isArchive = (data: Uint8Array): boolean => startsWith(data, MAGIC) || startsWith(data, THIN);

interface Entry {
  readonly name: string;
  readonly data: Uint8Array;
}

export class Archive {
  /** Where each symbol's member starts. */
  private readonly index: ReadonlyMap<string, number>;
  private readonly file: Reader;
  private longNames: Reader | undefined;

  /** @throws Malformed; its message continues "this file" */
  constructor(
    readonly name: string,
    data: Uint8Array,
  ) {
    if (startsWith(data, THIN))
      throw new Malformed(
        `is a thin archive, which only names its objects; make a whole one (ar rcs without T), or name the objects themselves`,
      );
    this.file = new Reader(data, 'the archive');
    this.index = this.readIndex();
  }

  /** The symbols that members define. */
  names(): IterableIterator<string> {
    return this.index.keys();
  }

  /** The place of the member that defines a symbol. */
  memberDefining(symbol: string): number | undefined {
    return this.index.get(symbol);
  }

  /** @throws Malformed */
  memberAt(at: number): Member {
    const { name, data } = this.entryAt(at).entry;
    return { name: `${this.name}(${name})`, data };
  }

  private entryAt(at: number): { entry: Entry; next: number } {
    const header = this.file.text(at, HEADER);
    if (header.slice(58) !== '`\n') throw new Malformed(`has no member header at byte ${at}`);
    const digits = header.slice(48, 58).trim();
    if (!/^\d+$/.test(digits)) throw new Malformed(`has a member at byte ${at} of ${JSON.stringify(digits)} bytes`);
    const size = Number(digits);
    const data = this.file.slice(at + HEADER, size);
    const next = at + HEADER + size + (size & 1);
    const written = header.slice(0, 16).trimEnd();
    const bsd = /^#1\/(\d+)$/.exec(written);
    if (!bsd) return { entry: { name: this.memberName(written), data }, next };
    const length = Number(bsd[1]);
    const name = new Reader(data, 'the member').text(0, length).replace(/\0.*$/s, '');
    return { entry: { name, data: data.subarray(length) }, next };
  }

  /** GNU writes `name/`, and `/offset` where the name stands in the member `//`. */
  private memberName(written: string): string {
    const long = /^\/(\d+)$/.exec(written);
    if (!long) return written.length > 1 && !written.startsWith('/') ? written.replace(/\/$/, '') : written;
    const names = this.longNames;
    const at = Number(long[1]);
    if (!names || at >= names.length) throw new Malformed(`has no name number ${at}`);
    const rest = names.text(at, Math.min(names.length - at, 4096));
    return /^[^\n\0]*/.exec(rest)![0].replace(/\/$/, '');
  }

  /** The archive's own index; without one, every member's global symbols. */
  private readIndex(): Map<string, number> {
    let found: Map<string, number> | undefined;
    const members: { entry: Entry; at: number }[] = [];
    for (let at = MAGIC.length; at < this.file.length; ) {
      const { entry, next } = this.entryAt(at);
      if (entry.name === '/') found = gnuIndex(entry.data, 4);
      else if (entry.name === '/SYM64/') found = gnuIndex(entry.data, 8);
      else if (entry.name === '//') this.longNames = new Reader(entry.data, 'the table of member names');
      else if (!entry.name.startsWith('__.SYMDEF')) members.push({ entry, at });
      // Members follow the index and the names; with an index there is no need to look at all of them.
      if (found && members.length) break;
      at = next;
    }
    return found ?? scan(members);
  }
}

/** A count, so many places of members, and as many names; big-endian. @throws Malformed */
function gnuIndex(data: Uint8Array, width: 4 | 8): Map<string, number> {
  const reader = new Reader(data, "the archive's index");
  const number = (at: number) => {
    let value = 0;
    for (let i = 0; i < width; i++) value = value * 256 + reader.u8(at + i);
    return value;
  };
  const count = number(0);
  if (count > data.length) throw new Malformed(`has an index of ${count} symbols in ${data.length} bytes`);
  const index = new Map<string, number>();
  let at = width * (count + 1);
  for (let i = 0; i < count; i++) {
    const end = data.indexOf(0, at);
    if (end < 0) throw new Malformed('has an index that is cut off');
    const name = reader.text(at, end - at);
    if (!index.has(name)) index.set(name, number(width * (i + 1)));
    at = end + 1;
  }
  return index;
}

function scan(members: readonly { entry: Entry; at: number }[]): Map<string, number> {
  const index = new Map<string, number>();
  for (const { entry, at } of members) {
    if (!isElf(entry.data)) continue;
    let symbols: ReturnType<typeof readObjectFile>['symbols'];
    try {
      ({ symbols } = readObjectFile(entry.data));
    } catch (error) {
      if (error instanceof Malformed) throw new Malformed(`holds ${entry.name}, which ${error.message}`);
      throw error;
    }
    for (const { name, binding, section } of symbols)
      if (binding !== 0 && section !== SHN.UNDEF && section !== SHN.COMMON && name && !index.has(name))
        index.set(name, at);
  }
  return index;
}
