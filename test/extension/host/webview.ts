/** A page of src/ in a browser without an editor around it: the test stands in for the extension. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { pages } from '../../../scripts/build.js';
import { openPage } from './browser.js';

export class Webview<ToPage> {
  /** What the page keeps, as VS Code would. */
  private kept: unknown;

  private constructor(
    private readonly name: string,
    private readonly folder: string,
    private readonly browser: Browser,
    readonly page: Page,
  ) {}

  /** @param name the folder in src/ @param receive what the extension does with what the page tells */
  static async start<ToPage, FromPage>(name: string, receive: (message: FromPage) => void): Promise<Webview<ToPage>> {
    const folder = mkdtempSync(join(tmpdir(), 'harthop-page-'));
    await build({ ...pages, outdir: folder });
    const { browser, page } = await openPage();
    page.setDefaultTimeout(20_000);
    const webview = new Webview<ToPage>(name, folder, browser, page);
    await page.exposeFunction('fromPage', receive);
    await page.exposeFunction('keep', (state: unknown) => {
      webview.kept = state;
    });
    return webview;
  }

  /** Load the page, anew or for the first time, with what it kept. */
  async load(theme = 'vscode-light', variables = ''): Promise<void> {
    const style = readFileSync(join(this.folder, `${this.name}.css`), 'utf8');
    await this.page.setContent(`<html style="${variables}"><body class="${theme}"><style>${style}</style><script>
      globalThis.acquireVsCodeApi = () => ({
        getState: () => (${JSON.stringify(this.kept)}),
        setState: (state) => globalThis.keep(state),
        postMessage: (message) => globalThis.fromPage(message),
      });
    </script></body></html>`);
    await this.page.addScriptTag({
      content: readFileSync(join(this.folder, `${this.name}.js`), 'utf8'),
      type: 'module',
    });
  }

  tell(message: ToPage): Promise<unknown> {
    return this.page.evaluate(`window.postMessage(${JSON.stringify(message)})`);
  }

  async stop(): Promise<void> {
    await this.browser.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
