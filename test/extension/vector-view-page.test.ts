/** The vector view's page in a browser, without an editor around it: it talks to a debug adapter by the messages that the extension passes on. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { FromPage, ToPage } from '../../src/vector-view/messages.js';
import { root } from '../debug-adapter/conversation.js';
import { Talk } from '../debug-adapter/in-process.js';
import { wide } from '../debug-adapter/wide.js';
import { needs } from '../tools.js';
import { Webview } from './host/webview.js';

const program = `${root}test/debug-adapter/programs/wide.S`;
const VECTOR = 2;

const chromium = needs('chromium');
let talk: Talk;
let webview: Webview<ToPage>;
let page: Page;

if (!chromium.skip)
  before(async () => {
    talk = await Talk.launch(program, { soc: wide });
    await talk.ask('setBreakpoints', { source: { path: program }, breakpoints: [{ line: 8 }] });
    assert.equal((await talk.go('configurationDone', 1)).threadId, VECTOR);
    webview = await Webview.start<ToPage, FromPage>('vector-view', (message) => void serve(message));
    page = webview.page;
    await page.setViewportSize({ width: 1200, height: 600 });
    await open();
  });

after(async () => {
  await webview?.stop();
  await talk?.ask('terminate');
});

/** Load the page, anew or for the first time. */
async function open(): Promise<void> {
  await webview.load();
  await page.locator('.grid .cell .value').first().waitFor();
}

/** What the extension does, with hart 1 in focus. */
async function serve(message: FromPage): Promise<void> {
  if (message.type === 'ready') return;
  const command = message.type === 'look' ? 'harthop/vector' : 'harthop/setLane';
  const what = message.type === 'look' ? message.look : message.lane;
  const { success, body, message: why = '' } = await talk.request(command, { threadId: VECTOR, ...what });
  if (message.type === 'look')
    await tell(
      success ? { type: 'answer', id: message.id, answer: body } : { type: 'refused', id: message.id, message: why },
    );
  else {
    await tell(success ? { type: 'set' } : { type: 'set', message: why });
    await tell({ type: 'stale' });
  }
}

const tell = (message: ToPage) => webview.tell(message);
const choice = (name: string) => page.getByRole('combobox', { name });
const active = () => page.getByRole('grid').getAttribute('aria-activedescendant');
const cells = () => page.getByRole('gridcell').count();
const text = (register: number, lane: number) => page.locator(`#v${register}-${lane}`).innerText();

test(
  '4096 lanes in a row: only those in sight are cells, and the others come when they are scrolled to',
  chromium,
  async () => {
    const grid = page.getByRole('grid');
    assert.equal(await grid.getAttribute('aria-colcount'), '4097');
    assert.equal(await grid.getAttribute('aria-rowcount'), '5');
    assert.ok((await cells()) < 200, `${await cells()} cells`);
    await grid.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('End');
    await page.locator('#v8-4095').waitFor();
    assert.equal(await active(), 'v8-4095');
    // vl is 4000: what is behind is tail.
    assert.match((await page.locator('#v8-4095').getAttribute('class')) ?? '', /\btail\b/);
    for (let n = 0; n < 96; n++) await page.keyboard.press('ArrowLeft');
    assert.equal(await active(), 'v8-3999');
    await page.waitForFunction("document.querySelector('#v8-3999 .value')?.textContent === '-97'");
    assert.doesNotMatch((await page.locator('#v8-3999').getAttribute('class')) ?? '', /\btail\b/);
    assert.equal(await page.locator('#v8-3999').getAttribute('aria-label'), 'v8..v15[3999] = -97');
    assert.ok((await cells()) < 200, `${await cells()} cells`);
  },
);

test('element type, group and notation are chosen, and kept when the page is loaded anew', chromium, async () => {
  await choice('Elements').selectOption('u16');
  await choice('Registers').selectOption('1');
  await choice('Numbers').selectOption('x');
  await page.waitForFunction("document.querySelector('.grid').getAttribute('aria-colcount') === '257'");
  await open();
  assert.equal(await choice('Elements').inputValue(), 'u16');
  // It was at lane 3999, of which there are 256 now.
  await page.locator('#v8-255').waitFor();
  await page.getByRole('grid').focus();
  await page.keyboard.press('Home');
  await page.waitForFunction("document.querySelector('#v8-1 .value')?.textContent === '0x0302'");
  assert.equal(await text(8, 0), '0x0100');
  // By bits: single registers of 256 lanes of 16 bits are a part of what vl counts.
  await choice('Elements').selectOption('mask');
  await page.waitForFunction("document.querySelector('.grid').getAttribute('aria-colcount') === '4097'");
  assert.equal(await text(8, 8), '1');
  assert.equal(await text(8, 9), '0');
  await choice('Elements').selectOption('');
  await choice('Registers').selectOption('');
  await choice('Numbers').selectOption('d');
  await page.waitForFunction("document.querySelector('.grid').getAttribute('aria-rowcount') === '5'");
});

test(
  'a lane is set by double-click; what is no value is refused and stays to be mended; Escape gives up',
  chromium,
  async () => {
    await page.locator('#v8-2').dblclick();
    await page.keyboard.type('300');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('`300` does not fit into the 8 bits of signed char').waitFor();
    const input = page.getByRole('textbox', { name: 'New value of v8..v15[2], as e8' });
    assert.equal(await input.getAttribute('aria-invalid'), 'true');
    await input.fill('-3');
    await page.keyboard.press('Enter');
    await page.waitForFunction("document.querySelector('#v8-2 .value')?.textContent === '-3'");
    assert.equal((await talk.ask('evaluate', { expression: '$v8.e8[2]' })).result, '-3');
    assert.equal(await page.evaluate("document.activeElement.getAttribute('role')"), 'grid');
    await page.keyboard.press('F2');
    await page.keyboard.type('9');
    await page.keyboard.press('Escape');
    assert.equal(await text(8, 2), '-3');
  },
);

test('lanes before vstart are marked, and vstart; a step marks what it changed', chromium, async () => {
  await talk.ask('evaluate', { expression: '$vstart = 2' });
  await tell({ type: 'stale' });
  await page.locator('#v8-1.prestart').waitFor();
  assert.match((await page.locator('#v8-2').getAttribute('class')) ?? '', /\bbody\b.*\bstart\b/);
  assert.match(await page.locator('.legend').innerText(), /before vstart/);
  await talk.ask('evaluate', { expression: '$vstart = 0' });
  await talk.go('next', VECTOR);
  await tell({ type: 'stale' });
  await page.locator('#v16-5.changed').waitFor();
  assert.equal(await text(16, 5), '8');
  assert.equal(await page.locator('#v8-5.changed').count(), 0);
  await talk.go('next', VECTOR);
  await tell({ type: 'stale' });
  await page.waitForFunction("document.querySelector('#v16-5 .value')?.textContent === '9'");
  assert.match((await page.locator('#v16-5').getAttribute('aria-label')) ?? '', /changed since the last stop/);
});

test('pinned to its task the view does not follow; registers that are zero can be left out', chromium, async () => {
  await page.getByRole('button', { name: 'Pin to task' }).click();
  assert.equal(await page.getByRole('button', { name: 'Pinned to task 1' }).getAttribute('aria-pressed'), 'true');
  await page.locator('.owner', { hasText: /task 1 wide\.S · live: in the registers of hart 1/ }).waitFor();
  await page.getByRole('button', { name: 'Pinned to task 1' }).click();
  // From the Tasks view; of one that has gone there is nothing, and that is said.
  await tell({ type: 'pin', task: 9 });
  await page.getByRole('status').getByText('task 9 is not known').waitFor();
  await page.getByRole('button', { name: 'Pinned to task 9' }).click();
  await page.getByRole('status').getByText('live: in the registers of hart 1').waitFor();
  await page.getByRole('button', { name: 'Non-zero' }).click();
  await page.waitForFunction("document.querySelector('.grid').getAttribute('aria-rowcount') === '3'");
  await page.waitForFunction(
    "[...document.querySelectorAll('[role=rowheader]')].map((name) => name.textContent).join() === 'v8..v15e8,v16..v23e8'",
  );
  await page.getByRole('button', { name: 'Bars' }).click();
  await page.locator('#v8-5 .bar').waitFor();
});
