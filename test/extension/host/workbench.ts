/** A user's VS Code with the extension installed, on a workspace of its own. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { openPage } from './browser.js';
import { installExtension } from './installed.js';
import { startServer } from './server.js';

export const root = fileURLToPath(new URL('../../..', import.meta.url));
export const pictures = join(root, '.cache/screenshots/');

/** Themes by their labels, and the class that VS Code gives to pages under them. */
export const themes = {
  light: ['Light Modern', 'vscode-light'],
  'high-contrast': ['Dark High Contrast', 'vscode-high-contrast'],
  'high-contrast-light': ['Light High Contrast', 'vscode-high-contrast-light'],
  dark: ['Dark Modern', 'vscode-dark'],
} as const;

export interface WorkbenchOptions {
  /** Begins the names of its pictures. */
  readonly name: string;
  /** Files of the workspace beside the examples, by their paths in it. */
  readonly files?: Readonly<Record<string, string>>;
  /** Puts more into the workspace. */
  readonly prepare?: (workspace: string) => void;
  /** The file that is open, by its path in the workspace; without one the window is empty. */
  readonly open?: string;
}

export class Workbench {
  private constructor(
    readonly page: Page,
    /** The folder that is open: a copy of the examples. */
    readonly workspace: string,
    private readonly name: string,
  ) {}

  /** Start one; it ends with the test. */
  static async start(t: TestContext, { name, files = {}, prepare, open }: WorkbenchOptions): Promise<Workbench> {
    const folder = mkdtempSync(join(tmpdir(), `harthop-${name}-`));
    const workspace = join(folder, 'examples');
    cpSync(join(root, 'examples'), workspace, { recursive: true });
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(workspace, path)), { recursive: true });
      writeFileSync(join(workspace, path), text);
    }
    prepare?.(workspace);
    mkdirSync(pictures, { recursive: true });
    const server = await startServer(await installExtension(folder));
    const { browser, page } = await openPage();
    page.setDefaultTimeout(30_000);
    t.after(async () => {
      await browser.close();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    });
    if (open) {
      await page.goto(server.workbench(workspace, [['openFile', server.remote(join(workspace, open))]]));
      await page.locator('#status\\.editor\\.mode', { hasNotText: 'Plain Text' }).waitFor({ timeout: 60_000 });
    } else {
      await page.goto(server.workbench(undefined));
      await page.locator('.part.activitybar').waitFor({ timeout: 60_000 });
    }
    return new Workbench(page, workspace, name);
  }

  /** Open a file of the workspace by its name. */
  async open(file: string): Promise<void> {
    await this.page.keyboard.press('Control+P');
    await this.page.locator('.quick-input-widget input').first().fill(file);
    await this.choose(file);
    await this.page.locator('.tab.active', { hasText: file }).waitFor();
  }

  /** @param height pixels of the editors from their top; without one it is the whole workbench */
  async picture(name: string, height?: number): Promise<void> {
    const box = height === undefined ? undefined : await this.page.locator('.part.editor').boundingBox();
    const clip = box && { clip: { ...box, height: Math.min(box.height, height!) } };
    await this.page.screenshot({ path: join(pictures, `${this.name}-${name}.png`), ...clip });
  }

  /** Run a command by its name. What else takes the focus just then closes the input again. */
  async command(name: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget input').first();
    for (let tries = 0; tries < 5; tries++) {
      await this.settle();
      await this.page.keyboard.press('F1');
      const typed = await input.fill(`>${name}`, { timeout: 3000 }).then(
        () => true,
        () => false,
      );
      if (!typed) continue;
      const chosen = await this.choose(name, 5000).then(
        () => true,
        () => false,
      );
      if (chosen) return;
    }
    throw new Error(`the command palette does not stay open for ${name}`);
  }

  /** Choose a line of what is open for a quick choice. @param timeout milliseconds */
  async choose(text: string, timeout = 30_000): Promise<void> {
    await this.page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first().click({ timeout });
  }

  /** Choose a colour theme by its label. */
  async theme(label: string): Promise<void> {
    await this.command('Preferences: Color Theme');
    await this.page.locator('.quick-input-widget input').first().fill(label);
    await this.page.locator('.quick-input-list .monaco-list-row', { hasText: label }).first().waitFor();
    await this.page.keyboard.press('Enter');
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
    await this.settle();
  }

  /** Do something until what it leads to is seen: what is drawn anew just then misses a click, and nothing tells of that. */
  async until(seen: Locator, act: () => Promise<void>): Promise<void> {
    for (let tries = 0; tries < 5; tries++) {
      await act();
      const came = await seen.waitFor({ timeout: 10_000 }).then(
        () => true,
        () => false,
      );
      if (came) return;
    }
    await seen.waitFor();
  }

  /** What is drawn anew after a change is so for a moment. */
  settle(): Promise<void> {
    return this.page.waitForTimeout(700);
  }
}
