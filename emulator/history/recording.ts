/**
 * A run as a file: all that it is a function of, and how it ended. JSON; long runs of bytes in it are gzip in base64. Firmware and kernel are in
 * it unless they are those that come with HartHop, of which it holds the fingerprints.
 */
import { joined } from '../joined.js';
import { fromBase64, toBase64 } from '../base64.js';
import { describeSoc, readSoc, type Soc, SocError } from '../soc/soc.js';
import { type Input, inputShapes } from './inputs.js';
import type { Noted } from './history.js';

/** An image that was booted. */
export interface RecordedImage {
  readonly fingerprint: string;
  /** Its ELF file; undefined: the one that comes with HartHop. */
  readonly data?: Uint8Array;
}

export interface Recording {
  /** The version of HartHop that made it. */
  readonly version: string;
  readonly soc: Soc;
  /** The ELF file, and how it was named. */
  readonly program: { readonly path: string; readonly data: Uint8Array };
  readonly argv: readonly string[];
  readonly envp: readonly string[];
  readonly append?: string;
  readonly firmware: RecordedImage;
  readonly kernel: RecordedImage;
  readonly inputs: readonly Noted[];
  /** Where the recording ends, what the machine was there (fingerprint.ts), and the status with which it had switched itself off. */
  readonly end: { readonly steps: number; readonly state: string; readonly status?: number };
  /** Sources of the program, by their paths as its debug information has them. */
  readonly sources: Readonly<Record<string, string>>;
}

/** A file that is no recording, or one that can't be replayed here. The message names the file. */
export class RecordingError extends Error {}

const FORMAT = 'harthop-recording';
const VERSION = 1;
/** The most bytes that a packed part may unpack to. */
const MOST_BYTES = 512 * 2 ** 20;

/** The file's text. */
export async function writeRecording(recording: Recording): Promise<string> {
  const { version, soc, program, argv, envp, append, firmware, kernel, inputs, end, sources } = recording;
  const image = async ({ fingerprint, data }: RecordedImage) => ({
    fingerprint,
    ...(data && { data: await pack(data) }),
  });
  const json = {
    format: FORMAT,
    formatVersion: VERSION,
    version,
    soc: describeSoc(soc),
    program: { path: program.path, data: await pack(program.data) },
    argv,
    envp,
    ...(append !== undefined && { append }),
    firmware: await image(firmware),
    kernel: await image(kernel),
    inputs: inputs.map(({ steps, input }) => ({ steps, ...writeInput(input) })),
    end,
    sources: await pack(new TextEncoder().encode(JSON.stringify(sources))),
  };
  return `${JSON.stringify(json, null, 1)}\n`;
}

function writeInput(input: Input): Record<string, unknown> {
  const written: Record<string, unknown> = { kind: input.kind };
  for (const [name, type] of Object.entries(inputShapes[input.kind])) {
    const value = (input as unknown as Record<string, unknown>)[name];
    written[name] =
      type === 'bytes'
        ? toBase64(Uint8Array.from(value as ArrayLike<number>))
        : type === 'long'
          ? `0x${BigInt.asUintN(64, value as bigint).toString(16)}`
          : value;
  }
  return written;
}

/**
 * @param file what errors call it
 * @throws RecordingError
 */
export async function readRecording(text: string, file: string): Promise<Recording> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new RecordingError(`${file} is no recording of HartHop's, or is damaged: it is not JSON`);
  }
  const root = new Part(json, '', file);
  if (root.object().format !== FORMAT) throw new RecordingError(`${file} is no recording of HartHop's`);
  const formatVersion = root.member('formatVersion').count();
  if (formatVersion !== VERSION)
    throw new RecordingError(
      `${file} is a recording in version ${formatVersion} of the format; this HartHop reads version ${VERSION}`,
    );
  const program = root.member('program');
  const end = root.member('end');
  const image = async (name: string): Promise<RecordedImage> => {
    const part = root.member(name);
    const data = part.member('data');
    return { fingerprint: part.member('fingerprint').text(), ...(data.isThere && { data: await data.packed() }) };
  };
  const append = root.member('append');
  const status = end.member('status');
  const soc = socOf(root.member('soc'), file);
  const steps = end.member('steps').count();
  const sources = await root.member('sources').packedJson();
  return {
    version: root.member('version').text(),
    soc,
    program: { path: program.member('path').text(), data: await program.member('data').packed() },
    argv: root.member('argv').texts(),
    envp: root.member('envp').texts(),
    ...(append.isThere && { append: append.text() }),
    firmware: await image('firmware'),
    kernel: await image('kernel'),
    inputs: readInputs(root.member('inputs'), soc, steps),
    end: { steps, state: end.member('state').text(), ...(status.isThere && { status: status.count() }) },
    sources: Object.fromEntries(Object.keys(sources.object()).map((path) => [path, sources.member(path).text()])),
  };
}

function socOf(part: Part, file: string): Soc {
  try {
    return readSoc(part.value, `${file}: soc`);
  } catch (error) {
    if (error instanceof SocError) throw new RecordingError(error.message);
    throw error;
  }
}

function readInputs(list: Part, soc: Soc, end: number): Noted[] {
  let last = 0;
  return list.items().map((part) => {
    const steps = part.member('steps').count();
    if (steps < last || steps > end) part.member('steps').fail(`${steps} does not lie from ${last} to ${end}`);
    last = steps;
    const kind = part.member('kind').text();
    if (!Object.hasOwn(inputShapes, kind)) part.member('kind').fail(`there is no input "${kind}"`);
    const members = Object.entries(inputShapes[kind as keyof typeof inputShapes]).map(([name, type]) => {
      const member = part.member(name);
      switch (type) {
        case 'hart':
          return [name, member.hart(soc)];
        case 'count':
          return [name, member.count()];
        case 'long':
          return [name, member.long()];
        case 'bytes':
          return [name, member.bytes()];
        case 'flag':
          return [name, member.flag()];
        default:
          return [name, member.text()];
      }
    });
    return { steps, input: { kind, ...Object.fromEntries(members) } as Input };
  });
}

/** A part of the file that is being read. */
class Part {
  constructor(
    readonly value: unknown,
    private readonly path: string,
    private readonly file: string,
  ) {}

  fail(message: string): never {
    throw new RecordingError(`${this.file} is damaged: ${this.path || 'the whole'}: ${message}`);
  }

  get isThere(): boolean {
    return this.value !== undefined;
  }

  private expected(what: string): never {
    const text = JSON.stringify(this.value) ?? 'nothing';
    this.fail(`${text.length > 40 ? `${text.slice(0, 37)}...` : text} is not ${what}`);
  }

  object(): Record<string, unknown> {
    if (typeof this.value !== 'object' || this.value === null || Array.isArray(this.value)) this.expected('an object');
    return this.value as Record<string, unknown>;
  }

  member(name: string): Part {
    const object = this.object();
    const path = this.path ? `${this.path}.${name}` : name;
    return new Part(Object.hasOwn(object, name) ? object[name] : undefined, path, this.file);
  }

  items(): Part[] {
    if (!Array.isArray(this.value)) this.expected('a list');
    return (this.value as unknown[]).map((item, n) => new Part(item, `${this.path}[${n}]`, this.file));
  }

  text(): string {
    if (typeof this.value !== 'string') this.expected('a string');
    return this.value as string;
  }

  texts(): string[] {
    return this.items().map((item) => item.text());
  }

  flag(): boolean {
    if (typeof this.value !== 'boolean') this.expected('true or false');
    return this.value as boolean;
  }

  count(): number {
    if (!Number.isSafeInteger(this.value) || (this.value as number) < 0) this.expected('a whole number');
    return this.value as number;
  }

  hart(soc: Soc): number {
    const n = this.count();
    return n < soc.harts.length ? n : this.fail(`the chip has no hart ${n}`);
  }

  long(): bigint {
    if (typeof this.value !== 'string' || !/^0x[0-9a-f]{1,16}$/.test(this.value)) this.expected('64 bits in hex');
    return BigInt(this.value as string);
  }

  bytes(): Uint8Array {
    return fromBase64(this.text()) ?? this.expected('base64');
  }

  async packedJson(): Promise<Part> {
    const text = new TextDecoder().decode(await this.packed());
    try {
      return new Part(JSON.parse(text), this.path, this.file);
    } catch {
      return this.fail('it is not JSON');
    }
  }

  async packed(): Promise<Uint8Array> {
    try {
      return await unpack(this.bytes());
    } catch (error) {
      if (error instanceof RecordingError) throw error;
      return this.fail('it can not be unpacked');
    }
  }
}

async function pack(bytes: Uint8Array): Promise<string> {
  return toBase64(await through(bytes, new CompressionStream('gzip')));
}

const unpack = (bytes: Uint8Array) => through(bytes, new DecompressionStream('gzip'));

/** @throws Error for what can't be unpacked, or would be too much */
async function through(bytes: Uint8Array, stream: CompressionStream | DecompressionStream): Promise<Uint8Array> {
  const writer = stream.writable.getWriter();
  // What is wrong shows at the reading end; here it would be told twice.
  void writer.write(bytes as Uint8Array<ArrayBuffer>).catch(() => {});
  void writer.close().catch(() => {});
  const pieces: Uint8Array[] = [];
  let total = 0;
  const reader = stream.readable.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
    total += value.length;
    if (total > MOST_BYTES) throw new RangeError('too much');
  }
  return joined(pieces);
}
