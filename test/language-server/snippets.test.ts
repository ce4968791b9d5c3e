/** Snippets: each is code that assembles as it comes, whatever is chosen in it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assemble, formatDiagnostic } from '../../assembler/assemble.js';
import { examine } from '../../assembler/examine.js';
import { formatted } from '../../language-server/features/formatting.js';
import { bodyOf, plain, snippetItems, snippets } from '../../language-server/features/snippets.js';
import { defaults } from '../../language-server/settings.js';
import { Client } from './fuzz/client.js';

const body = (name: string) => bodyOf(snippets.find((each) => each.name === name)!, defaults.format);
/** Every text that a snippet is when the choices of one of its placeholders are made one after the other. */
const variants = (text: string) => [
  text,
  ...[...text.matchAll(/\$\{(\d+)\|([^|]*)\|\}/g)].flatMap(([whole, n, list]) =>
    list!.split(',').map((choice) => text.replace(whole, `\${${n}:${choice}}`)),
  ),
];

for (const snippet of snippets) {
  test(`the snippet ${snippet.name} assembles, whatever is chosen`, () => {
    for (const variant of variants(bodyOf(snippet, defaults.format))) {
      const text = plain(variant);
      assert.doesNotMatch(text, /\$/);
      const { diagnostics } = examine([{ name: 'a.S', text: `        ${text}\n` }]);
      assert.deepEqual(diagnostics.map(formatDiagnostic), [], text);
    }
    const text = `        ${plain(body(snippet.name))}`.replace(/^ +(?=\S+:)/, '');
    assert.deepEqual(formatted(text, defaults.format, 0, 100), [], text);
  });
}

test('snippets together are a program', () => {
  const parts = ['message', 'buffer', 'program', 'write', 'exit'].map((name) => `        ${plain(body(name))}\n`);
  const { elf, diagnostics } = assemble([{ name: 'a.S', text: parts.join('') }]);
  assert.deepEqual(diagnostics, []);
  assert.ok(elf);
});

test('a loop as it comes, with and without placeholders', () => {
  assert.equal(
    plain(body('strip-mine')),
    `1:      vsetvli t0, a0, e32, m1, ta, ma
        vle32.v v8, (a1)
        vadd.vi v8, v8, 1
        vse32.v v8, (a2)
        sub     a0, a0, t0
        slli    t0, t0, 2               # bytes: elements of 32 bits
        add     a1, a1, t0
        add     a2, a2, t0
        bnez    a0, 1b`,
  );
  const [rich, poor] = [true, false].map((placeholders) => snippetItems(defaults.format, placeholders)[0]!);
  assert.match(rich!.insertText!, /^1: {6}vsetvli t0, a0, e\$\{1\|32,8,16,64\|\}/);
  assert.doesNotMatch(poor!.insertText!, /\$/);
});

test('they are offered where an instruction may begin, and only there', async () => {
  const client = await Client.start(new Map());
  const uri = 'file:///w/a.S';
  await client.open(uri, 'st\n        add st\n.st\n');
  const labels = async (line: number, character: number) => {
    const items = await client.connection.sendRequest<{ label: string }[]>('textDocument/completion', {
      textDocument: { uri },
      position: { line, character },
    });
    return items.map(({ label }) => label).filter((label) => snippets.some(({ name }) => name === label));
  };
  assert.deepEqual(
    await labels(0, 2),
    snippets.map(({ name }) => name),
  );
  assert.deepEqual(await labels(1, 14), []);
  assert.deepEqual(await labels(2, 3), []);
  await client.stop();
});
