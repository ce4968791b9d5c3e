import type { ByteSource } from '../../emulator/byte-source.js';
import type { ElfSymbol } from '../../emulator/elf.js';

const kinds: readonly (ElfSymbol['kind'] | undefined)[] = ['label', 'object', 'function'];
const decoder = new TextDecoder();
const encoder = new TextEncoder();
const ENTRY = 24;
const MOST_TRIES = 1000;

/** The symbols of a file, some bytes each: a symbol is made when it is asked for. Sorted by address; of several at one the best to show comes last. */
export class SymbolTable {
  private values = new BigUint64Array();
  private sizes = new BigUint64Array();
  /** The kind's number, and 4 for a global one. */
  private marks = new Uint8Array();
  private names = new Uint32Array();
  /** By hash of the name: a symbol's number and one, or 0. */
  private hashes: Uint32Array | undefined;

  constructor(private strings: Uint8Array = new Uint8Array()) {}

  /** Of a .symtab section. Mapping symbols ($x, $d), compilers' labels and names without end are left out. */
  static ofElf(table: ByteSource, strings: ByteSource): SymbolTable {
    const made = new SymbolTable(strings.read(0, strings.size));
    const { length } = made.strings;
    const lastEnd = made.strings.lastIndexOf(0);
    const bytes = table.read(0, table.size - (table.size % ENTRY));
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const picked = new Uint32Array(bytes.length / ENTRY);
    let count = 0;
    for (let at = 0; at < bytes.length; at += ENTRY) {
      const name = view.getUint32(at, true);
      if (!kinds[bytes[at + 4] & 15] || name === 0 || name >= length || name > lastEnd) continue;
      if (view.getUint16(at + 6, true) === 0) continue;
      const [first, second] = [made.strings[name], made.strings[name + 1]];
      if (first === DOLLAR || first === 0 || (first === DOT && second === L)) continue;
      picked[count++] = at;
    }
    made.take(picked.subarray(0, count), (at) => ({
      value: view.getBigUint64(at + 8, true),
      size: view.getBigUint64(at + 16, true),
      mark: (bytes[at + 4] & 15) | (bytes[at + 4] >> 4 ? 4 : 0),
      name: view.getUint32(at, true),
    }));
    return made;
  }

  /**
   * Of a kernel's System.map, or what `nm` prints: address, kind, name on each line. Other lines are passed over.
   * @throws Error when there is none
   */
  static ofMap(text: string): SymbolTable {
    const picked: Picked[] = [];
    const names: string[] = [];
    let at = 0;
    for (const line of text.split('\n')) {
      const [, address, kind, name] = /^([0-9a-fA-F]{8,16}) ([A-Za-z]) ([^\s]+)/.exec(line) ?? [];
      if (!name || kind === 'U' || kind === 'u' || name.startsWith('$')) continue;
      const lower = kind.toLowerCase();
      const code = lower === 't' || lower === 'w' ? 2 : lower === 'a' ? 0 : 1;
      picked.push({
        value: BigInt(`0x${address}`),
        size: 0n,
        mark: code | (kind === lower ? 0 : 4),
        name: at,
      });
      names.push(name);
      at += encoder.encode(name).length + 1;
    }
    if (picked.length === 0)
      throw new Error('it is no ELF file and holds no lines such as `ffffffff80000000 T _start`');
    const made = new SymbolTable(encoder.encode(names.map((name) => `${name}\0`).join('')));
    made.take(
      Uint32Array.from(picked, (_, n) => n),
      (n) => picked[n],
    );
    return made;
  }

  /** @param list what `get` makes entries of */
  private take(list: Uint32Array, get: (which: number) => Picked): void {
    const { length } = list;
    const [values, sizes] = [new BigUint64Array(length), new BigUint64Array(length)];
    const [marks, names] = [new Uint8Array(length), new Uint32Array(length)];
    // High and low halves are compared as numbers.
    const [high, low] = [new Float64Array(length), new Float64Array(length)];
    for (let n = 0; n < length; n++) {
      const { value, size, mark, name } = get(list[n]);
      [values[n], sizes[n], marks[n], names[n]] = [value, size, mark, name];
      high[n] = Number(value >> 32n);
      low[n] = Number(value & 0xffffffffn);
    }
    // Functions after labels, global after local.
    const worth = (n: number) => (marks[n] & 3 ? 2 : 0) + (marks[n] >> 2);
    const order = Uint32Array.from(list, (_, n) => n);
    order.sort((a, b) => high[a] - high[b] || low[a] - low[b] || worth(a) - worth(b) || a - b);
    this.values = BigUint64Array.from(order, (n) => values[n]);
    this.sizes = BigUint64Array.from(order, (n) => sizes[n]);
    this.marks = Uint8Array.from(order, (n) => marks[n]);
    this.names = Uint32Array.from(order, (n) => names[n]);
  }

  get size(): number {
    return this.values.length;
  }

  get(n: number): ElfSymbol {
    const mark = this.marks[n];
    return {
      name: this.name(n),
      value: this.values[n],
      size: this.sizes[n],
      kind: kinds[mark & 3]!,
      global: (mark & 4) !== 0,
    };
  }

  private name(n: number): string {
    const start = this.names[n];
    return decoder.decode(this.strings.subarray(start, this.strings.indexOf(0, start)));
  }

  /** How many symbols lie at or below an address. */
  upTo(va: bigint): number {
    let low = 0;
    let high = this.values.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.values[middle] <= va) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** A symbol by its name: a global one before a local one, then the one with the highest address. */
  named(name: string): ElfSymbol | undefined {
    this.hashes ??= this.buildHashes();
    const wanted = encoder.encode(name);
    const mask = this.hashes.length - 1;
    let best = -1;
    for (let slot = hash(wanted, 0) & mask; this.hashes[slot]; slot = (slot + 1) & mask) {
      const n = this.hashes[slot] - 1;
      if (this.same(n, wanted) && (best < 0 || this.marks[n] >> 2 > this.marks[best] >> 2)) best = n;
    }
    return best < 0 ? undefined : this.get(best);
  }

  private buildHashes(): Uint32Array {
    const table = new Uint32Array(2 ** Math.ceil(Math.log2(2 * this.size + 2)));
    for (let n = this.size - 1; n >= 0; n--) {
      let slot = hash(this.strings, this.names[n]) & (table.length - 1);
      // Names that many local symbols share need not all be found.
      let tries = 0;
      while (table[slot] && tries++ < MOST_TRIES) slot = (slot + 1) & (table.length - 1);
      if (!table[slot]) table[slot] = n + 1;
    }
    return table;
  }

  private same(n: number, wanted: Uint8Array): boolean {
    const start = this.names[n];
    for (let at = 0; at < wanted.length; at++) if (this.strings[start + at] !== wanted[at]) return false;
    return this.strings[start + wanted.length] === 0;
  }

  /** Symbols whose names begin so, at most `most`. */
  *beginning(prefix: string, most: number): Iterable<ElfSymbol> {
    const wanted = encoder.encode(prefix);
    for (let n = 0; n < this.size && most > 0; n++) {
      const start = this.names[n];
      let at = 0;
      while (at < wanted.length && this.strings[start + at] === wanted[at]) at++;
      if (at < wanted.length) continue;
      most--;
      yield this.get(n);
    }
  }

  /** Does a function's symbol lie in (low, high]? */
  functionWithin(low: bigint, high: bigint): boolean {
    for (let n = this.upTo(low); n < this.size && this.values[n] <= high; n++)
      if ((this.marks[n] & 3) === 2) return true;
    return false;
  }
}

interface Picked {
  readonly value: bigint;
  readonly size: bigint;
  readonly mark: number;
  readonly name: number;
}

const [DOLLAR, DOT, L] = [0x24, 0x2e, 0x4c];

/** FNV-1a of the bytes up to a NUL or the end. */
function hash(bytes: Uint8Array, start: number): number {
  let value = 0x811c9dc5;
  for (let at = start; at < bytes.length && bytes[at]; at++) value = Math.imul(value ^ bytes[at], 0x01000193);
  return value >>> 0;
}
