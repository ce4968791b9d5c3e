/** The view of vector registers in a real workbench: opened at a stop, by keyboard, a lane edited, what changed, in four themes. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { FrameLocator, Page } from 'playwright-core';
import { DebugView, makeRoom } from './host/debug-view.js';
import { needsHost } from './host/install.js';
import { root, themes, Workbench } from './host/workbench.js';

const launch = {
  type: 'harthop',
  request: 'launch',
  name: 'lanes',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of launch.json
  program: '${workspaceFolder}/lanes.S',
  append: 'migrate.faults=move',
};
const files = {
  'lanes.S': readFileSync(join(root, 'test/extension/programs/lanes.S'), 'utf8'),
  '.vscode/launch.json': JSON.stringify({ version: '0.2.0', configurations: [launch] }),
};

/** The page inside the editor tab. */
class VectorPage {
  private readonly frame: FrameLocator;

  constructor(page: Page) {
    this.frame = page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
  }

  /** The page, once it has a class. */
  page(withClass: string) {
    return this.frame.locator(`body.${withClass}`);
  }
  get grid() {
    return this.frame.getByRole('grid');
  }
  get summary() {
    return this.frame.locator('.summary');
  }
  get trouble() {
    return this.frame.getByRole('alert');
  }
  choose(label: string, option: string) {
    return this.frame.getByRole('combobox', { name: label }).selectOption(option);
  }
  button(name: RegExp) {
    return this.frame.getByRole('button', { name });
  }
  activeCell(id: string) {
    return this.frame.locator(`[aria-activedescendant="${id}"]`);
  }
  cell(register: number, lane: number) {
    return this.frame.locator(`#v${register}-${lane}`);
  }

  /** The values of a row that can be seen. */
  row(register: number): Promise<string[]> {
    return this.frame.locator(`[id^="v${register}-"] .value`).allInnerTexts();
  }

  /** Lanes of a row that have a mark. */
  marked(register: number, mark: string): Promise<number[]> {
    return this.frame
      .locator(`[id^="v${register}-"].${mark}`)
      .evaluateAll((cells) =>
        cells.map((cell) => Number((cell as { getAttribute(name: string): string | null }).getAttribute('data-lane'))),
      );
  }
}

test(
  'lanes in the vector view: marks, a lane edited by keyboard, changes of a step, at a migration, in every theme',
  needsHost(),
  async (t) => {
    const workbench = await Workbench.start(t, { name: 'vectors', open: 'lanes.S', files });
    const { page } = workbench;
    const view = new DebugView(page);
    const vectors = new VectorPage(page);
    try {
      await view.breakAt('vadd.vi v8, v8, 5, v0.t');
      await view.breakAt('lw      a0');
      await page.keyboard.press('F5');
      await view.stopped(/breakpoint/i);
      await makeRoom(page);
      await workbench.command('View: Toggle Panel Visibility');

      // Opened by its command, at a masked instruction: lanes under the vtype, what is masked off, the tail.
      await workbench.command('HartHop: Show Vector Registers');
      await vectors.cell(8, 0).waitFor();
      await workbench.picture('opened');
      assert.match(
        await vectors.summary.innerText(),
        /hart 2 .*live: in the registers of hart 2[\s\S]*e32, m2, ta, mu[\s\S]*vl\s*13/,
      );
      assert.deepEqual(await vectors.row(8), [...Array.from({ length: 13 }, (_, n) => String(n + 10)), '0', '0', '0']);
      assert.deepEqual(await vectors.marked(8, 'tail'), [13, 14, 15]);
      assert.deepEqual(await vectors.marked(8, 'masked'), [0, 2, 4, 6, 8, 10, 12]);

      // A lane set by keyboard is what the Variables view has.
      await vectors.grid.focus();
      await page.keyboard.press('Control+Home');
      for (let n = 0; n < 4; n++) await page.keyboard.press('ArrowDown');
      for (let n = 0; n < 3; n++) await page.keyboard.press('ArrowRight');
      assert.equal(await vectors.grid.getAttribute('aria-activedescendant'), 'v8-3');
      await page.keyboard.press('Enter');
      await page.keyboard.type('lots');
      await page.keyboard.press('Enter');
      await vectors.trouble.getByText('`lots` is no integer').waitFor();
      await workbench.picture('refused');
      await page.keyboard.press('Control+A');
      await page.keyboard.type('0x7d0');
      await page.keyboard.press('Enter');
      await vectors.cell(8, 3).getByText('2000').waitFor();
      await view.toggle('Integer', false);
      await view.toggle('Vector', true);
      assert.match((await view.texts(view.variables)).join('\n'), /v8\.\.v9 = \{10, 11, 12, 2000, /);

      // A step: only the active lanes changed.
      await page.keyboard.press('F10');
      await vectors.cell(8, 3).getByText('2005').waitFor();
      assert.deepEqual(await vectors.marked(8, 'changed'), [1, 3, 5, 7, 9, 11]);
      assert.deepEqual(await vectors.marked(10, 'changed'), []);
      await workbench.picture('stepped');

      // To where the thread asks to leave again, back for a page fault: the registers as saved, on a hart that has none.
      await view.stopOn('Migration asked for');
      await view.settle();
      await page.keyboard.press('F5');
      await view.stopped(/migration/i);
      await vectors.summary.getByText(/resident/).waitFor();
      assert.equal((await vectors.row(8))[3], '2005');
      await view.stopOn('Migration asked for');
      await view.settle();
      await page.keyboard.press('F5');
      // Live again: what differs from the save.
      await vectors.cell(10, 0).getByText('110').waitFor();
      assert.deepEqual((await vectors.marked(10, 'other')).slice(0, 9), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
      // From a register in the Variables view to its row.
      await view.toggle('Integer', false);
      await view.toggle('Vector', true);
      await view.choose(view.variables.filter({ hasText: /^\s*v4\.\.v5/ }).first(), 'Show Vector Registers');
      await vectors.activeCell('v4-0').waitFor();
      // From a line of the Tasks view: pinned to that task, and free again.
      await view.fold('Tasks');
      const task = page.locator('.part.sidebar [role=treeitem]', { hasText: /^task 1 lanes/ }).first();
      await view.choose(task, 'Show Vector Registers');
      await vectors.button(/Pinned to task 1/).click();
      await vectors.button(/Pin to task/).waitFor();
      // Its elements as they are meant, twice as wide.
      await vectors.choose('Elements', 'f64');
      await vectors.choose('Registers', '4');
      await vectors.cell(20, 1).getByText('16').waitFor();
      await workbench.picture('doubles');
      await vectors.choose('Elements', '');
      await vectors.choose('Registers', '');
      await vectors.button(/Bars/).click();
      await vectors.button(/Non-zero/).click();
      for (const [name, [label, marked]] of Object.entries(themes)) {
        await workbench.theme(label);
        await vectors.page(marked).waitFor();
        await workbench.picture(name);
      }
    } catch (error) {
      await workbench.picture('failed');
      console.error(await view.texts(view.callStack), await view.texts(view.variables));
      throw error;
    }
  },
);
