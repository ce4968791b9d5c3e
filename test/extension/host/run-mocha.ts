/** Runs a mocha suite in the extension host, as `@vscode/test-electron` does on a desktop, through the workbench's test driver. */
import { openPage } from './browser.js';
import { startServer } from './server.js';

/** What the suite's report starts with; all that the workbench itself logs comes through the same channel. */
const mark = '::tests::';

export interface Outcome {
  /** 0: every test passed. */
  readonly code: number;
  /** What the suite printed. */
  readonly output: string;
}

/**
 * @param extension folder of the extension under test
 * @param suite file (CommonJS) that exports `run(): Promise<void>`, rejecting when a test failed
 */
export async function runMocha(
  extension: string,
  suite: string,
  workspace: string,
  limitMs = 240_000,
): Promise<Outcome> {
  const server = await startServer();
  const { browser, page } = await openPage();
  const lines: string[] = [];
  try {
    const exited = new Promise<number>((resolve) => {
      page.exposeFunction('codeAutomationExit', (code: number) => resolve(code));
    });
    await page.exposeFunction('codeAutomationLog', (_type: string, args: unknown[]) => lines.push(args.join(' ')));
    await page.goto(
      server.workbench(workspace, [
        ['extensionDevelopmentPath', server.remote(extension)],
        ['extensionTestsPath', server.remote(suite)],
        ['enableProposedApi', ''],
      ]),
    );
    const timeout = new Promise<number>((resolve) => setTimeout(resolve, limitMs, -1).unref());
    const code = await Promise.race([exited, timeout]);
    const report = lines
      .find((line) => line.startsWith(mark))
      ?.slice(mark.length)
      .trim();
    const output = report ?? lines.join('\n');
    return { code, output: code === -1 ? `no result in ${limitMs / 1000} s\n${output}` : output };
  } finally {
    await browser.close();
    await server.stop();
  }
}
