/** DAP's framing: `Content-Length: N`, an empty line, and N bytes of JSON (specification, "Base protocol"). */

import { joined } from '../emulator/joined.js';

/** A message longer than this ends the conversation: it is none. */
const LONGEST_MESSAGE = 64 << 20;
/** So much without the end of a header is no header. */
const LONGEST_HEADER = 8192;

/** What came in: a message, whatever it is, or what was wrong instead. */
export type Incoming = { readonly message: unknown } | { readonly problem: string };

/** Reads messages out of bytes as they come, in pieces of any size. */
export class MessageReader {
  private readonly chunks: Uint8Array[] = [];
  private held = 0;
  /** Of the message that is being read; undefined: its header is. */
  private length: number | undefined;
  private readonly decoder = new TextDecoder();
  /** Nobody knows any more where a message begins: the conversation is over. */
  broken = false;

  push(bytes: Uint8Array): Incoming[] {
    if (this.broken) return [];
    this.chunks.push(bytes);
    this.held += bytes.length;
    const incoming: Incoming[] = [];
    for (;;) {
      const next = this.length === undefined ? this.header() : this.body(this.length);
      if (next === undefined) return incoming;
      if (next !== 'read') incoming.push(next);
      if (this.broken) return incoming;
    }
  }

  /** All that is held, in one piece. */
  private all(): Uint8Array {
    if (this.chunks.length > 1) this.chunks.push(joined(this.chunks.splice(0)));
    return this.chunks[0] ?? new Uint8Array();
  }

  private drop(count: number): void {
    const rest = this.all().subarray(count);
    this.chunks.length = 0;
    if (rest.length) this.chunks.push(rest);
    this.held = rest.length;
  }

  /** Undefined: more bytes are needed. */
  private header(): Incoming | 'read' | undefined {
    const bytes = this.all();
    const end = endOfHeader(bytes);
    if (end === undefined) {
      if (this.held <= LONGEST_HEADER) return undefined;
      return this.end(`${LONGEST_HEADER} bytes came without the end of a header`);
    }
    const lines = this.decoder.decode(bytes.subarray(0, end)).split('\r\n');
    this.drop(end + 4);
    const found = lines.map((line) => /^content-length[ \t]*:[ \t]*(.*?)[ \t]*$/i.exec(line)?.[1]).find(Boolean);
    if (found === undefined) return { problem: 'a header has no Content-Length' };
    if (!/^\d+$/.test(found)) return { problem: `Content-Length is ${short(found)}, not a number of bytes` };
    if (Number(found) > LONGEST_MESSAGE)
      return this.end(`a message of ${short(found)} bytes is announced; at most ${LONGEST_MESSAGE} are taken`);
    this.length = Number(found);
    return 'read';
  }

  private body(length: number): Incoming | 'read' | undefined {
    if (this.held < length) return undefined;
    const text = this.decoder.decode(this.all().subarray(0, length));
    this.drop(length);
    this.length = undefined;
    if (!text) return 'read';
    try {
      return { message: JSON.parse(text) };
    } catch (error) {
      return { problem: (error as Error).message };
    }
  }

  private end(problem: string): Incoming {
    this.broken = true;
    this.chunks.length = 0;
    return { problem };
  }
}

const short = (text: string) => (text.length > 40 ? `${text.slice(0, 37)}...` : text);

/** Where the empty line begins. */
function endOfHeader(bytes: Uint8Array): number | undefined {
  const most = Math.min(bytes.length, LONGEST_HEADER + 4);
  for (let at = bytes.indexOf(13); at >= 0 && at + 3 < most; at = bytes.indexOf(13, at + 1))
    if (bytes[at + 1] === 10 && bytes[at + 2] === 13 && bytes[at + 3] === 10) return at;
  return undefined;
}

/** A message as it goes over the wire. */
export function framed(message: object): Uint8Array {
  const body = new TextEncoder().encode(JSON.stringify(message));
  const head = new TextEncoder().encode(`Content-Length: ${body.length}\r\n\r\n`);
  return joined([head, body]);
}
