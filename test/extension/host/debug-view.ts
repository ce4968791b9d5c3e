import type { Locator, Page } from 'playwright-core';

/** The panes of the debug view as a user sees them. */
export class DebugView {
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

  /** Tick (or untick) the exception breakpoint with this label. */
  async stopOn(label: string): Promise<void> {
    const row = this.page.locator('.debug-breakpoints .monaco-list-row', { hasText: label });
    await row.locator('input[type=checkbox], .monaco-checkbox').first().click();
  }

  /** The stop's reason, as the call stack tells it. */
  async stopped(reason: RegExp): Promise<void> {
    await this.page.locator('.debug-call-stack .state', { hasText: reason }).first().waitFor();
  }

  /** Do what takes the program elsewhere, and wait until it stands there: on a busy computer that takes its time. */
  async moves(act: () => Promise<void>): Promise<void> {
    // The call stack shows what there is room for, which need not be the frame that moves; the cursor is where that one stands.
    const cursor = this.page.locator('.statusbar-item', { hasText: /^\s*Ln \d/ });
    const where = async () => {
      const rows = [this.callStack, cursor, this.page.locator('.tab.active')];
      return (await Promise.all(rows.map((each) => this.texts(each)))).flat().join('\n');
    };
    const before = await where();
    await act();
    for (const end = Date.now() + 60_000; Date.now() < end; await this.settle()) {
      const now = await where();
      if (now !== before && !/running/i.test(now)) return this.settle();
    }
    throw new Error(`the program stays where it was:\n${before}`);
  }

  /** Fold a pane of the side bar, or unfold it. */
  async fold(pane: string): Promise<void> {
    await this.page.locator('.part.sidebar .pane-header', { hasText: pane }).first().click();
  }

  /** Scroll a list to a row, from its top: it holds only what can be seen of it. */
  async reveal(list: string, row: Locator): Promise<void> {
    await this.page.locator(list).hover();
    if (!(await row.isVisible())) await this.page.mouse.wheel(0, -10_000);
    await this.page.waitForTimeout(200);
    for (let tries = 0; tries < 20 && !(await row.isVisible()); tries++) {
      await this.page.mouse.wheel(0, 100);
      await this.page.waitForTimeout(200);
    }
  }

  /** Choose from the menu of a row. */
  async choose(row: Locator, entry: string): Promise<void> {
    const label = this.page.locator('.context-view .action-label', { hasText: entry }).first();
    for (let tries = 0; tries < 6; tries++) {
      if (!(await label.isVisible())) await row.click({ button: 'right' });
      // A menu that has just come takes no click yet, the less the busier the computer is.
      await this.settle();
      await label.click();
      const gone = await label.waitFor({ state: 'hidden', timeout: 3000 }).then(
        () => true,
        () => false,
      );
      if (gone) return;
    }
    throw new Error(`${entry} can't be chosen`);
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
  // Rows that the pointer is over show actions in place of their state.
  await page.mouse.move(0, 0);
}

/** Give the side bar, and in it the variables, room for lanes. */
export async function makeRoom(page: Page): Promise<void> {
  const bar = await page.locator('.part.sidebar').boundingBox();
  if (!bar) throw new Error('no side bar');
  await drag(page, { x: bar.x + bar.width, y: bar.y + 300 }, { x: 560 - bar.x - bar.width });
  const watch = await page.locator('.part.sidebar .pane-header', { hasText: 'Watch' }).first().boundingBox();
  if (!watch) throw new Error('no watch pane');
  await drag(page, { x: watch.x + 200, y: watch.y }, { y: 320 });
}
