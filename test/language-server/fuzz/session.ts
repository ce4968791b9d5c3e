/** A session of random edits, after which a server must say what one says that was just started on the same texts. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Random } from '../../fuzz/random.js';
import { Client } from './client.js';
import { randomEdit } from './edits.js';

const read = (path: string) => readFileSync(path, 'utf8');
const begins: readonly (() => string)[] = [
  () => read('test/language-server/documents/tour.S'),
  () => read('test/language-server/documents/saxpy.S'),
  () => read('test/language-server/documents/mistakes.S'),
  () => read('examples/faults.S'),
  () => read('examples/daxpy.S'),
  () => read('test/language-server/corpus/table.S'),
  () => read('test/language-server/corpus/tail-calls.S'),
  () => read('test/language-server/corpus/pointers.S'),
  () => '',
];
/** Files that the documents include. Some are opened as documents themselves. */
const included = new Map([
  ['/w/shared.h', '#define WIDE e32\n#define SIZE 16\n.macro zeroed register\n li \\register, 0\n.endm\n'],
  ['/w/more.s', 'more:   vsetvli t0, a0, e8, m1, ta, ma\n        vadd.vv v1, v2, v3\n        ret\n'],
]);
const settings = [
  {},
  { forecast: { faults: 'move', calls: 'move' } },
  { soc: 'mixed-vlen', forecast: { calls: 'ask' } },
];

/** @returns how many edits were made. @throws AssertionError where the server differs from a fresh one */
export async function session(seed: number, edits: number): Promise<number> {
  const random = new Random(seed);
  const chosen = random.pick(settings);
  const client = await Client.start(included, chosen);
  const names = ['/w/one.S', '/w/two.s', '/w/shared.h'];
  for (const name of names) await client.open(`file://${name}`, included.get(name) ?? random.pick(begins)());
  const past = new Map<string, string[]>();
  for (let n = 0; n < edits; n++) {
    await edit(client, random, past);
    if (random.oneIn(3)) await compare(client, chosen, `seed ${seed}, edit ${n}`);
  }
  await compare(client, chosen, `seed ${seed}, at the end`);
  await client.stop();
  return edits;
}

async function edit(client: Client, random: Random, past: Map<string, string[]>): Promise<void> {
  const uri = random.pick([...client.documents.keys()]);
  const text = client.documents.get(uri)!.getText();
  const before = past.get(uri) ?? [];
  past.set(uri, before);
  if (random.oneIn(40)) {
    await client.close(uri);
    await client.open(uri, random.oneIn(2) ? text : random.pick(begins)());
    return;
  }
  if (before.length && random.oneIn(6)) {
    await client.change(uri, 0, text.length, before.pop()!);
    return;
  }
  before.push(text);
  const {
    from,
    to,
    text: put,
  } = randomEdit(
    random,
    text,
    begins.map((begin) => begin()),
  );
  await client.change(uri, from, to, put);
}

async function compare(client: Client, chosen: object, where: string): Promise<void> {
  const fresh = await Client.start(included, chosen);
  for (const [uri, document] of client.documents) await fresh.open(uri, document.getText());
  const [got, expected] = [await client.everything(), await fresh.everything()];
  await fresh.stop();
  assert.deepEqual(client.failures, [], where);
  for (const [what, value] of Object.entries(expected))
    assert.deepEqual(got[what], value, `${where}: ${what}, of\n${texts(client)}`);
}

const texts = ({ documents }: Client) =>
  [...documents.values()].map((each) => `${each.uri}: ${JSON.stringify(each.getText())}`).join('\n');
