/** The migration graph in a real workbench: beside an example, by a click to the source and back, after edits, for another chip, in four themes. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { FrameLocator, Page } from 'playwright-core';
import { needsHost } from './host/install.js';
import { themes, Workbench } from './host/workbench.js';

/** The page inside the editor tab. */
class GraphPage {
  private readonly frame: FrameLocator;

  constructor(page: Page) {
    this.frame = page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
  }

  under(theme: string) {
    return this.frame.locator(`body.${theme}`);
  }
  get title() {
    return this.frame.getByRole('status');
  }
  get fit() {
    return this.frame.getByRole('button', { name: 'Fit into the window' });
  }
  item(name: string | RegExp) {
    return this.frame.locator('.graph').getByRole('button', { name });
  }
  current(kind: 'home' | 'away') {
    return this.frame.locator(`.node.${kind}.current`);
  }
  says(text: string | RegExp) {
    return this.frame.getByText(text);
  }
  row(name: RegExp) {
    return this.frame.locator('.places tbody tr').filter({ hasText: name });
  }
}

test('the migration graph follows the editor, edits and the chip, and leads to the source', needsHost(), async (t) => {
  const settings = '.vscode/settings.json';
  const workbench = await Workbench.start(t, {
    name: 'migration-graph',
    open: 'pingpong.S',
    files: { [settings]: '{}' },
  });
  const { page } = workbench;
  await page.setViewportSize({ width: 1500, height: 860 });
  const graph = new GraphPage(page);
  const position = page.locator('.part.statusbar').getByText(/^Ln \d+, Col \d+$/);
  try {
    // By its command, beside the editor.
    await page.locator('.codelens-decoration', { hasText: '1 round trip' }).waitFor();
    await workbench.command('HartHop: Show Migration Graph');
    await graph.item(/^_start, on a hart with V, lines 22–38/).waitFor();
    await graph.title.getByText('pingpong.S on app2-vec1').waitFor();
    await graph.current('home').or(graph.current('away')).first().waitFor({ state: 'detached' });
    await workbench.picture('opened');

    // A click goes to the first instruction there; the place of the cursor is marked.
    await graph.item(/^_start, on a hart with V/).click();
    await position.getByText('Ln 22, Col 1').waitFor();
    await graph.current('away').waitFor();
    await graph
      .row(/line 33/)
      .getByRole('button')
      .click();
    await position.getByText('Ln 33, Col 1').waitFor();
    await workbench.picture('clicked');

    // An edit: without the instruction nothing leaves any more; taken back, it does.
    await graph.item(/^_start, on a hart with V/).click();
    await position.getByText('Ln 22, Col 1').waitFor();
    await page.keyboard.press('End');
    await page.keyboard.press('Shift+Home');
    await page.keyboard.type('1: nop');
    await graph.says(/^No instruction here needs V, which the application harts of app2-vec1 lack/).waitFor();
    await workbench.picture('empty');
    for (let n = 0; n < 4; n++) await page.keyboard.press('Control+Z');
    await graph.item(/^_start, on a hart with V/).waitFor();

    // Another chip, another answer.
    const choose = (soc: string) =>
      writeFileSync(join(workbench.workspace, settings), JSON.stringify({ 'harthop.soc': soc }));
    choose('all-vector');
    await graph.says(/^On all-vector no thread has to move/).waitFor();
    choose('mixed-vlen');
    await graph.title.getByText('pingpong.S on mixed-vlen').waitFor();
    choose('app2-vec1');

    // It follows to another file, also from a lens of that.
    await workbench.open('daxpy.S');
    await graph.title.getByText('daxpy.S on app2-vec1').waitFor();
    await graph.item(/^daxpy, on a hart with V/).waitFor();
    await workbench.picture('functions');
    await workbench.open('faults.S');
    await page.locator('.codelens-decoration a', { hasText: 'leaves for V' }).first().click();
    await graph.title.getByText('faults.S').waitFor();

    await workbench.open('pingpong.S');
    await graph.title.getByText('pingpong.S').waitFor();
    await graph
      .row(/line 25/)
      .getByRole('button')
      .click();
    await graph.current('away').waitFor();
    await graph.fit.click();
    for (const [name, [label, marked]] of Object.entries(themes)) {
      await workbench.theme(label);
      await graph.under(marked).waitFor();
      await workbench.picture(name);
      if (name === 'light') await workbench.picture('documentation', 800);
    }
    assert.equal(await graph.row(/round trip/).count(), 2);
  } catch (error) {
    await workbench.picture('failed');
    throw error;
  }
});
