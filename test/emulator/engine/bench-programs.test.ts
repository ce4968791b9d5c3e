/** What is measured (bench/) is right: each program a short while on both engines side by side. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Builder } from '../../../bench/build.js';
import { scalars } from '../../../bench/scalars.js';
import { systems } from '../../../bench/systems.js';
import { vectors } from '../../../bench/vectors.js';
import { loadImage } from '../../../emulator/boot.js';
import { readElf } from '../../../emulator/elf.js';
import { Machine } from '../../../emulator/machine.js';
import { readSoc } from '../../../emulator/soc/soc.js';
import { needs } from '../../tools.js';

const MOST = 300_000;
/** The same on other machines. */
const AGAIN = /interpreted|one hart busy|VLEN 128|VLEN 1024, m8/;

const folder = mkdtempSync(join(tmpdir(), 'harthop-'));
after(() => rmSync(folder, { recursive: true }));
const builder = new Builder(folder, { ROUNDS: 64 }, 'bare');

for (const { name, build } of [...scalars, ...systems, ...vectors].filter(
  ({ name, rare }) => !rare && !AGAIN.test(name),
))
  test(`engines in lockstep: ${name}`, needs('clang-19'), async () => {
    const { elf, isa, harts = 1 } = build(builder);
    if (!elf.bare) return;
    const machine = await Machine.create(readSoc({ harts: [{ isa, count: harts }], memoryMiB: 64 }, 'bench'), {
      engine: 'lockstep',
    });
    const file = readElf(readFileSync(elf.bare), name);
    loadImage(machine.memory, file, name);
    machine.reset({ pc: file.entry });
    const { reason, status = 0 } = machine.run(MOST);
    assert.ok(reason === 'budget' || (reason === 'power' && status === 0), reason);
  });
