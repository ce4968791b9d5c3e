import type { ByteSource } from '../../emulator/byte-source.js';
import type { ElfSymbol } from '../../emulator/elf.js';

const kinds: readonly (ElfSymbol['kind'] | undefined)[] = ['label', 'object', 'function'];
const decoder = new TextDecoder();
const encoder = new TextEncoder();
const ENTRY = 24;
const MOST_TRIES = 1000;
/** Marks of a symbol beside its kind: one that other files see; one without an underscore in front. */
const [GLOBAL, PLAIN] = [4, 8];

/** Symbols as they come; values and sizes as low and high halves, one after the other. */
interface Listed {
  readonly values: Uint32Array;
  readonly sizes: Uint32Array;
  readonly marks: Uint8Array;
  readonly names: Uint32Array;
}

/** The numbers of symbols by address; at one address functions after labels, global after local, names that are meant for programs after others. */
function inOrder(values: Uint32Array, marks: Uint8Array): Uint32Array {
  const { length } = marks;
  const worth = (n: number) => (marks[n]! & 3 ? 4 : 0) + ((marks[n]! & GLOBAL) >> 1) + ((marks[n]! & PLAIN) >> 3);
  let leastHigh = 2 ** 32;
  for (let n = 0; n < length; n++) leastHigh = Math.min(leastHigh, values[2 * n + 1]!);
  const address = (n: number) => (values[2 * n + 1]! - leastHigh) * 2 ** 32 + values[2 * n]!;
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (let n = 0; n < length; n++) {
    least = Math.min(least, address(n));
    most = Math.max(most, address(n));
  }
  // Address, worth and number in one: plain numbers are sorted many times faster than what a function has to compare.
  if ((most - least + 1) * 8 * length <= Number.MAX_SAFE_INTEGER) {
    const keys = Float64Array.from(marks, (_, n) => ((address(n) - least) * 8 + worth(n)) * length + n);
    return Uint32Array.from(keys.sort(), (key) => key % length);
  }
  const high = (n: number) => values[2 * n + 1]!;
  const low = (n: number) => values[2 * n]!;
  return Uint32Array.from(marks, (_, n) => n).sort(
    (a, b) => high(a) - high(b) || low(a) - low(b) || worth(a) - worth(b) || a - b,
  );
}

/** The symbols of a file, some bytes each: a symbol is made when it is asked for. Sorted by address; of several at one the best to show comes last. */
export class SymbolTable {
  private values = new BigUint64Array();
  private sizes = new BigUint64Array();
  /** The kind's number, and GLOBAL or PLAIN. */
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
    const table64 = () => new Uint32Array(2 * count);
    const list: Listed = {
      values: table64(),
      sizes: table64(),
      marks: new Uint8Array(count),
      names: new Uint32Array(count),
    };
    for (let n = 0; n < count; n++) {
      const at = picked[n]!;
      list.values[2 * n] = view.getUint32(at + 8, true);
      list.values[2 * n + 1] = view.getUint32(at + 12, true);
      list.sizes[2 * n] = view.getUint32(at + 16, true);
      list.sizes[2 * n + 1] = view.getUint32(at + 20, true);
      const name = view.getUint32(at, true);
      list.marks[n] =
        (bytes[at + 4]! & 15) | (bytes[at + 4]! >> 4 ? GLOBAL : 0) | (made.strings[name] === UNDERSCORE ? 0 : PLAIN);
      list.names[n] = name;
    }
    made.take(list);
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
        mark: code | (kind === lower ? 0 : GLOBAL) | (name.startsWith('_') ? 0 : PLAIN),
        name: at,
      });
      names.push(name);
      at += encoder.encode(name).length + 1;
    }
    if (picked.length === 0)
      throw new Error('it is no ELF file and holds no lines such as `ffffffff80000000 T _start`');
    const made = new SymbolTable(encoder.encode(names.map((name) => `${name}\0`).join('')));
    made.take({
      values: Uint32Array.from(picked.flatMap(({ value }) => [Number(value & 0xffffffffn), Number(value >> 32n)])),
      sizes: new Uint32Array(2 * picked.length),
      marks: Uint8Array.from(picked, ({ mark }) => mark),
      names: Uint32Array.from(picked, ({ name }) => name),
    });
    return made;
  }

  private take({ values, sizes, marks, names }: Listed): void {
    const order = inOrder(values, marks);
    const halves = (of: Uint32Array) => {
      const sorted = new BigUint64Array(order.length);
      const words = new DataView(sorted.buffer);
      order.forEach((from, n) => {
        words.setUint32(8 * n, of[2 * from]!, true);
        words.setUint32(8 * n + 4, of[2 * from + 1]!, true);
      });
      return sorted;
    };
    this.values = halves(values);
    this.sizes = halves(sizes);
    this.marks = Uint8Array.from(order, (n) => marks[n]!);
    this.names = Uint32Array.from(order, (n) => names[n]!);
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
      global: (mark & GLOBAL) !== 0,
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
      if (this.same(n, wanted) && (best < 0 || (this.marks[n] & GLOBAL) > (this.marks[best] & GLOBAL))) best = n;
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
  readonly mark: number;
  readonly name: number;
}

const [DOLLAR, DOT, L, UNDERSCORE] = [0x24, 0x2e, 0x4c, 0x5f];

/** FNV-1a of the bytes up to a NUL or the end. */
function hash(bytes: Uint8Array, start: number): number {
  let value = 0x811c9dc5;
  for (let at = start; at < bytes.length && bytes[at]; at++) value = Math.imul(value ^ bytes[at], 0x01000193);
  return value >>> 0;
}
