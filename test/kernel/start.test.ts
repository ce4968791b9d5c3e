/** How the kernel starts a program, and how it refuses one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { socNamed } from '../../emulator/soc/presets.js';
import { readSoc } from '../../emulator/soc/soc.js';
import { needs } from '../tools.js';
import { onMachine } from './boards.js';
import { compiled, example, type Program } from './programs.js';

const soc = socNamed('app2-vec1');
const CANNOT_RUN = 126;

/** pingpong's ELF with some bytes changed. */
function spoiled(change: (view: DataView<ArrayBuffer>) => DataView<ArrayBuffer> | undefined): Program {
  const elf = () => {
    const bytes = Uint8Array.from(example('pingpong').elf());
    const view = new DataView(bytes.buffer);
    const changed = change(view) ?? view;
    return new Uint8Array(changed.buffer, 0, changed.byteLength);
  };
  return { name: 'spoiled', tools: [], elf };
}

/** Fields of an ELF file's header, and of its first program header. */
const [CLASS, TYPE, MACHINE, PHOFF, PHENTSIZE] = [4, 16, 18, 32, 54];
const header = (view: DataView, field: number) => Number(view.getBigUint64(PHOFF, true)) + field;
const [P_TYPE, P_OFFSET, P_VADDR] = [0, 8, 16];

const refusals: [what: string, change: Parameters<typeof spoiled>[0], why: RegExp][] = [
  ['an empty file', (view) => new DataView(view.buffer, 0, 0), /program: too short for an ELF file/],
  ['text', (view) => void view.setUint8(0, 0x23), /program: not an ELF file/],
  ['a 32-bit program', (view) => void view.setUint8(CLASS, 1), /program: not a 64-bit RISC-V program/],
  ['an x86-64 program', (view) => void view.setUint16(MACHINE, 62, true), /program: not a 64-bit RISC-V program/],
  ['an object file', (view) => void view.setUint16(TYPE, 1, true), /program: not an executable/],
  ['headers out of the file', (view) => void view.setBigUint64(PHOFF, 1n << 40n, true), /headers outside/],
  ['headers of another size', (view) => void view.setUint16(PHENTSIZE, 32, true), /headers outside/],
  [
    'a dynamic program',
    (view) => void view.setUint32(header(view, P_TYPE), 3, true),
    /dynamically linked: link it with -static/,
  ],
  ['a truncated file', (view) => void view.setBigUint64(header(view, P_OFFSET), 1n << 20n, true), /program: truncated/],
  [
    'a segment in the kernel',
    (view) => void view.setBigUint64(header(view, P_VADDR), 0xffffffc080200000n, true),
    /where no program may/,
  ],
];

for (const [what, change, why] of refusals)
  test(`refused in one line: ${what}`, async () => {
    const { console, status } = await onMachine(soc, { program: spoiled(change) });
    assert.match(console, why);
    assert.equal(console.split('\n').length, 2);
    assert.equal(status, CANNOT_RUN);
  });

test('the SBI debug console serves where there is no UART', needs('riscv64-linux-gnu-gcc'), async () => {
  const run = { program: compiled('echo'), input: 'over the wire\n\x04\x04', bootargs: 'console=sbi' };
  const { console, status } = await onMachine(soc, run);
  assert.deepEqual({ console, status }, { console: 'ready\nOVER THE WIRE\n', status: 14 });
});

test('as many harts as a machine can have', needs('riscv64-linux-gnu-gcc'), async () => {
  const harts = [
    { count: 64, isa: 'rv64gc', role: 'application' },
    { count: 16, isa: 'rv64gcv', role: 'accelerator' },
  ];
  const { console, status } = await onMachine(readSoc({ name: 'many', harts }, 'test'), { program: compiled('crowd') });
  assert.deepEqual({ console, status }, { console: '24 threads: 1596\n', status: 5 });
});

test('harts come up one after the other, however turns fall', async () => {
  for (const quantum of [1, 7, 50, 133, 400, 1000, 3000]) {
    const harts = [
      { count: 4, isa: 'rv64gc', role: 'application' },
      { count: 1, isa: 'rv64gcv', role: 'accelerator' },
    ];
    const { console, status } = await onMachine(readSoc({ name: 'turns', quantum, harts }, 'test'), {
      program: example('pingpong'),
    });
    assert.deepEqual({ console, status }, { console: 'pingpong: 100 rounds\n', status: 0 }, `quantum ${quantum}`);
  }
});

test('the kernel says what it does when asked to, and nothing else', async () => {
  const { console } = await onMachine(soc, { program: example('pingpong'), bootargs: 'verbose' });
  assert.match(console, /^harthop kernel: class 0: 1 harts.*\nharthop kernel: 2 harts.*\n/);
});
