/** The examples, assembled by us and run by QEMU: independent of our own machine. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../tools.js';
import { inFolder } from './other-tools.js';
import { build } from './ours.js';

const examples = new URL('../../examples/', import.meta.url);

/** QEMU knows nothing of our own extensions. */
const standard = (name: string) => !/\.option arch, \+x/.test(readFileSync(new URL(name, examples), 'utf8'));

/** What QEMU 7.2 is answered by is not our kernel: it refuses riscv_hwprobe. */
const elsewhere: Readonly<Record<string, string>> = { 'hwprobe.S': 'hwprobe: summed without vectors\n' };

for (const name of readdirSync(examples).filter((each) => each.endsWith('.S') && standard(each))) {
  test(`${name} prints what it should`, needs('qemu-riscv64'), () => {
    const elf = build(readFileSync(new URL(name, examples), 'utf8'), { entry: '_start' }, name);
    inFolder((folder) => {
      const file = join(folder, 'a.elf');
      writeFileSync(file, elf);
      chmodSync(file, 0o755);
      const options = ['-cpu', 'rv64,v=true,vlen=256,vext_spec=v1.0', file];
      const { status, stdout } = spawnSync('qemu-riscv64', options, { encoding: 'utf8', timeout: 60_000 });
      const expected = readFileSync(new URL(`expected/${name.replace('.S', '.txt')}`, examples), 'utf8');
      assert.equal(stdout, elsewhere[name] ?? expected);
      assert.equal(status, 0);
    });
  });
}
