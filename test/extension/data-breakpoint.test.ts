/** A data breakpoint on a lane in a real workbench: set by the menu of the Variables view, hit on the vector hart, and again backwards. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DebugView, makeRoom } from './host/debug-view.js';
import { needsHost } from './host/install.js';
import { root, Workbench } from './host/workbench.js';

const files = { 'lanes.S': readFileSync(join(root, 'test/extension/programs/lanes.S'), 'utf8') };

test('a data breakpoint on a lane', needsHost(), async (t) => {
  const workbench = await Workbench.start(t, { name: 'data-breakpoint', open: 'lanes.S', files });
  const { page } = workbench;
  const view = new DebugView(page);
  const console = page.locator('.repl .monaco-list-row');
  try {
    await view.breakAt('vmul.vv v10');
    await page.keyboard.press('F5');
    await view.stopped(/breakpoint/i);
    await makeRoom(page);
    await view.toggle('Integer', false);
    await view.toggle('Vector', true);
    await view.toggle('v8\\.\\.v9', true);
    for (const name of ['Watch', 'Call Stack']) await view.fold(name);
    const lane = view.variables.filter({ hasText: /^\s*\[3\]/ }).first();
    await view.reveal('.debug-variables', lane);
    await lane.click({ button: 'right' });
    await workbench.picture('menu');
    await page.keyboard.press('Escape');
    await view.choose(lane, 'Break on Value Change');
    const breakpoint = page.locator('.debug-breakpoints .monaco-list-row', { hasText: '$v8.e32[3] of task 1' });
    await view.reveal('.debug-breakpoints', breakpoint);
    await breakpoint.waitFor();
    await workbench.picture('set');
    await view.fold('Call Stack');

    // Only what changes the lane: the masked addition, which leaves lane 2 as it is.
    await page.keyboard.press('F5');
    await view.stopped(/\$v8\.e32\[3\] changed: 13 → 18/);
    assert.match((await view.texts(view.callStack)).join('\n'), /hart 2 .*U.*task 1/);
    await workbench.command('Debug Console: Focus on Debug Console View');
    await console
      .filter({ hasText: '$v8.e32[3] changed: 13 → 18: task 1 on hart 2, `vadd.vi v8,v8,5,v0.t` at lanes.S:26' })
      .first()
      .waitFor();
    await workbench.picture('light');

    // To the change before, behind which the line's breakpoint stands: one stop.
    await page.locator('.debug-toolbar .codicon-debug-reverse-continue').click();
    await view.stopped(/\$v8\.e32\[3\] changed: 3 → 13/);
    await workbench.command('Preferences: Toggle between Light/Dark Themes');
    await page.waitForTimeout(1500);
    await workbench.picture('dark');
  } catch (error) {
    await workbench.picture('failed');
    throw error;
  }
});
