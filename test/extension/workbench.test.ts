/** A user's first minute, by keyboard and mouse in a real workbench: F5 on an example, a stop where the thread leaves, a look around. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openPage } from './host/browser.js';
import { DebugView, makeRoom } from './host/debug-view.js';
import { needsHost } from './host/install.js';
import { installExtension } from './host/installed.js';
import { startServer } from './host/server.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pictures = join(root, '.cache/screenshots');

test(
  'F5 on an example: stops on the vector hart and at sbi-migrate, harts, lanes, saved state, output at the end',
  needsHost(),
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'harthop-workbench-'));
    const workspace = join(folder, 'examples');
    cpSync(join(root, 'examples'), workspace, { recursive: true });
    mkdirSync(pictures, { recursive: true });
    const server = await startServer(await installExtension(folder));
    const { browser, page } = await openPage();
    page.setDefaultTimeout(30_000);
    t.after(async () => {
      await browser.close();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    });
    const view = new DebugView(page);
    const picture = (name: string) => page.screenshot({ path: join(pictures, `${name}.png`) });
    try {
      await page.goto(server.workbench(workspace, [['openFile', server.remote(join(workspace, 'faults.S'))]]));
      await page.locator('#status\\.editor\\.mode', { hasText: 'RISC-V Assembly' }).waitFor({ timeout: 60_000 });
      await view.breakAt('vsetivli zero, 4');
      await picture('editor');

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
      await picture('stepped');
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
      await picture('vector');
      assert.match((await view.texts(view.variables)).join('\n'), /v8.*1, 1, 1, 1/);

      await view.stopOn('Migration asked for');
      await page.keyboard.press('F5');
      await view.stopped(/migration/i);
      await view.toggle('Integer', false);
      await view.toggle('Vector', false);
      await view.toggle('Saved vector state', true);
      await picture('saved');
      // Resident: the page fault saved the registers, and the vector hart still holds them.
      assert.match((await view.texts(view.variables)).join('\n'), /state = resident.*\n(.*\n)*v8.*= \{1, 1, 1, 1,/);

      // To the end, past everything that would stop it; its output is in the debug console.
      await view.stopOn('Migration asked for');
      await view.command('Remove All Breakpoints');
      await page.locator('.codicon-debug-breakpoint').first().waitFor({ state: 'hidden' });
      await page.keyboard.press('F5');
      await page.locator('.debug-toolbar').waitFor({ state: 'hidden' });
      await view.command('Debug Console: Focus on Debug Console View');
      const expected = readFileSync(join(root, 'examples/expected/faults.txt'), 'utf8').trim();
      for (const line of expected.split('\n')) {
        await page.locator('.repl .monaco-list-row', { hasText: line }).first().waitFor();
      }
      await picture('ended');
    } catch (error) {
      await picture('failed');
      console.error(await view.texts(view.callStack), await view.texts(view.variables));
      throw error;
    }
  },
);
