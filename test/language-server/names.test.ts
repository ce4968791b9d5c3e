/** Names of a program of several files, of which one is open: where they are defined, mentioned and renamed, and who calls whom. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { CallHierarchyItem, Location, WorkspaceEdit, WorkspaceSymbol } from 'vscode-languageserver-types';
import { Client } from './client.js';

const folder = mkdtempSync(join(tmpdir(), 'harthop-names-'));
after(() => rmSync(folder, { recursive: true }));

const files: Readonly<Record<string, string>> = {
  'macros.inc': `.macro twice reg
        slli    \\reg, \\reg, 1
        .endm
        .equ    SIZE, 8
`,
  'main.S': `        .include "macros.inc"
        .globl _start
_start: twice   a0
        call    work
loop:   addi    a0, a0, -SIZE
        bgtz    a0, loop
        li      a7, 93
        ecall
`,
  'work.S': `        .include "macros.inc"
        .globl work
work:   twice   a0
loop:   bnez    a0, last
        j       loop
`,
  'last.asm': `        .globl last
last:   ret
`,
  // A program of its own.
  'other.S': `        .globl _start
_start: addi    a0, a0, -1
loop:   bgtz    a0, loop
        li      a7, 93
        ecall
`,
};
for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);

const uriOf = (name: string) => `file://${join(folder, name)}`;
const nameOf = (uri: string) => uri.slice(uri.lastIndexOf('/') + 1);

/** The place of the mark in a file's text, `call wo|rk`. */
function at(name: string, marked: string) {
  const before = files[name]!.indexOf(marked.replace('|', '')) + marked.indexOf('|');
  const lines = files[name]!.slice(0, before).split('\n');
  return {
    textDocument: { uri: uriOf(name) },
    position: { line: lines.length - 1, character: lines.at(-1)!.length },
  };
}

/** A client with files open, the first of them the client's own. */
async function opened(...names: string[]): Promise<Client> {
  const client = new Client(join(folder, names[0]!), 'riscv-asm');
  await client.open(folder, {});
  for (const name of names.slice(1))
    await client.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri: uriOf(name), languageId: 'riscv-asm', version: 1, text: files[name]! },
    });
  return client;
}

/** `main.S 3, main.S 5`: where edits are made, and all with the same text. */
async function renamed(client: Client, name: string, marked: string, newName: string): Promise<string> {
  const edit: WorkspaceEdit = await client.connection.sendRequest('textDocument/rename', {
    ...at(name, marked),
    newName,
  });
  return Object.entries(edit.changes!)
    .flatMap(([uri, list]) =>
      list.map(({ range, newText }) => {
        assert.equal(newText, newName);
        return `${nameOf(uri)} ${range.start.line + 1}`;
      }),
    )
    .sort()
    .join(', ');
}

async function located(client: Client, request: string, name: string, marked: string): Promise<string> {
  const list: Location[] = await client.connection.sendRequest(`textDocument/${request}`, {
    ...at(name, marked),
    context: { includeDeclaration: true },
  });
  return list
    .map(({ uri, range }) => `${nameOf(uri)} ${range.start.line + 1}`)
    .sort()
    .join(', ');
}

test('what another file defines is found there, be it open or not', async () => {
  const client = await opened('main.S', 'other.S');
  assert.equal(await located(client, 'definition', 'main.S', 'tw|ice'), 'macros.inc 1');
  assert.equal(await located(client, 'definition', 'main.S', '-SI|ZE'), 'macros.inc 4');
  assert.equal(await located(client, 'definition', 'main.S', 'call    wo|rk'), 'work.S 3');
  assert.equal(await located(client, 'references', 'main.S', 'tw|ice'), 'macros.inc 1, main.S 3, work.S 3');
  assert.equal(await located(client, 'references', 'main.S', 'call    wo|rk'), 'main.S 4, work.S 2, work.S 3');
  // Each file has its own.
  assert.equal(await located(client, 'references', 'main.S', 'lo|op:'), 'main.S 5, main.S 6');
  assert.equal(await located(client, 'references', 'other.S', 'lo|op:'), 'other.S 3, other.S 3');
  const found: WorkspaceSymbol[] = await client.connection.sendRequest('workspace/symbol', { query: 'WORK' });
  assert.deepEqual(
    found.map(({ name, location }) => `${name} ${nameOf(location.uri)}`),
    ['work work.S'],
  );
  await client.close();
});

test('a new name goes to all files that mean the same, and to no other', async () => {
  const client = await opened('main.S', 'other.S');
  assert.equal(await renamed(client, 'main.S', 'lo|op:', 'again'), 'main.S 5, main.S 6');
  assert.equal(await renamed(client, 'main.S', 'tw|ice', 'double'), 'macros.inc 1, main.S 3, work.S 3');
  assert.equal(await renamed(client, 'main.S', '-SI|ZE', 'STEP'), 'macros.inc 4, main.S 5');
  assert.equal(await renamed(client, 'main.S', 'call    wo|rk', 'job'), 'main.S 4, work.S 2, work.S 3');
  // Both programs begin so.
  assert.equal(await renamed(client, 'main.S', '_st|art:', 'begin'), 'main.S 2, main.S 3');
  const prepared = await client.connection.sendRequest('textDocument/prepareRename', at('main.S', 'call    wo|rk'));
  assert.equal((prepared as { placeholder: string }).placeholder, 'work');
  assert.equal(await client.connection.sendRequest('textDocument/prepareRename', at('main.S', 'ca|ll')), null);
  for (const [marked, taken] of [
    ['call    wo|rk', '_start'],
    ['lo|op:', 'twice'],
    ['tw|ice', 'work'],
  ])
    await assert.rejects(renamed(client, 'main.S', marked!, taken!), /is defined already/);
  await client.close();
});

test('what a file that others include defines is renamed in all of them', async () => {
  const client = await opened('macros.inc');
  assert.equal(await renamed(client, 'macros.inc', 'tw|ice', 'double'), 'macros.inc 1, main.S 3, work.S 3');
  await client.close();
});

test('calls go from file to file', async () => {
  const client = await opened('main.S');
  const ask = async <T>(request: string, item: object): Promise<T> =>
    client.connection.sendRequest(`callHierarchy/${request}`, item);
  const [work]: CallHierarchyItem[] = await client.connection.sendRequest(
    'textDocument/prepareCallHierarchy',
    at('main.S', 'call    wo|rk'),
  );
  const told = ({ name, uri, selectionRange: { start, end } }: CallHierarchyItem) =>
    `${name} ${nameOf(uri)} ${start.line + 1}:${start.character + 1}-${end.character + 1}`;
  assert.equal(told(work!), 'work work.S 3:1-5');
  const callers = await ask<{ from: CallHierarchyItem; fromRanges: { start: { line: number } }[] }[]>('incomingCalls', {
    item: work,
  });
  assert.deepEqual(
    callers.map(({ from, fromRanges }) => `${told(from)} at ${fromRanges.map(({ start }) => start.line + 1)}`),
    ['_start main.S 3:1-7 at 4'],
  );
  const callees = await ask<{ to: CallHierarchyItem }[]>('outgoingCalls', { item: callers[0]!.from });
  assert.deepEqual(
    callees.map(({ to }) => told(to)),
    ['work work.S 3:1-5'],
  );
  await client.close();
});
