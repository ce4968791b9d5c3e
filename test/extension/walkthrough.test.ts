/** A new user's way in a real workbench: the walkthrough, the samples in a folder of one's own, the first forecast, the first stop at a migration. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DebugView } from './host/debug-view.js';
import { needsHost } from './host/install.js';
import { root, Workbench } from './host/workbench.js';

interface Step {
  readonly id: string;
  readonly description: string;
  readonly media: { readonly image: string; readonly altText: string };
  readonly completionEvents: readonly string[];
}
interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly walkthroughs: readonly { readonly title: string; readonly steps: readonly Step[] }[];
  };
}
const { contributes } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
const [walkthrough] = contributes.walkthroughs;
const { steps } = walkthrough!;

/** Commands of VS Code's own that steps run: the test below runs them. */
const known = [
  'workbench.action.files.openFile',
  'workbench.action.openSettings',
  'workbench.debug.action.focusBreakpointsView',
];

test('the pictures of the walkthrough are there and told in words, and its commands are ones', () => {
  const commands = [...contributes.commands.map(({ command }) => command), ...known];
  for (const { id, description, media, completionEvents } of steps) {
    assert.ok(existsSync(join(root, media.image)), `${id}: ${media.image}`);
    assert.ok(media.altText, id);
    const linked = [...description.matchAll(/\(command:([\w.]+)/g)].map(([, command]) => command!);
    assert.ok(linked.length, `${id}: something to click`);
    for (const command of linked) assert.ok(commands.includes(command), `${id}: ${command}`);
    for (const event of completionEvents) {
      const [, command] = /^onCommand:(.*)$/.exec(event) ?? [];
      if (command) assert.ok(linked.includes(command), `${id}: ${event}`);
    }
  }
});

test('from the walkthrough to samples, a forecast and a stop at a migration', needsHost(), async (t) => {
  const workbench = await Workbench.start(t, { name: 'walkthrough' });
  const { page } = workbench;
  const view = new DebugView(page);
  const step = (id: string) => page.locator(`[data-step-id$="#start#${id}"]`);
  const chooseFolder = async () => {
    const box = page.locator('.quick-input-widget');
    const put = box.getByRole('button', { name: 'Put the Samples Here' });
    await put.waitFor();
    await workbench.settle();
    await box.locator('input').first().fill(`${workbench.workspace}/`);
    await workbench.settle();
    await put.click();
  };
  try {
    await workbench.command('Welcome: Open Walkthrough');
    await workbench.choose(walkthrough!.title);
    await step('samples').waitFor();
    await workbench.picture('opened');

    // The samples, put into a folder that is chosen.
    await step('samples').getByRole('button', { name: 'Open the samples' }).click();
    await chooseFolder();

    // In their window: the first one, with what is forecast, and the walkthrough beside it.
    await page.locator('.tab', { hasText: 'pingpong.S' }).waitFor();
    await page.locator('.codelens-decoration', { hasText: '1 round trip' }).waitFor();
    await step('forecast').waitFor();
    await step('forecast').click();
    await workbench.picture('samples');
    const launch = JSON.parse(readFileSync(join(workbench.workspace, 'harthop-samples/.vscode/launch.json'), 'utf8'));
    assert.equal(launch.configurations[0].type, 'harthop');
    await step('forecast').getByRole('button', { name: 'Show the migration graph' }).click();
    const graph = page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
    await graph.getByRole('button', { name: /^_start, on a hart with V/ }).waitFor();
    await workbench.picture('graph');

    // A breakpoint at the first vector instruction, and a run; then the stop for which all this is.
    await view.breakAt('vsetivli');
    await page.locator('.tab', { hasText: 'Welcome' }).click();
    await step('debug').click();
    await step('debug').getByRole('button', { name: 'Debug the current file' }).click();
    await view.stopped(/breakpoint/i);
    await step('migration').click();
    await step('migration').getByRole('button', { name: 'Show the breakpoints' }).click();
    await view.settle();
    await view.stopOn('Migration asked for');
    await page.keyboard.press('F5');
    await view.stopped(/migration/i);
    await workbench.picture('migration');

    // Once more into the same folder: what is there, perhaps edited, stays as it is.
    const sample = join(workbench.workspace, 'harthop-samples/pingpong.S');
    writeFileSync(sample, '# mine\n');
    await workbench.command('HartHop: Open Sample Workspace');
    await chooseFolder();
    await page.locator('.monaco-dialog-box').getByText('harthop-samples is there already.').waitFor();
    await page.getByRole('button', { name: 'Open It as It Is' }).waitFor();
    assert.equal(readFileSync(sample, 'utf8'), '# mine\n');
  } catch (error) {
    await workbench.picture('failed');
    throw error;
  }
});
