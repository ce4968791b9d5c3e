/** The migration timeline in a real workbench: opened after a run, zoomed by keyboard, a click goes back in time and the editor follows. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FrameLocator, Page } from 'playwright-core';
import { needsHost } from './host/install.js';
import { themes, Workbench } from './host/workbench.js';

const files = { '.vscode/settings.json': JSON.stringify({ 'harthop.stopOnExit': true }) };

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

test(
  'the timeline after a run: places, zoom by keyboard, back in time by keyboard and by a click, in every theme',
  needsHost(),
  async (t) => {
    const workbench = await Workbench.start(t, { name: 'timeline', open: 'faults.S', files });
    const { page } = workbench;
    const timeline = new TimelinePage(page);
    const callStack = page.locator('.debug-call-stack .monaco-list-row');
    const current = page.locator('.debug-top-stack-frame-line, .debug-focused-stack-frame-line');
    try {
      // F5 does nothing until the debugger's contribution was processed.
      const toolbar = page.locator('.debug-toolbar');
      for (let tries = 0; tries < 10 && !(await toolbar.isVisible()); tries++) {
        await page.locator('.view-line', { hasText: '.option norelax' }).first().click();
        await page.keyboard.press('F5');
        await toolbar.waitFor({ timeout: 8000 }).catch(() => {});
      }
      await workbench.command('View: Show Run and Debug');
      await page
        .locator('.debug-call-stack .state', { hasText: /has ended: exit status 0/ })
        .first()
        .waitFor();

      await workbench.command('View: Hide Panel');

      // Opened by its command: lanes, and the places where the thread left.
      await workbench.command('HartHop: Show Migration Timeline');
      await timeline.places.first().waitFor();
      await timeline.chart.focus();
      await workbench.picture('opened');
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
      await workbench.picture('gone-back');

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
      await workbench.picture('clicked');

      // What is hidden stays hidden; the whole in other themes.
      for (const [name, [label, marked]] of Object.entries(themes)) {
        await workbench.theme(label);
        await timeline.under(marked).waitFor();
        await page.waitForTimeout(800);
        await workbench.picture(name);
      }
    } catch (error) {
      await workbench.picture('failed');
      console.error(await callStack.allInnerTexts());
      throw error;
    }
  },
);
