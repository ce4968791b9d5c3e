import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder, harthop, root } from './harthop.js';

const place = folder();
const file = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(place, name), content);
  return join(place, name);
};

const kernel = readFileSync(join(root, 'images/kernel.elf'));
const changed = (at: number, bytes: number[]) => {
  const copy = Uint8Array.from(kernel);
  copy.set(bytes, at);
  return copy;
};
const MACHINE = 18;
const CLASS = 4;

mkdirSync(join(place, 'folder'));
const text = file(
  'text.elf',
  'not an ELF file, whatever its name says; long enough for the header of one all the same',
);
const x86 = file('x86.elf', changed(MACHINE, [62, 0]));
const small = file('rv32.elf', changed(CLASS, [1]));
const truncated = file('truncated.elf', kernel.subarray(0, 5000));
const broken = file('broken.S', '_start:\n  addi a0, a1, 5000\n');
const soc = (name: string, json: unknown) =>
  file(name, typeof json === 'string' ? json : JSON.stringify({ name: 'mine', ...(json as object) }));
const program = (type: number, extra: readonly number[] = [], entry = 0x10000) => {
  // Two program headers of 56 bytes behind the header; the second is of the type, at the address and as big as `extra` says.
  const bytes = new Uint8Array(0x1000);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  [type, 243].forEach((half, n) => view.setUint16(16 + 2 * n, half, true));
  [entry, 64].forEach((long, n) => view.setBigUint64(24 + 8 * n, BigInt(long), true));
  [64, 56, extra.length ? 2 : 1].forEach((half, n) => view.setUint16(52 + 2 * n, half, true));
  const segment = (at: number, kind: number, va: number, size: number) => {
    [kind, 5].forEach((word, n) => view.setUint32(at + 4 * n, word, true));
    [0, va, va, 16, size].forEach((long, n) => view.setBigUint64(at + 8 + 8 * n, BigInt(long), true));
  };
  segment(64, 1, 0x10000, 16);
  const [kind = 0, va = 0, size = 0] = extra;
  if (extra.length) segment(120, kind, va, size);
  return bytes;
};
const tiny = soc('tiny.json', { memoryMiB: 16, harts: [{ isa: 'rv64gc' }] });
const huge = file('huge.S', `.globl _start\n_start: ebreak\n.data\n.fill ${20 << 20}, 1, 1\n`);

/** What is given, and what the one line must hold. */
const cases: readonly [readonly string[], RegExp][] = [
  [['fly'], /no command "fly"; there are run, record, replay, asm, disasm, dap, gdb/],
  [['help', 'fly'], /no command "fly"; there are run, record, replay, asm, disasm, dap, gdb/],
  [['gdb', 'examples/daxpy.S'], /--port N is needed; 0 takes a free one/],
  [['gdb', '--port', '0'], /which FILE\? See --help/],
  [['gdb', '--port', '65536', 'examples/daxpy.S'], /--port: "65536" is no whole number from 0 to 65535/],
  [['gdb', '--port', '0', 'package.json'], /package\.json/],
  [['run', '--debug', '0'], /which FILE\? See --help/],
  [['run', '--bare', '--debug', '0', 'x.elf'], /--debug does not go with --bare/],
  [['run'], /which FILE/],
  [['run', join(place, 'absent.S')], /absent\.S: no such file/],
  [['run', join(place, 'folder')], /folder: is a folder/],
  [['run', text], /text\.elf is not an ELF file/],
  [['run', x86], /x86\.elf is a program for x86-64; harthop runs riscv64 ones/],
  [['run', small], /32-bit/],
  [['run', truncated], /truncated\.elf is truncated or damaged/],
  [['run', file('object.elf', program(1))], /object\.elf: error: this file is an object without sections/],
  [['run', file('dynamic.elf', program(3, [3, 0, 16]))], /dynamic\.elf is dynamically linked, .* link it with -static/],
  [
    ['run', file('wide.elf', program(2, [1, 0x20000, 2 ** 40]))],
    /wide\.elf wants memory at 0x20000\.\.0x10000020000; .* below/,
  ],
  [['run', file('full.elf', program(2, [1, 0x20000, 8]))], /full\.elf is damaged: the segment at 0x20000/],
  [['run', file('astray.elf', program(2, [], 0x500000))], /astray\.elf starts at 0x500000, which lies in none/],
  [['run', broken], /broken\.S:2:16: error: .*5000/],
  [['run', huge, '--soc', tiny], /does not fit/],
  [['run', 'examples/daxpy.S', 'examples/dgemm.S'], /_start is defined already in examples\/daxpy\.S:\d+/],
  [['run', 'examples/daxpy.S', '5'], /what is "5"\? The program's own arguments go after --/],
  [['run', 'examples/daxpy.S', '--soc', 'app9'], /no SoC is named "app9"; there are app2-vec1/],
  [['run', 'examples/daxpy.S', '--soc', join(place, 'absent.json')], /absent\.json: no such file/],
  [['run', 'examples/daxpy.S', '--soc', soc('malformed.json', '{ "name": ')], /malformed\.json: not JSON/],
  [
    ['run', 'examples/daxpy.S', '--soc', soc('isa.json', { harts: [{ isa: 'rv64gcq9' }] })],
    /isa\.json: harts\[0\]\.isa/,
  ],
  [['run', 'examples/daxpy.S', '--soc', soc('none.json', { harts: [] })], /none\.json: harts: .*at least one/],
  [
    ['run', 'examples/daxpy.S', '--soc', soc('bare.json', { harts: [{ isa: 'rv64gc' }, { isa: 'rv64im' }] })],
    /mine: hart 1 \(rv64im\) can't run the firmware: it lacks A, C, Zifencei/,
  ],
  [['run', 'examples/daxpy.S', '--speed', '9'], /'--speed'/],
  [['run', 'examples/daxpy.S', '--seed', '4294967296'], /--seed: "4294967296" is no whole number from 0 to 4294967295/],
  [['run', 'examples/daxpy.S', '--max-instructions', 'many'], /--max-instructions: "many" is no whole number/],
  [['run', 'examples/daxpy.S', '--json', join(place, 'absent/report.json')], /report\.json can't be written/],
  [['run', 'examples/daxpy.S', '--isa', 'rv64gc'], /--isa goes with --bare only/],
  [['run', '--bare', 'images/firmware.elf', '--soc', 'app2-vec1'], /--soc does not go with --bare/],
  [['run', '--bare', 'images/firmware.elf', '--isa', 'rv64gcx'], /--isa/],
  [['run', '--bare', 'images/firmware.elf', '--signature', join(place, 's')], /no begin_signature/],
  [['run', '--kernel', text], /text\.elf is not an ELF file/],
  [['asm'], /which FILES/],
  [['asm', broken, '-o', join(place, 'broken.elf')], /broken\.S:2:16: error/],
  [['disasm', text], /not an ELF file/],
  [['dap', '--port', '70000'], /--port: "70000" is no whole number from 0 to 65535/],
];

for (const [args, expected] of cases) {
  test(`harthop ${args.join(' ').replaceAll(place, '')}: one clear line, status 2`, () => {
    const { status, stdout, stderr } = harthop(args);
    assert.match(stderr, expected);
    assert.equal(stderr.trim().split('\n').length, 1, stderr);
    assert.equal(stdout, '');
    assert.equal(status, 2);
  });
}
