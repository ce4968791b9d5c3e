/**
 * Firmware under a malicious supervisor (test/chaos/hostile/campaign.c, with the payload of test/firmware as its base): every wrong
 * argument has its error, and firmware, its memory and the threads of another hart stay as they are.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { boot } from '../../emulator/boot.js';
import { type ElfFile, readElf } from '../../emulator/elf.js';
import { Machine } from '../../emulator/machine.js';
import { readSoc, seeded } from '../../emulator/soc/soc.js';
import { build } from '../../scripts/build-images.js';
import { firmware, folder } from '../firmware/payload.js';
import { needs } from '../tools.js';

const campaign = join(folder, 'campaign.elf');

/** Path of the campaign, built once a run. */
const built = (() => {
  let done = false;
  return () => {
    const shared = ['payload.c', 'start.S', 'threads.c', 'user.S'].map((file) => `test/firmware/payload/${file}`);
    const options = ['-march=rv64imac_zicsr_zifencei', '-Itest/firmware/payload'];
    if (!done) build([...shared, 'test/chaos/hostile/campaign.c'], 'test/firmware/payload/link.ld', campaign, options);
    done = true;
    return readElf(readFileSync(campaign), campaign);
  };
})();

const symbol = (elf: ElfFile, name: string) => elf.symbols.find((each) => each.name === name)!;

function word(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
}

/** Where firmware may trap: it tries what may not be there, or is not its own. */
const mayTrap = /^(probe_|unsafe_)/;

async function attack(seed: number, application: number, accelerators: number, slots: number, transport: string) {
  const description = {
    name: `hostile-${seed}`,
    harts: [
      { count: application, isa: 'rv64gc', role: 'application' },
      { count: accelerators, isa: 'rv64gcv', vlen: 256, role: 'accelerator' },
    ],
    ...(slots && { mailbox: { slots } }),
  };
  const machine = await Machine.create(seeded(readSoc(description, 'hostile'), seed));
  const [own, theirs] = [readElf(readFileSync(firmware), firmware), built()];
  const symbols = own.symbols
    .filter(({ name }) => name && !name.startsWith('$'))
    .sort((a, b) => Number(a.value - b.value));
  const functionAt = (pc: bigint) => symbols.findLast(({ value }) => value <= pc)?.name ?? '';
  let console = '';
  const surprises: string[] = [];
  machine.events.on((event) => {
    if (event.kind === 'console') console += String.fromCharCode(event.byte);
    if (event.kind !== 'trap' || event.from !== 3 || event.interrupt) return;
    const where = functionAt(event.pc);
    if (!mayTrap.test(where)) surprises.push(`firmware of hart ${event.hart} traps in ${where}: cause ${event.cause}`);
  });
  boot(machine, { firmware: own, kernel: theirs, bootargs: `migrate.transport=${transport}` });
  machine.memory.write(Number(symbol(theirs, 'campaign_seed').value), word(BigInt(seed)));
  machine.memory.write(
    Number(symbol(theirs, 'campaign_mailbox').value),
    word(BigInt(slots ? application + accelerators : 0)),
  );
  const stop = machine.run(400_000_000);
  const [text] = own.segments;
  const kept = machine.memory.read(Number(text!.pa), text!.data.length);
  return { console, stop, surprises, textKept: text!.executable && Buffer.compare(kept, text!.data) === 0 };
}

const chips = [
  [2, 2, 0, 'fifo'],
  [2, 1, 0, 'mailbox'],
  [2, 2, 2, 'device'],
  [1, 1, 0, 'fifo'],
] as const;

for (const [n, [application, accelerators, slots, transport]] of chips.entries()) {
  test(
    `a malicious supervisor on ${application} and ${accelerators} harts, by ${transport}`,
    needs('clang-19'),
    async () => {
      for (const seed of [100 + n]) {
        const { console, stop, surprises, textKept } = await attack(seed, application, accelerators, slots, transport);
        assert.doesNotMatch(console, /^FAIL/m, `seed ${seed}: ${console}`);
        assert.deepEqual(surprises, [], `seed ${seed}: ${console}`);
        assert.equal(stop.reason, 'power', `seed ${seed}: ${console}`);
        assert.equal(stop.status, 0, console);
        assert.match(console, /payload: 7 tests, 0 failures/);
        assert.ok(textKept, 'firmware is as it was loaded');
      }
    },
  );
}
