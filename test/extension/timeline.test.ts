/** The migration timeline in a real workbench: opened after a run, zoomed by keyboard, a click goes back in time and the editor follows. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { FrameLocator, Page } from 'playwright-core';
import { openPage } from './host/browser.js';
import { needsHost } from './host/install.js';
import { installExtension } from './host/installed.js';
import { startServer } from './host/server.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pictures = join(root, '.cache/screenshots');
/** Themes by their labels, and the class that VS Code gives to pages under them. */
const themes = {
  light: ['Light Modern', 'vscode-light'],
  'high-contrast': ['Dark High Contrast', 'vscode-high-contrast'],
  dark: ['Dark Modern', 'vscode-dark'],
} as const;

/** The page inside the editor tab. */
class TimelinePage {
  private readonly frame: FrameLocator;

  constructor(private readonly page: Page) {
    this.frame = page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
  }

  under(theme: string) {
    return this.frame.locator(`body.${theme}`);
  }
  get chart() {
    return this.frame.locator('canvas');
  }
  get status() {
    return this.frame.getByRole('status');
  }
  get trouble() {
    return this.frame.locator('.trouble');
  }
  get sums() {
    return this.frame.locator('section.sums caption').first();
  }
  get places() {
    return this.frame.locator('.places tbody tr');
  }
  chip(name: string) {
    return this.frame.getByRole('button', { name });
  }

  /** How many cycles are seen. */
  async seen(): Promise<number> {
    const [, cycles] = /, ([\d\s]+) cycles/.exec(await this.sums.innerText()) ?? [];
    return Number(cycles?.replaceAll(/\s/g, ''));
  }

  /** Press a key until the chart shows fewer, or more, cycles. */
  async key(key: string): Promise<number> {
    const before = await this.seen();
    await this.page.keyboard.press(key);
    for (let tries = 0; tries < 50; tries++) {
      const now = await this.seen();
      if (now !== before) return now;
      await this.page.waitForTimeout(100);
    }
    throw new Error(`${key} changes nothing`);
  }
}

/** Run a command by its name. What else takes the focus just then closes the input again. */
async function command(page: Page, name: string): Promise<void> {
  const input = page.locator('.quick-input-widget input').first();
  for (let tries = 0; tries < 5; tries++) {
    await page.waitForTimeout(700);
    await page.keyboard.press('F1');
    const typed = await input.fill(`>${name}`, { timeout: 3000 }).then(
      () => true,
      () => false,
    );
    if (!typed) continue;
    await page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first().click();
    return;
  }
  throw new Error(`the command palette does not stay open for ${name}`);
}

async function theme(page: Page, label: string): Promise<void> {
  await command(page, 'Preferences: Color Theme');
  await page.locator('.quick-input-widget input').first().fill(label);
  await page.locator('.quick-input-list .monaco-list-row', { hasText: label }).first().waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
}

test(
  'the timeline after a run: places, zoom by keyboard, back in time by keyboard and by a click, in three themes',
  needsHost(),
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'harthop-timeline-'));
    const workspace = join(folder, 'examples');
    cpSync(join(root, 'examples'), workspace, { recursive: true });
    mkdirSync(join(workspace, '.vscode'), { recursive: true });
    mkdirSync(pictures, { recursive: true });
    writeFileSync(join(workspace, '.vscode/settings.json'), JSON.stringify({ 'harthop.stopOnExit': true }));
    const server = await startServer(await installExtension(folder));
    const { browser, page } = await openPage();
    page.setDefaultTimeout(30_000);
    t.after(async () => {
      await browser.close();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    });
    const timeline = new TimelinePage(page);
    const picture = (name: string) => page.screenshot({ path: join(pictures, `timeline-${name}.png`) });
    const callStack = page.locator('.debug-call-stack .monaco-list-row');
    const current = page.locator('.debug-top-stack-frame-line, .debug-focused-stack-frame-line');
    try {
      await page.goto(server.workbench(workspace, [['openFile', server.remote(join(workspace, 'faults.S'))]]));
      await page.locator('#status\\.editor\\.mode', { hasText: 'RISC-V Assembly' }).waitFor({ timeout: 60_000 });
      // F5 does nothing until the debugger's contribution was processed.
      const toolbar = page.locator('.debug-toolbar');
      for (let tries = 0; tries < 10 && !(await toolbar.isVisible()); tries++) {
        await page.locator('.view-line', { hasText: '.option norelax' }).first().click();
        await page.keyboard.press('F5');
        await toolbar.waitFor({ timeout: 8000 }).catch(() => {});
      }
      await command(page, 'View: Show Run and Debug');
      await page
        .locator('.debug-call-stack .state', { hasText: /has ended: exit status 0/ })
        .first()
        .waitFor();

      await command(page, 'View: Hide Panel');

      // Opened by its command: lanes, and the places where the thread left.
      await command(page, 'HartHop: Show Migration Timeline');
      await timeline.places.first().waitFor();
      await timeline.chart.focus();
      await picture('opened');
      const rows = (await timeline.places.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' '));
      assert.ok(
        rows.some((text) => /^faults\.S:\d+ vsetivli \S+ leaves vector 1 /.test(text)),
        rows.join('\n'),
      );
      assert.ok(
        rows.some((text) => /^faults\.S:\d+ vse64\.v \S+ (asks|comes back) page-fault 32 /.test(text)),
        rows.join('\n'),
      );

      // Keys: closer, to the side, all again.
      const whole = await timeline.seen();
      assert.ok((await timeline.key('w')) < whole);
      const near = await timeline.key('+');
      assert.ok(near < whole / 2);
      assert.ok((await timeline.key('-')) > near);
      await timeline.key('f');
      assert.equal(await timeline.seen(), whole);

      // From crossing to crossing by keyboard: hart 0, its first crossing, and there in time.
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Home');
      await page.keyboard.press('n');
      await timeline.status.getByText(/task 1 goes from hart 0 to hart 2, for vector, at faults\.S:\d+/).waitFor();
      await page.keyboard.press('Enter');
      await callStack
        .filter({ hasText: /hart 0.*at step \d+ of the run/i })
        .first()
        .waitFor();
      await page.locator('.view-line', { hasText: 'vsetivli zero, 4' }).first().waitFor();
      await current.first().waitFor();
      await picture('gone-back');

      // By a click into the lane of the vector hart, in the middle of the run.
      const box = await timeline.chart.boundingBox();
      if (!box) throw new Error('no chart');
      const lane = { x: box.width * 0.6, y: 24 + 8 + 2 * 56 + 20 };
      await timeline.chart.click({ position: lane });
      await callStack
        .filter({ hasText: /hart 2.*at cycle \d+ of the run/i })
        .first()
        .waitFor();
      assert.equal(await timeline.trouble.textContent(), '');
      await picture('clicked');

      // What is hidden stays hidden; the whole in other themes.
      for (const [name, [label, marked]] of Object.entries(themes)) {
        await theme(page, label);
        await timeline.under(marked).waitFor();
        await page.waitForTimeout(800);
        await picture(name);
      }
    } catch (error) {
      await picture('failed');
      console.error(await callStack.allInnerTexts());
      throw error;
    }
  },
);
