/** Packets of the GDB remote serial protocol (GDB manual, "Remote Protocol", "Overview"): `$data#checksum`, answered by `+` or `-`. */

/** What comes from a client. */
export type Incoming =
  | { readonly kind: 'packet'; readonly data: Uint8Array }
  | { readonly kind: 'interrupt' }
  /** A packet whose checksum is wrong: to be sent again. */
  | { readonly kind: 'damaged' }
  /** Our last packet came damaged. */
  | { readonly kind: 'again' };

const [DOLLAR, HASH, PLUS, MINUS, ESCAPE, STAR, INTERRUPT] = [0x24, 0x23, 0x2b, 0x2d, 0x7d, 0x2a, 3];
/** A client was told that packets are at most so long. */
export const PACKET_BYTES = 0x8000;

const digits = (byte: number) => byte.toString(16).padStart(2, '0');
const hexDigit = (byte: number) => {
  const value = Number.parseInt(String.fromCharCode(byte), 16);
  return Number.isNaN(value) ? -1 : value;
};

/** Takes bytes as they come, gives packets. What is no packet is passed over. */
export class PacketReader {
  private packet: number[] | undefined;
  /** Digits of the checksum that have come; none while the packet lasts. */
  private checksum: number[] | undefined;
  /** Checksums are not looked at: the client asked for that. */
  trusting = false;

  push(bytes: Uint8Array): Incoming[] {
    const found: Incoming[] = [];
    for (const byte of bytes) {
      const incoming = this.take(byte);
      if (incoming) found.push(incoming);
    }
    return found;
  }

  private take(byte: number): Incoming | undefined {
    if (this.checksum) {
      this.checksum.push(hexDigit(byte));
      return this.checksum.length === 2 ? this.finish() : undefined;
    }
    if (byte === DOLLAR) {
      this.packet = [];
      return undefined;
    }
    if (!this.packet) {
      if (byte === INTERRUPT) return { kind: 'interrupt' };
      return byte === MINUS ? { kind: 'again' } : undefined;
    }
    if (byte === HASH) this.checksum = [];
    else if (this.packet.length < 2 * PACKET_BYTES) this.packet.push(byte);
    return undefined;
  }

  private finish(): Incoming {
    const [packet, [high, low]] = [this.packet!, this.checksum!];
    this.packet = this.checksum = undefined;
    const sum = packet.reduce((total, byte) => (total + byte) & 0xff, 0);
    if (!this.trusting && sum !== 16 * high! + low!) return { kind: 'damaged' };
    return { kind: 'packet', data: unescaped(packet) };
  }
}

function unescaped(bytes: readonly number[]): Uint8Array {
  const plain: number[] = [];
  for (let n = 0; n < bytes.length; n++) plain.push(bytes[n] === ESCAPE ? (bytes[++n] ?? 0) ^ 0x20 : bytes[n]!);
  return Uint8Array.from(plain);
}

/** A packet with this content, of characters below 256. */
export function packetOf(content: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of content) {
    const byte = character.charCodeAt(0) & 0xff;
    if ([DOLLAR, HASH, ESCAPE, STAR].includes(byte)) bytes.push(ESCAPE, byte ^ 0x20);
    else bytes.push(byte);
  }
  const sum = bytes.reduce((total, byte) => (total + byte) & 0xff, 0);
  return Uint8Array.from([DOLLAR, ...bytes, HASH, ...[...digits(sum)].map((digit) => digit.charCodeAt(0))]);
}

export const ACKNOWLEDGE = Uint8Array.of(PLUS);
export const REFUSE = Uint8Array.of(MINUS);

/** Bytes as hex digits, as most packets carry them. */
export const toHex = (bytes: Iterable<number>): string => Array.from(bytes, digits).join('');

/** @returns undefined where these are no hex digits in pairs */
export function fromHex(text: string): Uint8Array | undefined {
  if (!/^([0-9a-fA-F]{2})*$/.test(text)) return undefined;
  return Uint8Array.from({ length: text.length / 2 }, (_, n) => Number.parseInt(text.slice(2 * n, 2 * n + 2), 16));
}

export const hexOfText = (text: string): string => toHex(new TextEncoder().encode(text));
