/** The language server in a real workbench: what an assembly file shows, a mistake mended by a quick fix, a label renamed, in four themes. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { needsHost } from './host/install.js';
import { root, themes, Workbench } from './host/workbench.js';

/** With two mistakes: no group of four starts at v13, and a register that should stand in parentheses. */
const kernel = `        .text
        .globl  vadd
# vadd(a0: elements, a1: x, a2: y) adds x to y.
vadd:   beqz    a0, none
        vsetvli t0, a0, e32, m4, ta, ma
        vle32.v v8, (a1)
        vle32.v v13, (a2)
        vadd.vv v12, v8, v12
        vse32.v v12, (a2)
        sub     a0, a0, t0
        slli    t0, t0, 2
        add     a1, a1, t0
        add     a2, a2, t0
        bnez    a0, vadd
        lw      a0, a1
none:   ret
`;

type Name = keyof typeof themes;
const files = {
  'add.S': kernel,
  '.vscode/settings.json': JSON.stringify({ 'harthop.forecast.faults': 'move' }),
};

/** What the test uses of the browser's canvas. */
interface Canvas {
  readonly width: number;
  readonly height: number;
  getContext(kind: '2d'): { getImageData(x: number, y: number, w: number, h: number): { data: Uint8ClampedArray } };
}

/** The colours of the overview ruler under the themes. */
const { colors } = (
  JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    contributes: { colors: { id: string; defaults: Record<string, string> }[] };
  }
).contributes;
const defaults = {
  light: 'light',
  dark: 'dark',
  'high-contrast': 'highContrast',
  'high-contrast-light': 'highContrastLight',
} as const;

/** The open editor as a user sees it. */
class Editor {
  constructor(private readonly page: Page) {}

  line(text: string) {
    return this.page.locator('.view-line', { hasText: text }).first();
  }
  /** A token of the text. */
  private word(text: RegExp) {
    return this.page.locator('.view-line span:not(:has(span))', { hasText: text }).first();
  }
  /** The middle of a token. (What playwright does itself would scroll.) */
  private async middle(text: RegExp): Promise<[x: number, y: number]> {
    const box = await this.word(text).boundingBox();
    if (!box) throw new Error(`${text} is not to be seen`);
    return [box.x + box.width / 2, box.y + box.height / 2];
  }
  async point(text: RegExp): Promise<void> {
    await this.page.mouse.move(0, 0);
    await this.page.mouse.move(...(await this.middle(text)), { steps: 3 });
  }
  async click(text: RegExp): Promise<void> {
    await this.page.mouse.click(...(await this.middle(text)));
  }
  get lenses() {
    return this.page.locator('.codelens-decoration');
  }
  get hover() {
    return this.page.locator('.monaco-hover:visible').first();
  }
  get squiggles() {
    return this.page.locator('.squiggly-error');
  }
  lens(text: string) {
    return this.lenses.filter({ hasText: text });
  }

  /** How many pixels of the overview ruler have a colour, as `#rrggbb`. */
  inRuler(colour: string): Promise<number> {
    const channels = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
    return this.page.locator('.editor-instance canvas.decorationsOverviewRuler').evaluate((canvas, [r, g, b]) => {
      const { width, height, getContext } = canvas as unknown as Canvas;
      const { data } = getContext.call(canvas, '2d').getImageData(0, 0, width, height);
      let count = 0;
      for (let n = 0; n < data.length; n += 4) if (data[n] === r && data[n + 1] === g && data[n + 2] === b) count++;
      return count;
    }, channels);
  }

  /** The texts of all lines in sight that hold a word, with hints, as they are read. */
  async lines(word: string): Promise<string[]> {
    const texts = await this.page.locator('.view-line', { hasText: word }).allInnerTexts();
    return texts.map((text) => text.replaceAll(/[\s\u200b\u2060]+/g, ' ').trim());
  }
}

test('hints, lenses, hover, a quick fix and rename in assembly files', needsHost(), async (t) => {
  const workbench = await Workbench.start(t, { name: 'language', open: 'pingpong.S', files });
  const { page } = workbench;
  const editor = new Editor(page);
  try {
    // A whole program: beside the code where the thread leaves and comes back, above it what that costs.
    await editor.lens('about 1 round trip (1,700 cycles) an iteration').waitFor();
    await editor.lens('leave for V on line 22; back on lines 25, 33; the program ends on line 38').waitFor();
    await editor.line('may leave for V').waitFor();
    await workbench.settle();
    assert.match(
      (await editor.lines('vsetivli')).join(),
      /^1: vsetivli t0, 4, e32, m1, ta, ma # there ?→ may leave for V$/,
    );
    assert.match((await editor.lines('# and back')).join(), /^ecall # and back ?← comes back or asks$/);
    await page.locator('.squiggly-warning').first().waitFor();
    await workbench.picture('forecast');
    await workbench.picture('documentation', 800);
    // What it is about, and where that is explained.
    await editor.point(/^vsetivli/);
    await editor.hover.getByText(/this loop goes out and back each time round/).waitFor();
    await editor.hover.getByText('ping-pong').waitFor();
    await workbench.picture('hover-loop');

    // A routine for others, with mistakes.
    await workbench.open('add.S');
    await editor.squiggles.first().waitFor();
    await workbench.settle();
    assert.equal(await editor.squiggles.count(), 2);
    // What an instruction is, and the vtype that holds for it.
    await editor.point(/^vadd.vv/);
    await editor.hover.getByText(/vtype here: e32, m4, ta, ma \(VLMAX 32 at VLEN 256\)/).waitFor();
    await workbench.picture('hover');
    await editor.point(/v13$/);
    await editor.hover.getByText(/illegal under e32, m4/).waitFor();
    await editor.hover.getByText('illegal-instruction').waitFor();
    await workbench.picture('hover-mistake');

    // The mistake of order is mended by keyboard.
    await editor.click(/^lw$/);
    await page.keyboard.press('F8');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+.');
    const fix = page.locator('.action-widget .monaco-list-row', { hasText: 'Change to lw a0, (a1)' }).first();
    await fix.waitFor();
    await workbench.picture('fix');
    await fix.click();
    await editor.line('(a1)').waitFor();

    // A label and everything that names it.
    await editor.click(/^vadd$/);
    await page.keyboard.press('F2');
    const box = page.locator('.rename-box input');
    await box.waitFor();
    await box.fill('add_all');
    await workbench.picture('rename');
    await page.keyboard.press('Enter');
    await editor.line('bnez').filter({ hasText: 'add_all' }).waitFor();
    const named = await editor.lines('add_all');
    assert.deepEqual(
      named.map((text) => text.split(' ')[0]),
      ['.globl', 'add_all:', 'bnez'],
    );

    // The whole once more in each theme, with a page fault that brings the thread home: its colours are in the ruler.
    await workbench.open('faults.S');
    await editor.line('leaves for V').waitFor();
    for (const [name, [label]] of Object.entries(themes)) {
      await workbench.theme(label);
      const colour = (id: string) =>
        colors.find((each) => each.id === `harthop.${id}`)!.defaults[defaults[name as Name]]!;
      assert.ok((await editor.inRuler(colour('leaveForeground'))) > 5, `${name}: a mark for the place where it leaves`);
      assert.ok((await editor.inRuler(colour('returnForeground'))) > 5, `${name}: a mark where it comes back`);
      assert.ok((await editor.inRuler(colour('returnAndLeaveForeground'))) > 5, `${name}: a mark where it does both`);
      await workbench.picture(name);
    }
  } catch (error) {
    await workbench.picture('failed');
    console.error(await page.locator('.view-line').allInnerTexts(), await editor.lenses.allInnerTexts());
    throw error;
  }
});
