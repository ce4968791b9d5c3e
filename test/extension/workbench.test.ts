/** A user's first minute, by keyboard and mouse in a real workbench: F5 on an example, a stop where the thread leaves, a look around. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { openPage } from './host/browser.js';
import { needsHost } from './host/install.js';
import { installExtension } from './host/installed.js';
import { startServer } from './host/server.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pictures = join(root, '.cache/screenshots');

/** The panes of the debug view as a user sees them. */
class DebugView {
  constructor(private readonly page: Page) {}

  get callStack() {
    return this.page.locator('.debug-call-stack .monaco-list-row');
  }
  get variables() {
    return this.page.locator('.debug-variables .monaco-list-row');
  }

  /** Set a breakpoint on the first line that holds the text. F9 does nothing until the debugger's contribution was processed. */
  async breakAt(text: string): Promise<void> {
    await this.page.locator('.view-line', { hasText: text }).first().click();
    const marks = this.page.locator('.codicon-debug-breakpoint');
    const before = await marks.count();
    for (let tries = 0; tries < 15; tries++) {
      await this.page.keyboard.press('F9');
      await this.page.waitForTimeout(1500);
      if ((await marks.count()) > before) return;
    }
    throw new Error('F9 sets no breakpoint');
  }

  /** Run a command by its name. */
  async command(name: string): Promise<void> {
    await this.page.keyboard.press('F1');
    const input = this.page.locator('.quick-input-widget input');
    await input.first().fill(`>${name}`);
    await this.page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first().click();
  }

  /** Tick (or untick) the exception breakpoint with this label. */
  async stopOn(label: string): Promise<void> {
    const row = this.page.locator('.debug-breakpoints .monaco-list-row', { hasText: label });
    await row.locator('input[type=checkbox], .monaco-checkbox').first().click();
  }

  /** The stop's reason, as the call stack tells it. */
  async stopped(reason: RegExp): Promise<void> {
    await this.page.locator('.debug-call-stack .state', { hasText: reason }).first().waitFor();
  }

  private row(name: string): Locator {
    return this.variables.filter({ hasText: new RegExp(`^\\s*${name}`) }).first();
  }

  /** Open or close a row. Just after a stop the rows are replaced once more, and a click may hit one that goes. */
  async toggle(name: string, open: boolean): Promise<void> {
    for (let tries = 0; tries < 6; tries++) {
      await this.row(name).waitFor();
      await this.settle();
      if (((await this.row(name).getAttribute('aria-expanded')) === 'true') === open) return;
      await this.row(name)
        .click({ timeout: 3000 })
        .catch(() => {});
      await this.settle();
    }
    throw new Error(`${name} does not ${open ? 'open' : 'close'}`);
  }

  /** The panes are drawn anew for a moment after each change. */
  settle(): Promise<void> {
    return this.page.waitForTimeout(700);
  }

  /** The texts of the rows, each name and value on one line. */
  async texts(rows: Locator): Promise<string[]> {
    return (await rows.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' ').trim());
  }
}

/** Drag an edge of the workbench. */
async function drag(page: Page, from: { x: number; y: number }, by: { x?: number; y?: number }): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + (by.x ?? 0), from.y + (by.y ?? 0), { steps: 5 });
  await page.mouse.up();
}

/** Give the side bar, and in it the variables, room for lanes. */
async function makeRoom(page: Page): Promise<void> {
  const bar = await page.locator('.part.sidebar').boundingBox();
  if (!bar) throw new Error('no side bar');
  await drag(page, { x: bar.x + bar.width, y: bar.y + 300 }, { x: 560 - bar.x - bar.width });
  const watch = await page.locator('.part.sidebar .pane-header', { hasText: 'Watch' }).first().boundingBox();
  if (!watch) throw new Error('no watch pane');
  await drag(page, { x: watch.x + 200, y: watch.y }, { y: 320 });
}

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
