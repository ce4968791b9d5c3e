/** Entry of the mocha suite: VS Code calls `run` in its extension host, whichever host that is. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';

/** Marks the suite's own report among all that an extension host logs. */
const mark = '::tests::';

export function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 120_000, reporter: Mocha.reporters.Base });
  for (const file of readdirSync(__dirname).sort()) {
    if (file.endsWith('.suite.cjs')) mocha.addFile(join(__dirname, file));
  }
  const report: string[] = [];
  return new Promise((resolve, reject) => {
    const runner = mocha.run((failures) => {
      console.log(`${mark}\n${report.join('\n')}`);
      if (failures) reject(new Error(`${failures} of the extension's tests failed`));
      else if (!report.length) reject(new Error('no test was found'));
      else resolve();
    });
    runner.on('pass', (test) => report.push(`pass: ${test.fullTitle()} (${test.duration} ms)`));
    runner.on('fail', (test, error) => report.push(`FAIL: ${test.fullTitle()}\n${error.stack ?? error}`));
  });
}
