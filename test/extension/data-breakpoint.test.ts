/** A data breakpoint on a lane in a real workbench: set by the menu of the Variables view, hit on the vector hart, and again backwards. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Locator } from 'playwright-core';
import { openPage } from './host/browser.js';
import { DebugView, makeRoom } from './host/debug-view.js';
import { needsHost } from './host/install.js';
import { installExtension } from './host/installed.js';
import { startServer } from './host/server.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pictures = join(root, '.cache/screenshots');

test('a data breakpoint on a lane', needsHost(), async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'harthop-data-'));
  const workspace = join(folder, 'lanes');
  mkdirSync(workspace, { recursive: true });
  mkdirSync(pictures, { recursive: true });
  cpSync(join(root, 'test/extension/programs/lanes.S'), join(workspace, 'lanes.S'));
  const server = await startServer(await installExtension(folder));
  const { browser, page } = await openPage();
  page.setDefaultTimeout(30_000);
  t.after(async () => {
    await browser.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const view = new DebugView(page);
  const picture = (name: string) => page.screenshot({ path: join(pictures, `data-breakpoint-${name}.png`) });
  const console = page.locator('.repl .monaco-list-row');
  try {
    await page.goto(server.workbench(workspace, [['openFile', server.remote(join(workspace, 'lanes.S'))]]));
    await page.locator('#status\\.editor\\.mode', { hasText: 'RISC-V Assembly' }).waitFor({ timeout: 60_000 });
    await view.breakAt('vmul.vv v10');
    await page.keyboard.press('F5');
    await view.stopped(/breakpoint/i);
    await makeRoom(page);
    await view.toggle('Integer', false);
    await view.toggle('Vector', true);
    await view.toggle('v8\\.\\.v9', true);
    const fold = (name: string) => page.locator('.part.sidebar .pane-header', { hasText: name }).first().click();
    for (const name of ['Watch', 'Call Stack']) await fold(name);
    // A list holds only what can be seen of it.
    const scroll = async (list: string, row: Locator) => {
      await page.locator(list).hover();
      for (let tries = 0; tries < 20 && !(await row.isVisible()); tries++) {
        await page.mouse.wheel(0, 100);
        await page.waitForTimeout(200);
      }
    };
    const lane = view.variables.filter({ hasText: /^\s*\[3\]/ }).first();
    await scroll('.debug-variables', lane);
    await lane.click({ button: 'right' });
    await picture('menu');
    await page.locator('.monaco-menu').getByText('Break on Value Change', { exact: true }).click();
    const breakpoint = page.locator('.debug-breakpoints .monaco-list-row', { hasText: '$v8.e32[3] of task 1' });
    await scroll('.debug-breakpoints', breakpoint);
    await breakpoint.waitFor();
    await picture('set');
    await fold('Call Stack');

    // Only what changes the lane: the masked addition, which leaves lane 2 as it is.
    await page.keyboard.press('F5');
    await view.stopped(/\$v8\.e32\[3\] changed: 13 → 18/);
    assert.match((await view.texts(view.callStack)).join('\n'), /hart 2 .*U.*task 1/);
    await view.command('Debug Console: Focus on Debug Console View');
    await console
      .filter({ hasText: '$v8.e32[3] changed: 13 → 18: task 1 on hart 2, `vadd.vi v8,v8,5,v0.t` at lanes.S:26' })
      .first()
      .waitFor();
    await picture('light');

    // To the change before, behind which the line's breakpoint stands: one stop.
    await page.locator('.debug-toolbar .codicon-debug-reverse-continue').click();
    await view.stopped(/\$v8\.e32\[3\] changed: 3 → 13/);
    await view.command('Preferences: Toggle between Light/Dark Themes');
    await page.waitForTimeout(1500);
    await picture('dark');
  } catch (error) {
    await picture('failed');
    throw error;
  }
});
