/** A view of little-endian bytes that never reads beside them: what object files and archives are read with. */

/** The bytes are not what they say they are. */
export class Malformed extends Error {}

const decoder = new TextDecoder();

export class Reader {
  private readonly view: DataView;

  constructor(
    readonly bytes: Uint8Array,
    /** What the bytes are, for messages. */
    private readonly what: string,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.bytes.length;
  }

  private check(at: number, length: number): number {
    if (!(at >= 0 && length >= 0 && at + length <= this.bytes.length))
      throw new Malformed(
        `is cut off or damaged: ${this.what} ends at byte ${this.bytes.length}, but byte ${at + length} is asked for`,
      );
    return at;
  }

  u8 = (at: number): number => this.view.getUint8(this.check(at, 1));
  u16 = (at: number): number => this.view.getUint16(this.check(at, 2), true);
  u32 = (at: number): number => this.view.getUint32(this.check(at, 4), true);
  u64 = (at: number): bigint => this.view.getBigUint64(this.check(at, 8), true);
  s64 = (at: number): bigint => this.view.getBigInt64(this.check(at, 8), true);

  /** An offset or a size, which must be exact as a number. */
  offset(at: number): number {
    const value = this.u64(at);
    if (value > BigInt(Number.MAX_SAFE_INTEGER))
      throw new Malformed(`is cut off or damaged: ${this.what}: ${value} is no offset or size`);
    return Number(value);
  }

  slice(at: number, length: number): Uint8Array {
    this.check(at, length);
    return this.bytes.subarray(at, at + length);
  }

  text(at: number, length: number): string {
    return decoder.decode(this.slice(at, length));
  }

  /** A string that a zero byte ends. */
  string(at: number): string {
    this.check(at, 1);
    const end = this.bytes.indexOf(0, at);
    if (end < 0) throw new Malformed(`is cut off or damaged: ${this.what}: the string at byte ${at} has no end`);
    return decoder.decode(this.bytes.subarray(at, end));
  }
}
