/** A user's first minute, by keyboard and mouse in a real workbench: F5 on an example, a stop where the thread leaves, a look around. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DebugView, makeRoom } from './host/debug-view.js';
import { needsHost } from './host/install.js';
import { root, Workbench } from './host/workbench.js';

test(
  'F5 on an example: stops on the vector hart and at sbi-migrate, harts, lanes, saved state, output at the end',
  needsHost(),
  async (t) => {
    const workbench = await Workbench.start(t, { name: 'workbench', open: 'faults.S' });
    const { page } = workbench;
    const view = new DebugView(page);
    try {
      await view.breakAt('vsetivli zero, 4');
      await workbench.picture('editor');

      await page.keyboard.press('F5');
      await view.stopped(/breakpoint/i);
      await makeRoom(page);
      await view.settle();
      const harts = (await view.texts(view.callStack)).join('\n');
      assert.match(harts, /hart 0 · rv64gc · U · task \d+ faults.*breakpoint/i);
      assert.match(harts, /hart 1 · rv64gc/);
      assert.match(harts, /hart 2 · rv64gcv_zvl256b/);

      // A step follows the thread to the hart that has the instruction.
      await page.keyboard.press('F10');
      await view.stopped(/step/i);
      await view.settle();
      await workbench.picture('stepped');
      assert.match(
        (await view.texts(view.callStack)).join('\n'),
        /hart 2 · rv64gcv_zvl256b · U · task \d+ faults\S* step/i,
      );

      await view.breakAt('vse64.v');
      await page.keyboard.press('F5');
      await view.stopped(/breakpoint/i);
      await view.toggle('Integer', false);
      await view.toggle('Vector', true);
      await view.toggle('v8', true);
      await workbench.picture('vector');
      assert.match((await view.texts(view.variables)).join('\n'), /v8.*1, 1, 1, 1/);

      await view.stopOn('Migration asked for');
      await page.keyboard.press('F5');
      await view.stopped(/migration/i);
      await view.toggle('Integer', false);
      await view.toggle('Vector', false);
      await view.toggle('Saved vector state', true);
      await workbench.picture('saved');
      // Resident: the page fault saved the registers, and the vector hart still holds them.
      assert.match((await view.texts(view.variables)).join('\n'), /state = resident/);
      const counted = view.variables.filter({ hasText: /^\s*v8\.\.v9/ }).first();
      await view.reveal('.debug-variables', counted);
      assert.match((await view.texts(counted)).join(), /= \{1, 1, 1, 1,/);

      // To the end, past everything that would stop it; its output is in the debug console.
      await view.stopOn('Migration asked for');
      await workbench.command('Remove All Breakpoints');
      await page.locator('.codicon-debug-breakpoint').first().waitFor({ state: 'hidden' });
      await page.keyboard.press('F5');
      await page.locator('.debug-toolbar').waitFor({ state: 'hidden' });
      await workbench.command('Debug Console: Focus on Debug Console View');
      const expected = readFileSync(join(root, 'examples/expected/faults.txt'), 'utf8').trim();
      for (const line of expected.split('\n')) {
        await page.locator('.repl .monaco-list-row', { hasText: line }).first().waitFor();
      }
      await workbench.picture('ended');
    } catch (error) {
      await workbench.picture('failed');
      console.error(await view.texts(view.callStack), await view.texts(view.variables));
      throw error;
    }
  },
);
