/** Tasks, Harts and Queues in a real workbench: what they show at a migration, a hart frozen and thawed by a click, in light and dark. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { needsHost } from './host/install.js';
import { Workbench } from './host/workbench.js';

class Sidebar {
  constructor(private readonly page: Page) {}

  pane(name: string) {
    return this.page.locator('.part.sidebar .pane', { has: this.page.locator(`.pane-header:has-text("${name}")`) });
  }

  header(name: string) {
    return this.page
      .locator('.part.sidebar .pane-header', { hasText: new RegExp(`^\\s*(HartHop: )?${name}`, 'i') })
      .first();
  }

  async fold(name: string, open: boolean): Promise<void> {
    for (let tries = 0; tries < 5; tries++) {
      const header = this.header(name);
      await header.waitFor();
      if (((await header.getAttribute('aria-expanded')) === 'true') === open) return;
      await header.click();
      await this.page.waitForTimeout(500);
    }
    throw new Error(`${name} does not ${open ? 'open' : 'close'}`);
  }

  /** The rows of a tree whose accessible name begins so. */
  row(name: string | RegExp) {
    return this.page.locator('.part.sidebar .pane .monaco-list-row').filter({ hasText: name });
  }

  async texts(pane: string): Promise<string> {
    const texts = await this.pane(pane).locator('.monaco-list-row').allInnerTexts();
    return texts.map((text) => text.replaceAll(/\s+/g, ' ').trim()).join('\n');
  }

  /** Wait until a pane's rows say something. */
  async says(pane: string, what: RegExp): Promise<void> {
    for (let tries = 0; tries < 40; tries++) {
      if (what.test(await this.texts(pane))) return;
      await this.page.waitForTimeout(250);
    }
    assert.match(await this.texts(pane), what);
  }
}

test(
  'Tasks, Harts and Queues at a migration; a hart is frozen by a click and thawed by another',
  needsHost(),
  async (t) => {
    const workbench = await Workbench.start(t, { name: 'views', open: 'threads.S' });
    const { page } = workbench;
    const sidebar = new Sidebar(page);
    try {
      await page.locator('.view-line', { hasText: 'THREADS * SHARE' }).first().click();
      const marks = page.locator('.codicon-debug-breakpoint');
      for (let tries = 0; tries < 15 && !(await marks.count()); tries++) {
        await page.keyboard.press('F9');
        await page.waitForTimeout(1500);
      }
      await page.keyboard.press('F5');
      await page
        .locator('.debug-call-stack .state', { hasText: /breakpoint/i })
        .first()
        .waitFor();
      for (const name of ['Variables', 'Watch']) await sidebar.fold(name, false);
      await page
        .locator('.debug-breakpoints .monaco-list-row', { hasText: 'Leave' })
        .locator('.monaco-checkbox, input')
        .first()
        .click();
      await page.keyboard.press('F5');
      await page.locator('.debug-call-stack .state', { hasText: /leave/i }).first().waitFor();
      await sidebar.fold('Breakpoints', false);
      for (const name of ['Tasks', 'Harts', 'Queues']) await sidebar.fold(name, true);

      await sidebar.says('Tasks', /task 1 threads\.S ?on hart 0 \(rv64gc\)/);
      await sidebar.says('Tasks', /task 2 threads\.S ?left hart 2, on its way to hart 1/);
      await sidebar.says('Harts', /hart 2 ?rv64gcv_zvl256b · M · task 2/);
      await sidebar.says('Queues', /hart 2 inbound/);
      await workbench.picture('light');

      await sidebar
        .pane('Tasks')
        .locator('.monaco-list-row', { hasText: 'task 2' })
        .locator('.monaco-tl-twistie')
        .click();
      await sidebar.says('Tasks', /vector state ?live/);
      await workbench.picture('task');

      // A click freezes; the call stack and the list say so.
      const hart = sidebar.pane('Harts').locator('.monaco-list-row', { hasText: /^\s*hart 1/ });
      await hart.hover();
      await hart.locator('a[aria-label="Freeze Hart"]').click();
      await sidebar.says('Harts', /hart 1 ?.* frozen/);
      await page
        .locator('.debug-call-stack .monaco-list-row', { hasText: /hart 1.*frozen/ })
        .first()
        .waitFor();
      await workbench.command('Preferences: Toggle between Light/Dark Themes');
      await page.waitForTimeout(1500);
      await workbench.picture('dark');

      await hart.hover();
      await hart.locator('a[aria-label="Thaw Hart"]').click();
      await page.waitForTimeout(500);
      await sidebar.says('Harts', /hart 1 ?rv64gc · \w · (?!.*frozen)/);

      // A task is shown where it is: the focus goes to its hart.
      await sidebar
        .pane('Tasks')
        .locator('.monaco-list-row', { hasText: /^\s*task 1/ })
        .click();
      await page.locator('.debug-call-stack .state', { hasText: /shown/i }).first().waitFor();
      await workbench.picture('shown');
    } catch (error) {
      await workbench.picture('failed');
      for (const pane of ['Tasks', 'Harts', 'Queues']) console.error(pane, await sidebar.texts(pane).catch(() => ''));
      throw error;
    }
  },
);
