import type { DebugProtocol as P } from '@vscode/debugprotocol';

const lines = new Set(['line', 'endLine']);
const columns = new Set(['column', 'endColumn']);
/** Their arguments are the user's own, or not read by what they are called. */
const raw = new Set(['initialize', 'launch', 'attach', 'restart']);

/** How the client counts lines and columns and writes paths. Inside, both start at 1 and paths are paths. */
export class Coordinates {
  private line = 0;
  private column = 0;
  private uri = false;

  /** What `initialize` told. */
  set({ linesStartAt1, columnsStartAt1, pathFormat }: P.InitializeRequestArguments): void {
    this.line = linesStartAt1 === false ? 1 : 0;
    this.column = columnsStartAt1 === false ? 1 : 0;
    this.uri = pathFormat === 'uri';
  }

  private get usual(): boolean {
    return this.line === 0 && this.column === 0 && !this.uri;
  }

  /** A request's arguments as they are meant inside. */
  inward(command: string, args: object): object {
    if (this.usual || raw.has(command)) return args;
    return this.walk(args, 1, pathOf, command === 'setBreakpoints') as object;
  }

  /** The body of an answer or event as the client has it. */
  outward(name: string, body: unknown): unknown {
    if (this.usual || raw.has(name)) return body;
    const outward = this.walk(body, -1, uriOf);
    if (name !== 'completions') return outward;
    const { targets } = outward as P.CompletionsResponse['body'];
    const start = (item: P.CompletionItem) => item.start !== undefined && { start: item.start - this.column };
    return { targets: targets.map((item) => ({ ...item, ...start(item) })) };
  }

  private walk(
    value: unknown,
    sign: 1 | -1,
    path: (text: string) => string,
    legacy = false,
    inSource = false,
  ): unknown {
    if (Array.isArray(value)) return value.map((each) => this.walk(each, sign, path, false, inSource));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => {
        if (typeof inner === 'number') {
          if (lines.has(key)) return [key, this.moved(inner, sign * this.line)];
          if (columns.has(key)) return [key, this.moved(inner, sign * this.column)];
        }
        if (legacy && key === 'lines' && Array.isArray(inner))
          return [key, inner.map((each) => (typeof each === 'number' ? each + this.line : each))];
        if (inSource && this.uri && key === 'path' && typeof inner === 'string') return [key, path(inner)];
        return [key, this.walk(inner, sign, path, false, key === 'source' || key === 'sources')];
      }),
    );
  }

  /** No line is 0 on both sides. */
  private moved(n: number, by: number): number {
    return n === 0 && by < 0 ? 0 : n + by;
  }
}

/** `file:///home/me/a%20b.S` is `/home/me/a b.S`; what is no such URI stays. */
function pathOf(uri: string): string {
  const [, host, path] = /^file:\/\/([^/]*)(\/.*)$/.exec(uri) ?? [];
  if (path === undefined) return uri;
  let plain = path;
  try {
    plain = decodeURIComponent(path);
  } catch {
    // A stray `%` is part of the name.
  }
  if (/^\/[A-Za-z]:/.test(plain)) return plain.slice(1);
  return host && host !== 'localhost' ? `//${host}${plain}` : plain;
}

function uriOf(path: string): string {
  const slashed = path.replaceAll('\\', '/');
  if (!/^([A-Za-z]:)?\//.test(slashed)) return path;
  const encoded = slashed
    .split('/')
    .map((part, n) => (n === 0 && part.endsWith(':') ? part : encodeURIComponent(part)));
  return `file://${slashed.startsWith('/') ? '' : '/'}${encoded.join('/')}`;
}
