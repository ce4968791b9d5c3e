/** Imports go down only. The rules of the house (docs/architecture.md) and the check that holds them; `npx tsx scripts/layers.ts`. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, normalize, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Floor {
  /** Floors whose code this one may import. */
  readonly below: readonly string[];
  /** Floors of which it may import types only. */
  readonly types?: readonly string[];
  /** Packages it may import. */
  readonly packages?: readonly string[];
  /** Files that may import Node's own modules; true: all of them. */
  readonly node?: readonly string[] | true;
}

export const floors: Readonly<Record<string, Floor>> = {
  isa: { below: [] },
  assembler: { below: ['isa'] },
  emulator: { below: ['isa'] },
  'language-server': {
    below: ['assembler', 'isa'],
    packages: [
      'tinyglobby',
      'vscode-languageserver',
      'vscode-languageserver-textdocument',
      'vscode-languageserver-types',
    ],
    node: ['language-server/main.ts'],
  },
  'debug-adapter': {
    below: ['emulator', 'assembler', 'isa'],
    packages: ['@vscode/debugadapter', '@vscode/debugprotocol'],
    node: [
      'debug-adapter/main.ts',
      'debug-adapter/server.ts',
      'debug-adapter/node-host.ts',
      'debug-adapter/platform.ts',
    ],
  },
  'gdb-server': { below: ['debug-adapter', 'emulator', 'assembler', 'isa'] },
  web: {
    below: ['language-server', 'emulator', 'assembler', 'isa'],
    packages: ['vscode-languageserver'],
  },
  cli: { below: ['gdb-server', 'debug-adapter', 'language-server', 'emulator', 'assembler', 'isa'], node: true },
  src: {
    below: [],
    types: ['debug-adapter', 'language-server'],
    packages: ['vscode', 'vscode-languageclient', '@dagrejs/dagre'],
  },
};

/** What runs in a webview (src/webview/panel.ts). */
const page = /^src\/[^/]+\/page\//;

const builtin = new Set(builtinModules);
const importPattern =
  /(?:^|[\s;}])(import|export)\s+(type\s+)?(?:[\w*\s{},$]+?\s+from\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

/** What `text`, the source of `file` (path from the top, with slashes), imports against the rules: one line each. */
export function violations(file: string, text: string): string[] {
  const name = file.split('/')[0]!;
  const floor = floors[name];
  if (!floor) return [];
  const found: string[] = [];
  for (const match of text.matchAll(importPattern)) {
    const target = match[3] ?? match[4]!;
    const line = text.slice(0, match.index).split('\n').length + (match[0].startsWith('\n') ? 1 : 0);
    const wrong = (why: string) => found.push(`${file}:${line}: imports ${target}: ${why}`);
    if (target.startsWith('.')) {
      const other = posix.normalize(posix.join(posix.dirname(file), target)).split('/')[0]!;
      if (other === name || floor.below.includes(other)) continue;
      if (floor.types?.includes(other)) {
        if (!match[2]) wrong(`${name}/ may import types only from ${other}/ (import type)`);
      } else wrong(`${name}/ may import from ${[name, ...floor.below].join('/, ')}/ only`);
    } else if (target.startsWith('node:') || builtin.has(target)) {
      const allowed = floor.node === true || floor.node?.includes(file);
      if (!allowed) wrong(`no Node module here: ${name}/ runs in a browser worker too`);
    } else if (target === 'vscode' && page.test(file)) {
      wrong('what runs in a webview has no vscode');
    } else if (name !== 'cli') {
      const known = floor.packages?.some((each) => target === each || target.startsWith(`${each}/`));
      if (!known) wrong(`${name}/ may use ${floor.packages?.join(', ') ?? 'no package'}`);
    } else wrong('cli/ uses no package');
  }
  return found;
}

/** Every violation in the tree. */
export function checkTree(root = fileURLToPath(new URL('..', import.meta.url))): string[] {
  // A floor that is planned and empty is no folder in a clone.
  const there = Object.keys(floors).filter((floor) => existsSync(join(root, floor)));
  return there.flatMap((floor) =>
    readdirSync(join(root, floor), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => `${floor}/${normalize(file).replaceAll('\\', '/')}`)
      .flatMap((file) => violations(file, readFileSync(join(root, file), 'utf8'))),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = checkTree();
  for (const each of found) console.log(each);
  process.exitCode = found.length ? 1 : 0;
}
