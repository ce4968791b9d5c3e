/** Which chip a forecast is for: the settings', or the one that the client runs programs on. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Client } from './client.js';

const folder = mkdtempSync(join(tmpdir(), 'harthop-chip-'));
after(() => rmSync(folder, { recursive: true }));
copyFileSync('examples/pingpong.S', join(folder, 'pingpong.S'));

test('a forecast follows the chip of a launch configuration, and goes back to the setting', async () => {
  const client = new Client(join(folder, 'pingpong.S'), 'riscv-asm');
  await client.open(folder, { soc: 'app2-vec1' });
  const leaves = async () => (await client.hints()).some((each) => each.includes('→'));
  const run = (soc?: string) => client.connection.sendNotification('harthop/chip', { ...(soc && { soc }) });
  assert.ok(await leaves());
  await run('all-vector');
  assert.ok(!(await leaves()));
  await run('mixed-vlen');
  assert.ok(await leaves());
  assert.match((await client.graph()).chip, /^mixed-vlen/);
  // One that there is not is told of, and the one before stays.
  const told = new Promise<string>((resolve) =>
    client.connection.onNotification('window/showMessage', ({ message }: { message: string }) => resolve(message)),
  );
  await run('nonsense');
  assert.match(await told, /^launch\.json: soc: no SoC is named "nonsense"/);
  assert.match((await client.graph()).chip, /^mixed-vlen/);
  await run();
  assert.match((await client.graph()).chip, /^app2-vec1/);
  await client.close();
});
