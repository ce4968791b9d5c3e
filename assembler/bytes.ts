/** A growing run of little-endian bytes: what file formats are written with. */
import { leb128 } from './relax.js';

const encoder = new TextEncoder();

export class Bytes {
  private data = new Uint8Array(256);
  length = 0;

  static from(values: readonly number[]): Bytes {
    return new Bytes().u8(...values);
  }

  private reserve(count: number): void {
    if (this.length + count <= this.data.length) return;
    const grown = new Uint8Array(Math.max(2 * this.data.length, this.length + count));
    grown.set(this.data.subarray(0, this.length));
    this.data = grown;
  }
  /** An unsigned or signed integer of so many bytes. */
  integer(value: number | bigint, bytes: number): this {
    this.reserve(bytes);
    let rest = BigInt.asUintN(64, BigInt(value));
    for (let i = 0; i < bytes; i++, rest >>= 8n) this.data[this.length++] = Number(rest & 0xffn);
    return this;
  }
  u8(...values: number[]): this {
    this.reserve(values.length);
    for (const value of values) this.data[this.length++] = value;
    return this;
  }
  u16 = (value: number) => this.integer(value, 2);
  u32 = (value: number) => this.integer(value, 4);
  u64 = (value: number | bigint) => this.integer(value, 8);
  uleb = (value: number | bigint) => this.u8(...leb128(BigInt(value), false));
  sleb = (value: number | bigint) => this.u8(...leb128(BigInt(value), true));

  append(bytes: Uint8Array): this {
    this.reserve(bytes.length);
    this.data.set(bytes, this.length);
    this.length += bytes.length;
    return this;
  }
  /** UTF-8, ended by a zero byte. */
  string(text: string): this {
    return this.append(encoder.encode(text)).u8(0);
  }
  align(boundary: number): this {
    while (this.length % boundary) this.u8(0);
    return this;
  }
  /** Something whose length, in four bytes before it, is only known afterwards. */
  measured(write: () => void): this {
    const at = this.length;
    this.u32(0);
    write();
    new DataView(this.data.buffer).setUint32(at, this.length - at - 4, true);
    return this;
  }
  done(): Uint8Array<ArrayBuffer> {
    return this.data.slice(0, this.length);
  }
}

/** A table of strings, each ended by a zero byte and kept once; the first is empty. */
export class StringTable {
  private readonly bytes = new Bytes().u8(0);
  private readonly offsets = new Map<string, number>([['', 0]]);

  offset(text: string): number {
    let at = this.offsets.get(text);
    if (at === undefined) {
      at = this.bytes.length;
      this.offsets.set(text, at);
      this.bytes.string(text);
    }
    return at;
  }
  done(): Uint8Array<ArrayBuffer> {
    return this.bytes.done();
  }
}
