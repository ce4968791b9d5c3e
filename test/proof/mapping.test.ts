/** docs/protocol.md maps each action of the models to code: both must be there. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

interface Row {
  readonly action: string;
  readonly models: readonly string[];
  readonly functions: readonly { readonly file: string; readonly name: string }[];
}

const rows: Row[] = [
  ...readFileSync('docs/protocol.md', 'utf8').matchAll(/^\| `(\w+)` \| ([\w, ]+) \| (.*) \|$/gm),
].map(([, action, models, follows]) => ({
  action: action!,
  models: models!.split(', '),
  functions: [...follows!.matchAll(/`([\w./-]+)` `(\w+)`/g)].map(([, file, name]) => ({ file: file!, name: name! })),
}));

/** Does the C source define the function? */
const defines = (source: string, name: string) =>
  new RegExp(`^(?!\\s|return)[\\w* ]*\\b${name}\\([^;]*\\{`, 'm').test(source);

test('every action of a model has its row, and no row is left over', () => {
  const inModels = readdirSync('test/proof/models')
    .filter((file) => file.endsWith('.pml'))
    .flatMap((file) =>
      [...readFileSync(`test/proof/models/${file}`, 'utf8').matchAll(/^(?:inline|proctype) (\w+)\(/gm)].map(
        ([, action]) => `${file.slice(0, -4)}: ${action}`,
      ),
    );
  const inTable = rows.flatMap(({ action, models }) => models.map((model) => `${model}: ${action}`));
  assert.deepEqual(inTable.toSorted(), [...new Set(inModels)].toSorted());
});

test('every function that a model follows is in the code', () => {
  const gone = rows
    .flatMap(({ functions }) => functions)
    .filter(({ file, name }) => !existsSync(file) || !defines(readFileSync(file, 'utf8'), name))
    .map(({ file, name }) => `${file} ${name}`);
  assert.ok(rows.every(({ functions }) => functions.length > 0));
  assert.deepEqual(gone, []);
});
