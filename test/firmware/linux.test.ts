/** A stock Linux kernel on our firmware: it finds the application harts, and the accelerator hart stays hidden from it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { boot } from '../../emulator/boot.js';
import { readElf } from '../../emulator/elf.js';
import { isLinuxImage, readLinuxImage } from '../../emulator/linux-image.js';
import { Machine, RAM_BASE } from '../../emulator/machine.js';
import { readSoc } from '../../emulator/soc/soc.js';
import { needs, trixieProgram } from '../tools.js';

const image = trixieProgram('linux');
const soc = readSoc(
  {
    name: 'linux',
    description: 'Two application harts, one with vectors, and memory enough for Linux.',
    memoryMiB: 160,
    harts: [
      { isa: 'rv64gc', count: 2, role: 'application' },
      { isa: 'rv64gcv_zvl256b', role: 'accelerator' },
    ],
  },
  'linux.json',
);
/** About twice what it takes. */
const MOST_INSTRUCTIONS = 500_000_000;
const SLICE = 1_000_000;

test("Debian's kernel boots on our firmware, with both application harts and no more", needs(image), async () => {
  const machine = await Machine.create(soc);
  let console = '';
  machine.events.on((event) => {
    if (event.kind === 'console') console += String.fromCharCode(event.byte);
  });
  boot(machine, {
    firmware: readElf(readFileSync('images/firmware.elf'), 'firmware.elf'),
    kernel: readLinuxImage(new Uint8Array(readFileSync(image)), image, RAM_BASE),
    bootargs: 'earlycon=sbi keep_bootcon',
  });
  const done = /smp: Brought up .*\n/;
  for (let left = MOST_INSTRUCTIONS; left > 0 && !done.test(console); left -= SLICE) {
    assert.equal(machine.run(SLICE).reason, 'budget', console);
  }
  assert.match(console, /Machine model: harthop,linux/);
  for (const extension of ['TIME', 'IPI', 'RFENCE', 'SRST', 'DBCN', 'HSM']) {
    assert.match(console, new RegExp(`SBI ${extension} extension detected`));
  }
  assert.match(console, /reserved mem: 0x0000000080000000\.\..* nomap non-reusable firmware/);
  assert.match(console, /riscv: base ISA extensions acdfim\s/, 'no vectors: no hart that Linux knows has them');
  assert.match(console, /smp: Brought up 1 node, 2 CPUs/);
});

const header = (change: (view: DataView) => void = () => {}) => {
  const bytes = new Uint8Array(100);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(8, 0x20_0000n, true);
  view.setBigUint64(16, 4096n, true);
  view.setUint32(56, 0x05435352, true);
  change(view);
  return bytes;
};

test("an Image's header says where it wants to lie and how much room it needs", () => {
  const { entry, segments } = readLinuxImage(header(), 'Image', RAM_BASE);
  assert.equal(entry, BigInt(RAM_BASE) + 0x20_0000n);
  assert.deepEqual(
    segments.map(({ pa, size, data }) => [pa, size, data.length]),
    [[entry, 4096n, 100]],
  );
  assert.equal(
    readLinuxImage(
      header((view) => view.setBigUint64(16, 0n, true)),
      'Image',
      0,
    ).segments[0]?.size,
    100n,
  );
});

test('what is no Image for this machine is refused by name', () => {
  assert.equal(isLinuxImage(new Uint8Array(63)), false);
  assert.equal(isLinuxImage(new Uint8Array(100)), false);
  const big = header((view) => view.setBigUint64(24, 1n, true));
  assert.throws(() => readLinuxImage(big, 'vmlinux', 0), /vmlinux is a big-endian kernel/);
  const odd = header((view) => view.setBigUint64(8, 4097n, true));
  assert.throws(() => readLinuxImage(odd, 'vmlinux', 0), /vmlinux: its header's load offset, 0x1001, is no multiple/);
});
