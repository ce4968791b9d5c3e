/** The extension in VS Code for the Web, from the files that its package holds: what the language server knows is shown, and what is not there says so. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { packageExtension } from '../../scripts/package.js';
import { openPage } from './host/browser.js';
import { needsWebHost, startWebServer } from './host/web.js';
import { pictures } from './host/workbench.js';

const source = `#include "values.h"
        .globl  _start
_start: vsetivli zero, COUNT, e32, m1, ta, ma
        vadd.vv v1, v2, v3
        adi     a0, a0, 1
        li      a7, 93
        ecall
`;

test('VS Code for the Web: hints, lenses, errors, included files; and no debugger, which is said', {
  ...needsWebHost(),
  timeout: 180_000,
}, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'harthop-web-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const vsix = await packageExtension(join(folder, 'harthop.vsix'));
  execFileSync('unzip', ['-q', vsix, '-d', folder]);
  const workspace = join(folder, 'workspace');
  mkdirSync(workspace);
  writeFileSync(join(workspace, 'main.S'), source);
  writeFileSync(join(workspace, 'values.h'), '#define COUNT 4\n');
  const server = await startWebServer(join(folder, 'extension'), workspace);
  const { browser, page } = await openPage();
  t.after(async () => {
    await browser.close();
    server.stop();
  });
  page.setDefaultTimeout(30_000);
  mkdirSync(pictures, { recursive: true });
  try {
    await page.goto(server.workbench('main.S'));
    await page.locator('#status\\.editor\\.mode', { hasText: 'RISC-V Assembly' }).waitFor();
    await page.locator('.view-line', { hasText: '→ leaves for V' }).waitFor();
    await page.locator('.codelens-decoration', { hasText: 'leaves for V on line 3' }).waitFor();
    // One error: the included file was read.
    await page.locator('.squiggly-error').first().waitFor();
    assert.equal(await page.locator('.squiggly-error').count(), 1);
    await page.keyboard.press('F8');
    await page.getByText('unknown instruction adi').first().waitFor();
    await page.screenshot({ path: join(pictures, 'web.png') });
    await page.keyboard.press('Escape');
    await page.keyboard.press('F1');
    await page.keyboard.type('HartHop: Debug Current File');
    await page.keyboard.press('Enter');
    await page.getByText('in VS Code for the Web it does not yet').first().waitFor();
  } catch (error) {
    await page.screenshot({ path: join(pictures, 'web-failure.png') });
    throw error;
  }
});
