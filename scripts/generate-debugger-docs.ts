/** The table of docs/debugger.md: every request and capability of the protocol, ours as the handlers have them. `npm run docs` writes it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { capabilities, requests } from '../debug-adapter/requests/index.js';
import { readProtocol } from './protocol.js';

const root = fileURLToPath(new URL('..', import.meta.url));
export const docsPath = join(root, 'docs/debugger.md');
const START = '<!-- made by `npm run docs`; do not edit from here -->';
const END = '<!-- to here -->';

/** Another adapter, as its sources have it: names with blanks between; capabilities that it announces under a condition. */
export interface Adapter {
  readonly name: string;
  readonly source: string;
  readonly requests: string;
  readonly capabilities: string;
  readonly sometimes: Readonly<Record<string, string>>;
}

export const adapters = (): readonly Adapter[] =>
  JSON.parse(readFileSync(new URL('adapters.json', import.meta.url), 'utf8'));

/** The names of the table's rows, ours beyond the protocol left out. */
export function rows(): { requests: readonly string[]; capabilities: readonly string[] } {
  const protocol = readProtocol();
  return {
    requests: [...protocol.requests.keys()].filter((name) => !protocol.reverse.has(name)).sort(),
    capabilities: [...protocol.capabilities].sort(),
  };
}

const table = (head: string, names: readonly string[], has: readonly ((name: string) => string)[]): string =>
  [
    `| ${[head, 'HartHop', ...adapters().map(({ name }) => name)].join(' | ')} |`,
    `| --- |${' :-: |'.repeat(adapters().length + 1)}`,
    ...names.map((name) => `| \`${name}\` | ${has.map((each) => each(name)).join(' | ')} |`),
  ].join('\n');

const count = (names: readonly string[], has: (name: string) => string) => names.filter((name) => has(name)).length;

/** What stands between the marks. */
export function generated(): string {
  const names = rows();
  const mine = { requests: new Set(Object.keys(requests)), capabilities: new Set(Object.keys(capabilities())) };
  const others = adapters();
  const inRequests: ((name: string) => string)[] = [
    (name: string) => (mine.requests.has(name) ? '●' : ''),
    ...others.map((other) => {
      const served = new Set(other.requests.split(' '));
      return (name: string) => (served.has(name) ? '●' : '');
    }),
  ];
  const inCapabilities: ((name: string) => string)[] = [
    (name: string) => (mine.capabilities.has(name) ? '●' : ''),
    ...others.map((other) => {
      const announced = new Set(other.capabilities.split(' '));
      return (name: string) => (announced.has(name) ? '●' : Object.hasOwn(other.sometimes, name) ? '○' : '');
    }),
  ];
  const sums = (all: readonly string[], has: typeof inRequests) =>
    `| in all, of ${all.length} | ${has.map((each) => count(all, each)).join(' | ')} |`;
  const conditions = others.flatMap(({ name, sometimes }) =>
    Object.entries(sometimes).map(([capability, when]) => `${name} \`${capability}\`: ${when}`),
  );
  const missing = [
    ...names.requests.filter((name) => !mine.requests.has(name)),
    ...names.capabilities.filter((name) => !mine.capabilities.has(name)),
  ];
  return [
    `Of the protocol as @vscode/debugprotocol ${readProtocol().version} has it. ● served, or announced; ○ announced under a condition (below the tables). Ours are read from the handlers, those of others from their sources.`,
    missing.length ? `Not in HartHop: ${missing.map((name) => `\`${name}\``).join(', ')}.` : 'HartHop has all of them.',
    `${table('request', names.requests, inRequests)}\n${sums(names.requests, inRequests)}`,
    `${table('capability', names.capabilities, inCapabilities)}\n${sums(names.capabilities, inCapabilities)}`,
    `Read: ${others.map(({ name, source }) => `**${name}**: ${source}`).join('; ')}.`,
    `Under a condition: ${conditions.join('; ')}.`,
  ].join('\n\n');
}

/** The page with its table made anew. @throws Error when the marks are not there */
export function page(): string {
  const text = readFileSync(docsPath, 'utf8');
  const [start, end] = [text.indexOf(START), text.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`docs/debugger.md lacks the marks of its table: ${START} and ${END}`);
  return `${text.slice(0, start + START.length)}\n\n${generated()}\n\n${text.slice(end)}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(docsPath, page());
