/** C and assembly in one program, in a real workbench: from C into a vector loop on another hart, and back in time over the migration, in light and dark. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../tools.js';
import { DebugView, makeRoom } from './host/debug-view.js';
import { needsHost } from './host/install.js';
import { root, Workbench } from './host/workbench.js';

const gcc = 'riscv64-linux-gnu-gcc';
const { skip } = needs(gcc);

/** Two sources, and the program of them. */
function prepare(workspace: string): void {
  mkdirSync(join(workspace, '.vscode'), { recursive: true });
  const sources = ['mixed.c', 'axpy.S'];
  for (const name of sources) cpSync(join(root, 'test/extension/programs', name), join(workspace, name));
  execFileSync(gcc, ['-static', '-g', '-O0', '-march=rv64gcv', ...sources, '-o', 'mixed'], { cwd: workspace });
  const launch = { type: 'harthop', request: 'launch', name: 'mixed', program: join(workspace, 'mixed') };
  writeFileSync(join(workspace, '.vscode/launch.json'), JSON.stringify({ version: '0.2.0', configurations: [launch] }));
}

test(
  'from C into assembly on the vector hart, and back over the migration',
  skip ? { skip } : needsHost(),
  async (t) => {
    const workbench = await Workbench.start(t, { name: 'mixed', open: 'mixed.c', prepare });
    const { page } = workbench;
    const view = new DebugView(page);
    const hart = (number: number) =>
      view.callStack.filter({ hasText: new RegExp(`hart ${number} .* U .* task 1 mixed`) }).first();
    /** The call stack with the frames of a hart. */
    const stack = async (number: number) => {
      // The frames of another hart, which are unfolded, may be all that there is room for.
      await view.reveal('.debug-call-stack', hart(number));
      await hart(number).waitFor();
      await view.settle();
      if ((await hart(number).getAttribute('aria-expanded')) !== 'true')
        await hart(number).locator('.monaco-tl-twistie').click();
      await view.settle();
      return (await view.texts(view.callStack)).join('\n');
    };
    try {
      await page.locator('.view-line', { hasText: 'axpy(COUNT' }).first().waitFor({ timeout: 60_000 });
      await view.breakAt('axpy(COUNT');
      await page.keyboard.press('F5');
      await view.stopped(/breakpoint/i);
      await makeRoom(page);
      await workbench.command('View: Toggle Panel Visibility');
      for (const name of ['Watch', 'Breakpoints']) await view.fold(name);
      await view.toggle('Locals', true);
      await view.toggle('series', true);
      await view.settle();
      assert.match(await stack(0), /hart 0 .* task 1 mixed[\s\S]*main mixed\.c 25/);
      assert.match((await view.texts(view.variables)).join('\n'), /y = \{100, 100, 100/);
      await workbench.picture('c-light');

      // Into the assembly; its first instruction takes the thread to the vector hart.
      await page.keyboard.press('F11');
      await page.locator('.view-line', { hasText: 'vsetvli t0' }).first().waitFor();
      await view.settle();
      for (let n = 0; n < 3; n++) await view.moves(() => page.keyboard.press('F10'));
      assert.match(await stack(2), /axpy axpy\.S[\s\S]*main mixed\.c/);
      await view.toggle('Integer', false);
      await view.toggle('Vector', true);
      await workbench.picture('assembly-light');

      // Back in time, by the toolbar: line by line, and over the migration to hart 0.
      const back = page.locator('.debug-toolbar .codicon-debug-step-back');
      const isOn = async (number: number) => {
        await view.reveal('.debug-call-stack', hart(number));
        return hart(number).isVisible();
      };
      for (let n = 0; n < 4 && !(await isOn(0)); n++) await view.moves(() => back.click());
      assert.match(await stack(0), /axpy axpy\.S[\s\S]*main mixed\.c/);
      await workbench.picture('back-light');
      await back.click();
      await page.locator('.view-line', { hasText: 'axpy(COUNT' }).first().waitFor();

      // Forward again, in dark.
      await workbench.command('Preferences: Toggle between Light/Dark Themes');
      await view.settle();
      await page.keyboard.press('F10');
      await page.locator('.view-line', { hasText: 'the sum is' }).first().waitFor();
      await view.settle();
      await view.toggle('Locals', true);
      await view.toggle('series', true);
      await view.settle();
      assert.match((await view.texts(view.variables)).join('\n'), /y = \{100, 100\.5, 101/);
      await workbench.picture('c-dark');
      await view.moves(() => workbench.command('HartHop: Step Back Into'));
      await stack(2);
      await view.settle();
      await workbench.picture('back-dark');
    } catch (error) {
      await workbench.picture('failed');
      console.error(await view.texts(view.callStack), await view.texts(view.variables));
      throw error;
    }
  },
);
