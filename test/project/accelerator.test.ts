/** docs/accelerator.md lists the files that know an accelerator by name. It must be right. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = readFileSync(join(root, 'docs/accelerator.md'), 'utf8');

/** Folders of the product; tests, examples and documents may speak of anything. */
const product = readdirSync(root).filter(
  (name) =>
    statSync(join(root, name)).isDirectory() && !/^\.|^(node_modules|dist|test|examples|docs|images|bench)$/.test(name),
);
const files = product.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => join(folder, file))
    .filter((file) => statSync(join(root, file)).isFile()),
);
const knows = (name: RegExp) => files.filter((file) => name.test(readFileSync(join(root, file), 'utf8'))).sort();

test('Xhartdot stands in the files that docs/accelerator.md lists, and in no other', () => {
  const table = text.slice(text.indexOf('## What is written'), text.indexOf('### The rows'));
  const listed = [...table.matchAll(/`([\w.-]+(?:\/[\w.-]+)+)`/g)].map(([, file]) => file!);
  const expected = listed.filter((file) => !file.startsWith('test/')).sort();
  assert.deepEqual(knows(/xhartdot|\bhdot\b|dotacc|dotstatus/i), expected);
});

test('its declaration is quoted as it is', () => {
  const source = readFileSync(join(root, 'isa/xhartdot.ts'), 'utf8').replaceAll(/\s+/g, ' ');
  for (const [quoted] of text.matchAll(/^(?: {4}.*\n)+/gm))
    assert.ok(source.includes(quoted.trim().replaceAll(/\s+/g, ' ')), quoted);
});
