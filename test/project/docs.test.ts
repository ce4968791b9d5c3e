import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { extensions } from '../../isa/table.js';
import { docs, docsPath } from '../../scripts/generate-docs.js';

test('docs/isa.md is the one that the table makes (npm run docs)', () => {
  assert.equal(readFileSync(docsPath, 'utf8'), docs());
});

test('every extension and every instruction has one line of documentation', () => {
  for (const { doc, name, rows } of extensions) {
    assert.match(doc, /^[^\n]{4,200}$/, name);
    for (const row of rows) assert.match(row.doc, /^\S.{1,160}\.$/, `${row.name}: ${row.doc}`);
  }
});

test('what no random program runs is run by programs of our own', () => {
  assert.doesNotMatch(docs(), /programs of our own: none/);
});
