/** A cursor over little-endian bytes, as object files and DWARF need it. Reading past the end throws a RangeError. */
export class Bytes {
  private readonly view: DataView;
  /** Offset of the next byte. */
  at: number;

  constructor(
    readonly data: Uint8Array,
    at = 0,
    readonly end = data.length,
  ) {
    this.view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    this.at = at;
    if (at < 0 || end > data.length || at > end) throw new RangeError(`offset ${at} lies outside ${data.length} bytes`);
  }

  get more(): boolean {
    return this.at < this.end;
  }

  private take(length: number): number {
    const at = this.at;
    if (length < 0 || at + length > this.end)
      throw new RangeError(`${length} bytes at offset ${at} pass the end (${this.end})`);
    this.at = at + length;
    return at;
  }

  u8(): number {
    return this.view.getUint8(this.take(1));
  }
  i8(): number {
    return this.view.getInt8(this.take(1));
  }
  u16(): number {
    return this.view.getUint16(this.take(2), true);
  }
  u32(): number {
    return this.view.getUint32(this.take(4), true);
  }
  i32(): number {
    return this.view.getInt32(this.take(4), true);
  }
  u64(): bigint {
    return this.view.getBigUint64(this.take(8), true);
  }

  /** 1, 2, 4 or 8 bytes, unsigned. */
  unsigned(size: number): bigint {
    if (size === 8) return this.u64();
    if (size === 4) return BigInt(this.u32());
    if (size === 2) return BigInt(this.u16());
    if (size === 1) return BigInt(this.u8());
    throw new RangeError(`no integer has ${size} bytes`);
  }

  /** An offset or length: 4 or 8 bytes, that must be exact as a number. */
  offset(size: 4 | 8): number {
    if (size === 4) return this.u32();
    const value = this.u64();
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError(`offset ${value} is too large`);
    return Number(value);
  }

  /** Unsigned LEB128 (DWARF 5, section 7.6), 64 bits kept. */
  uleb(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.u8();
      if (shift < 70n) value |= BigInt(byte & 0x7f) << shift;
      if (!(byte & 0x80)) return BigInt.asUintN(64, value);
    }
  }

  /** Unsigned LEB128 that must be exact as a number. */
  count(): number {
    const first = this.view.getUint8(this.take(1));
    if (first < 0x80) return first;
    this.at--;
    const value = this.uleb();
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError(`count ${value} is too large`);
    return Number(value);
  }

  /** Pass over a LEB128. */
  leb(): void {
    while (this.u8() & 0x80);
  }

  /** The length of the NUL-terminated string here, without its NUL. */
  length0(): number {
    const stop = this.data.indexOf(0, this.at);
    if (stop < 0 || stop >= this.end) throw new RangeError(`the string at offset ${this.at} has no end`);
    return stop - this.at;
  }

  /** Signed LEB128. */
  sleb(): bigint {
    let value = 0n;
    for (let shift = 0n; ; ) {
      const byte = this.u8();
      if (shift < 70n) value |= BigInt(byte & 0x7f) << shift;
      shift += 7n;
      if (!(byte & 0x80)) {
        if (byte & 0x40 && shift < 64n) value -= 1n << shift;
        return BigInt.asIntN(64, value);
      }
    }
  }

  /** A NUL-terminated string. */
  cstring(): string {
    const stop = this.data.indexOf(0, this.at);
    if (stop < 0 || stop >= this.end) throw new RangeError(`the string at offset ${this.at} has no end`);
    const text = decoder.decode(this.data.subarray(this.at, stop));
    this.at = stop + 1;
    return text;
  }

  bytes(length: number): Uint8Array {
    const at = this.take(length);
    return this.data.subarray(at, at + length);
  }

  skip(length: number): void {
    this.take(length);
  }

  /** The initial length of a DWARF unit (section 7.4): the bytes that follow it, and the size of its offsets. */
  initialLength(): { length: number; offsetSize: 4 | 8 } {
    const short = this.u32();
    const offsetSize = short === 0xffffffff ? 8 : 4;
    if (offsetSize === 4 && short >= 0xfffffff0) throw new RangeError(`reserved unit length 0x${short.toString(16)}`);
    return { length: offsetSize === 8 ? this.offset(8) : short, offsetSize };
  }

  /** The same as the unit's end, which must lie within. */
  unitLength(): { end: number; offsetSize: 4 | 8 } {
    const { length, offsetSize } = this.initialLength();
    if (this.at + length > this.end)
      throw new RangeError(`a unit of ${length} bytes at offset ${this.at} passes the section's end`);
    return { end: this.at + length, offsetSize };
  }
}

const decoder = new TextDecoder();
