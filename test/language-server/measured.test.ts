/** What `harthop run --measure` and debug sessions have measured, beside what is forecast. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Measured } from '../../language-server/messages.js';
import { harthop } from '../cli/harthop.js';
import { Client } from './client.js';

const folder = mkdtempSync(join(tmpdir(), 'harthop-measured-'));
after(() => rmSync(folder, { recursive: true }));
const source = join(folder, 'pingpong.S');
const file = join(folder, 'measured.json');
copyFileSync('examples/pingpong.S', source);
utimesSync(source, new Date(2026, 0, 1), new Date(2026, 0, 1));
const text = readFileSync(source, 'utf8');
const lineOf = (what: string) => text.slice(0, text.indexOf(what)).split('\n').length;

const newClient = (path = source) => new Client(path, 'riscv-asm');

/** The next findings with the code of differences. */
const findings = async (client: Client): Promise<string[]> =>
  (await client.next())
    .filter(({ code }) => code === 'not-forecast')
    .map(({ range, message }) => `${range.start.line + 1} ${message}`);

/** The example's run, measured by the command. */
function measure(path = source): Measured {
  const { status, stderr } = harthop(['run', '--measure', file, path]);
  assert.equal(status, 0, String(stderr));
  return JSON.parse(readFileSync(file, 'utf8'));
}

const [vset, ecall] = [lineOf('vsetivli'), lineOf('ecall                           # and back')];

test('what the command has measured stands beside what is forecast, and is stale once the source is edited', async () => {
  const { places } = measure();
  const at = (way: string) => places.find((each) => each.way === way)!;
  const [out, asked, back] = [at('out'), at('ask'), at('back')];
  assert.deepEqual([out.line, asked.line, back.line], [vset, ecall, ecall]);
  assert.equal(asked.count + back.count, 100, 'one round trip or question a round');

  const client = newClient();
  await client.open(folder, { forecast: { measured: ['measured.json'] } });
  const hints = await client.hints();
  const outText = `${out.count} × ${out.cycles.toLocaleString('en')} cycles`;
  assert.ok(
    hints.some((each) => each.startsWith(`${vset} →`) && each.endsWith(outText)),
    hints.join('\n'),
  );
  const mean = Math.round((asked.count * asked.cycles + back.count * back.cycles) / 100).toLocaleString('en');
  assert.ok(
    hints.some((each) => each.startsWith(`${ecall} ←`) && each.endsWith(`100 × ${mean} cycles`)),
    hints.join('\n'),
  );
  const lenses = await client.lenses();
  assert.ok(
    lenses.some((each) =>
      /\(1,700 cycles\) an iteration · measured 100 times, \d+ cycles each, 1\/[34] of what is forecast$/.test(each),
    ),
    lenses.join('\n'),
  );

  await client.write(text.replace('_start:', '_start: # more\n'));
  const stale = await client.hints();
  assert.ok(
    stale.some((each) => each.startsWith(`${vset + 1} →`) && each.endsWith(`${outText} (stale)`)),
    stale.join('\n'),
  );
  await client.write(text);
  assert.deepEqual(await client.hints(), hints);
  await client.close();
});

test('what a debug session tells is shown; what was not forecast is a finding, unless it is stale or hidden', async () => {
  const measured = measure();
  const client = newClient();
  // Forecast for another chip than it ran on.
  await client.open(folder, { soc: 'all-vector' });
  assert.deepEqual(await findings(client), []);
  await client.connection.sendNotification('harthop/measured', measured);
  const found = await findings(client);
  assert.equal(found.length, 2, found.join('\n'));
  assert.match(
    found.join('\n'),
    new RegExp(`^${vset} a thread left here that was forecast to stay: measured \\d+ times, \\d+ cycles each$`, 'm'),
  );
  assert.match(
    found.join('\n'),
    new RegExp(`^${ecall} a thread came back here, or asked, which was not forecast: measured 100 times`, 'm'),
  );

  await client.write(text.replace('_start:', '_start: # more\n'));
  assert.deepEqual(await findings(client), [], 'the source is another one');
  await client.write(text);
  assert.equal((await findings(client)).length, 2);
  // On the chip that it ran on, all of it was forecast.
  await client.connection.sendNotification('workspace/didChangeConfiguration', {
    settings: { harthop: { soc: 'app2-vec1' } },
  });
  assert.deepEqual(await findings(client), []);
  await client.close();
});

test('a forecast place at which nothing happened says so; a file that is no measurement is passed over', async () => {
  const measured = measure();
  const client = newClient();
  await client.open(folder, {});
  const only = { ...measured, places: measured.places.filter(({ way }) => way === 'out') };
  await client.connection.sendNotification('harthop/measured', only);
  await findings(client);
  const hints = await client.hints();
  assert.ok(
    hints.some((each) => each.startsWith(`${ecall} ←`) && each.endsWith('measured never')),
    hints.join('\n'),
  );
  await client.close();

  for (const content of ['', '{', '[]', '{"when":1,"places":[{"file":1}]}']) {
    writeFileSync(file, content);
    const other = newClient();
    await other.open(folder, { forecast: { measured: ['measured.json', 'none.json'] } });
    const plain = await other.hints();
    assert.ok(plain.length > 0 && plain.every((each) => !each.includes('measured')), content);
    await other.close();
  }
});

test('who ends far from home comes back to nothing: that is neither forecast as a way home nor said to be measured never', async () => {
  const path = join(folder, 'ends.S');
  writeFileSync(path, '.globl _start\n_start: vsetivli zero, 4, e32, m1, ta, ma\n li a0, 0\n li a7, 93\n ecall\n');
  const measured = measure(path);
  const client = newClient(path);
  await client.open(folder, {});
  await client.connection.sendNotification('harthop/measured', { ...measured, when: Date.now() + 1000 });
  assert.deepEqual(await findings(client), []);
  const [leaves, ends, ...more] = await client.hints();
  assert.match(leaves!, /^2 → leaves for V · 1 × [\d,]+ cycles$/);
  assert.deepEqual([ends, more], ['5 ■ the program ends', []]);
  await client.close();
});

test('where the cost is far from the forecast that is said, in hints, lenses and hovers', async () => {
  const measured = measure();
  const client = newClient();
  await client.open(folder, {});
  // As if others had kept the vector hart busy.
  const places = measured.places.map((each) => (each.way === 'out' ? { ...each, cycles: 9700 } : each));
  await client.connection.sendNotification('harthop/measured', { ...measured, places });
  await findings(client);
  const hints = await client.hints();
  assert.ok(
    hints.some((each) => /^\d+ → may leave for V · 4 × 9,700 cycles, 10 times what is forecast$/.test(each)),
    hints.join('\n'),
  );
  assert.ok(hints.every((each) => !each.includes('←') || !each.includes('forecast')));
  const hover = await client.connection.sendRequest('textDocument/hover', {
    textDocument: { uri: `file://${source}` },
    position: { line: vset - 1, character: text.split('\n')[vset - 1]!.indexOf('vsetivli') },
  });
  assert.match(
    JSON.stringify(hover),
    /In the last run: measured 4 times, 9,700 cycles each, 10 times what is forecast\./,
  );
  await client.close();
});
