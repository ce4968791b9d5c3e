/**
 * What a program of C sources is forecast to do, in a real workbench: hints, lenses and findings in the C source, of which build they are, what
 * a run has measured beside them, that they are stale after an edit; in light and dark.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../tools.js';
import { needsHost } from './host/install.js';
import { root, themes, Workbench } from './host/workbench.js';

const clang = 'clang-19';
const { skip } = needs(clang, 'ld.lld-19');
const options = [
  '--target=riscv64-linux-gnu',
  '-fuse-ld=lld',
  '--ld-path=/usr/bin/ld.lld-19',
  '-grecord-command-line',
  '-march=rv64gcv',
  '-static',
  '-g',
  '-O2',
];

/** When it was built; with the date, once that is not today's any more. */
const TIME = String.raw`(\d{4}-\d\d-\d\d )?\d\d:\d\d`;

/** A source that compilers vectorise and one with intrinsics, in one file; the program of it; how to run it. */
function prepare(workspace: string): void {
  const source = join(workspace, 'sums.c');
  cpSync(join(root, 'test/language-server/built/sums.c'), source);
  // A while ago, so that an edit is one behind it.
  const then = new Date(Date.now() - 60_000);
  utimesSync(source, then, then);
  execFileSync(clang, [...options, 'sums.c', '-o', 'sums'], { cwd: workspace });
  mkdirSync(join(workspace, '.vscode'), { recursive: true });
  const launch = {
    type: 'harthop',
    request: 'launch',
    name: 'sums',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of launch.json
    program: '${workspaceFolder}/sums',
    soc: 'app1-vec1',
  };
  writeFileSync(join(workspace, '.vscode/launch.json'), JSON.stringify({ version: '0.2.0', configurations: [launch] }));
}

test(
  'a build is forecast in its C source, measured, and stale after an edit',
  skip ? { skip } : needsHost(),
  async (t) => {
    const workbench = await Workbench.start(t, { name: 'built', open: 'sums.c', prepare });
    const { page } = workbench;
    await page.setViewportSize({ width: 1500, height: 860 });
    // The editor writes spaces of several kinds.
    const hint = (text: RegExp) =>
      page.locator('.view-line', { hasText: new RegExp(text.source.replaceAll(' ', '\\s+')) }).first();
    const lens = (text: string | RegExp) => page.locator('.codelens-decoration', { hasText: text }).first();
    /** A picture in light and in dark. */
    const both = async (name: string) => {
      for (const theme of ['light', 'dark'] as const) {
        await workbench.theme(themes[theme][0]);
        await workbench.picture(`${name}-${theme}`);
        if (theme === 'light') await workbench.picture(`${name}-documentation`, 660);
      }
    };
    try {
      // Of the program that the launch configuration names, when it was built, and how.
      await hint(/i\+\+\).*→ may leave for V.*e32, m2.*\(sums\)/).waitFor({ timeout: 60_000 });
      await hint(/puts.*← may come back in puts.*\(sums\)/).waitFor();
      await lens(new RegExp(`about 1 round trip \\(1,700 cycles\\) an iteration · in sums, -O2, ${TIME}`)).waitFor();
      await page.locator('.squiggly-warning').first().waitFor();
      await workbench.picture('forecast');

      // The whole program's graph: what a function of the C library is made of is left out. A click goes to the source.
      const graph = page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
      const status = new RegExp(`^sums.c on app1-vec1 .*, in sums, -O2, ${TIME}$`);
      await workbench.until(graph.getByRole('status').getByText(status), () =>
        lens(/may leave for V on line 14/)
          .locator('a')
          .click(),
      );
      await graph.getByRole('button', { name: /^puts, on a hart with V/ }).waitFor();
      await both('graph');
      await workbench.until(page.locator('.part.statusbar').getByText('Ln 14, Col 1'), () =>
        graph.getByRole('button', { name: /^sum, on a hart with V/ }).click(),
      );
      await workbench.command('View: Close Editors in Other Groups');

      // Run to its end: what was measured stands beside that.
      await workbench.settle();
      const measured = hint(/i\+\+\).*→ may leave · \d+ × [\d,]+ cycles.*\(sums\)/);
      const running = page.locator('.debug-toolbar');
      await workbench.until(measured.or(running.filter({ visible: true })).first(), () => page.keyboard.press('F5'));
      await measured.waitFor({ timeout: 60_000 });
      await running.waitFor({ state: 'hidden' });
      await workbench.command('View: Toggle Panel Visibility');
      await lens(/an iteration · measured: left \d+ times, [\d,]+ cycles each · in sums, -O2/).waitFor();
      await both('measured');

      // After an edit both are of another text.
      await page.locator('.view-line', { hasText: 'static float' }).first().click();
      await page.keyboard.press('End');
      await page.keyboard.press('Enter');
      await hint(/i\+\+\).*→ \d+ × [\d,]+ cycles.*\(sums, stale\)/).waitFor();
      await lens(new RegExp(`measured: left .*\\(stale\\) · in sums, -O2, ${TIME}, stale`)).waitFor();
      await both('stale');

      // The same of assembly: run, and what it did beside what was forecast.
      await workbench.open('pingpong.S');
      await hint(/→ may leave for V/).waitFor();
      await workbench.command('HartHop: Debug Current File');
      await hint(/vsetivli.*→ may leave for V · \d+ × [\d,]+ cycles/).waitFor();
      await hint(/ecall.*← comes back or asks · 100 × [\d,]+ cycles/).waitFor();
      await lens(
        /\(1,700 cycles\) an iteration · measured 100 times, \d+ cycles each, 1\/3 of what is forecast/,
      ).waitFor();
      await page.locator('.debug-toolbar').waitFor({ state: 'hidden' });
      await workbench.picture('measured-assembly');
      // Whose end is forecast, and at whose end nothing comes back that could have been measured.
      assert.doesNotMatch((await page.locator('.view-line').allInnerTexts()).join('\n'), /ends.*measured never/);
    } catch (error) {
      await workbench.picture('failed');
      console.error(await page.locator('.view-line').allInnerTexts());
      throw error;
    }
  },
);
