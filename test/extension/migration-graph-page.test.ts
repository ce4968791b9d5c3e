/** The migration graph's page in a browser, without an editor around it: graphs as the language server makes them. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { socOf } from '../../cli/files.js';
import { Analysed } from '../../language-server/document.js';
import { graphOf } from '../../language-server/features/migrations.js';
import { type Direction, type Layout, layoutOf, nearest } from '../../src/migration-graph/page/layout.js';
import type { FromPage, MigrationGraph, ToPage } from '../../src/migration-graph/messages.js';
import { MOST_WAYS } from '../../src/migration-graph/page/near.js';
import { needs } from '../tools.js';
import { pictures, root } from './host/workbench.js';
import { Webview } from './host/webview.js';

const chromium = needs('chromium');
let webview: Webview<ToPage>;
let page: Page;
const told: FromPage[] = [];

const graphOfExample = (name: string, soc?: string) =>
  graphOfText(name, readFileSync(`${root}examples/${name}`, 'utf8'), soc);

function graphOfText(name: string, text: string, soc = 'app2-vec1'): MigrationGraph {
  const document = TextDocument.create(`file:///${name}`, 'riscv-asm', 1, text);
  const view = { chip: socOf(soc), calls: 'auto', faults: 'move', read: () => undefined } as const;
  return graphOf(new Analysed(document, view));
}

const show = (name: string, soc?: string) =>
  webview.tell({ type: 'graph', graph: graphOfExample(name, soc), file: name, uri: `file:///${name}` });
const item = (name: string | RegExp) => page.locator('.graph').getByRole('button', { name });
const focused = () => page.evaluate("document.activeElement.getAttribute('aria-label')");

if (!chromium.skip)
  before(async () => {
    webview = await Webview.start<ToPage, FromPage>('migration-graph', (message) => told.push(message));
    page = webview.page;
    mkdirSync(pictures, { recursive: true });
    await page.setViewportSize({ width: 900, height: 800 });
    page.on('pageerror', (error) => console.error(error));
    await webview.load('vscode-light', colours);
  });
after(() => webview?.stop());

/** As VS Code gives them; what is not here is the browser's. */
const colours =
  '--vscode-editor-foreground: #333; --vscode-editor-background: #fff; --vscode-font-family: sans-serif; --vscode-font-size: 13px;' +
  '--vscode-harthop-leaveForeground: #b35900; --vscode-harthop-returnForeground: #0b6bcb; --vscode-descriptionForeground: #666;' +
  '--vscode-editorWidget-background: #f4f4f4; --vscode-focusBorder: #05a; --vscode-textLink-foreground: #05a';

test('nodes and edges are there with their names, and a table says the same', chromium, async () => {
  await show('pingpong.S');
  await item('_start, on an application hart, lines 20–21, 26–38, the program starts here').waitFor();
  await item('_start, on a hart with V, lines 22–38').waitFor();
  await item(
    'from _start on an application hart to _start on a hart with V, may leave for V, line 22, each time round the loop at 22: 1,700 cycles',
  ).waitFor();
  await item(
    /^from _start on a hart with V to _start on an application hart, comes back for a system call, or asks, lines 25, 33/,
  ).waitFor();
  await item('from _start on a hart with V to end, ends the program, line 38').waitFor();
  await item(/^end$/).waitFor();
  const rows = await page.locator('.places tbody tr').allInnerTexts();
  assert.deepEqual(rows[0]!.split('\t'), [
    'line 22',
    'vsetivli t0, 4, e32, m1, ta, ma',
    'may leave for V',
    '_start',
    'about 1 round trip (1,700 cycles) an iteration',
  ]);
  assert.equal(rows.length, 4);
  assert.equal(await page.getByRole('status').innerText(), 'pingpong.S on app2-vec1 (2 × rv64gc, 1 × rv64gcv_zvl256b)');
  await page.screenshot({ path: `${pictures}migration-graph-page.png` });
});

test('a click, and Enter, go to the source; arrow keys go from one to the next', chromium, async () => {
  const place = (line: number) => ({ type: 'open', place: { uri: 'file:///pingpong.S', line } });
  await item(/^_start, on a hart with V/).click();
  assert.deepEqual(told.at(-1), place(22));
  await page.locator('.places').getByRole('button', { name: 'line 33' }).click();
  assert.deepEqual(told.at(-1), place(33));
  await page.getByRole('button', { name: 'Fit into the window' }).focus();
  await page.keyboard.press('Tab');
  assert.match(String(await focused()), /^_start, on a hart with V/);
  await page.keyboard.press('ArrowUp');
  assert.match(String(await focused()), /^from _start on an application hart to _start on a hart with V/);
  await page.keyboard.press('ArrowUp');
  assert.match(String(await focused()), /^_start, on an application hart/);
  await page.keyboard.press('ArrowRight');
  assert.match(String(await focused()), /^from _start on an application hart/);
  await page.keyboard.press('Home');
  assert.match(String(await focused()), /the program starts here$/);
  await page.keyboard.press('Enter');
  assert.deepEqual(told.at(-1), place(20));
});

test('the place of the cursor is marked', chromium, async () => {
  await webview.tell({ type: 'cursor', line: 21 });
  await page.locator('.node.home.current').waitFor();
  assert.equal(await page.locator('.node.away.current').count(), 0);
  await webview.tell({ type: 'cursor', line: 22 });
  await page.locator('.node.away.current[aria-current=location]').waitFor();
  assert.equal(await page.locator('.node.home.current').count(), 0);
});

test('the focus stays when the graph changes; calls can be left out, which is kept', chromium, async () => {
  await show('dgemm.S');
  await item(/^_start, on a hart with V/).focus();
  await show('dgemm.S');
  assert.match(String(await focused()), /^_start, on a hart with V/);
  const calls = page.getByRole('button', { name: 'Calls', exact: true });
  await item(/calls, line/)
    .first()
    .waitFor();
  await page.screenshot({ path: `${pictures}migration-graph-page-calls.png` });
  await calls.click();
  assert.equal(await calls.getAttribute('aria-pressed'), 'false');
  assert.equal(await item(/calls, line/).count(), 0);
  await webview.load('vscode-light', colours);
  await show('dgemm.S');
  await item(/^dgemm, on a hart with V/).waitFor();
  assert.equal(await calls.getAttribute('aria-pressed'), 'false');
  await calls.click();
});

test('where there is nothing to draw the page says why', chromium, async () => {
  await show('pingpong.S', 'all-vector');
  await page.getByText('On all-vector no thread has to move').waitFor();
  assert.equal(await page.locator('.picture').isVisible(), false);
  await webview.tell({ type: 'nothing', why: 'Open a file.' });
  await page.getByText('Open a file.').waitFor();
  await show('pingpong.S');
  await item(/^_start, on a hart with V/).waitFor();
  assert.equal(await page.getByText('Open a file.').isVisible(), false);
});

/** A program with so many functions that each go out and come back. */
function large(functions: number): MigrationGraph {
  const names = Array.from({ length: functions }, (_, n) => `work${n}`);
  const text = [
    '        .globl _start',
    '_start:',
    ...names.map((name) => `        call    ${name}`),
    '        li      a7, 93',
    '        ecall',
    ...names.map((name) => `${name}: vsetivli zero, 4, e32, m1, ta, ma\n        li a7, 64\n        ecall\n        ret`),
  ].join('\n');
  return graphOfText('large.S', text);
}

test('of a large program what is near the cursor is drawn', chromium, async () => {
  const graph = large(100);
  assert.ok(graph.edges.length > MOST_WAYS);
  await webview.tell({ type: 'graph', graph, file: 'large.S', uri: 'file:///large.S' });
  await page.getByText(`${MOST_WAYS} of ${graph.edges.length} ways are drawn`).waitFor();
  await item(/^_start, on an application hart/).waitFor();
  const { from } = graph.edges.at(-1)!;
  const last = graph.nodes.find(({ id }) => id === from)!;
  await webview.tell({ type: 'cursor', line: last.lines[0]![0] });
  await item(new RegExp(`^${last.function}, on a hart with V`)).waitFor();
  await page.locator('.node.away.current').waitFor();
  assert.ok((await page.locator('.graph .edge').count()) <= MOST_WAYS);
  // The table has all of them.
  assert.ok((await page.locator('.places tbody tr').count()) >= 200);
});

test('no box lies on another one, and every one can be reached by arrow keys', () => {
  const measure = (text: string) => text.length * 7;
  for (const name of ['daxpy.S', 'dgemm.S', 'faults.S', 'threads.S']) {
    const layout = layoutOf(graphOfExample(name), measure);
    const boxes = boxesOf(layout);
    for (const a of boxes)
      for (const b of boxes)
        if (a !== b) {
          const apart =
            Math.abs(a.x - b.x) >= (a.width + b.width) / 2 || Math.abs(a.y - b.y) >= (a.height + b.height) / 2;
          assert.ok(apart, `${name}: ${a.lines} lies on ${b.lines}`);
        }
    const reached = new Set([boxes[0]!]);
    for (const each of reached)
      for (const way of ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'] satisfies Direction[]) {
        const next = nearest(each, boxes, way);
        if (next) reached.add(next);
      }
    assert.deepEqual(
      boxes.filter((each) => !reached.has(each)).map(({ lines }) => lines),
      [],
      name,
    );
  }
});

const boxesOf = ({ nodes, edges }: Layout) => [...nodes, ...edges];
