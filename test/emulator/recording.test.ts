/** Recordings: what is written is read again; what is no recording is told by its place. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assemble } from '../../assembler/assemble.js';
import type { Input } from '../../emulator/history/inputs.js';
import { type Recording, RecordingError, readRecording, writeRecording } from '../../emulator/history/recording.js';
import { presets, socNamed } from '../../emulator/soc/presets.js';
import { describeSoc, readSoc, seeded } from '../../emulator/soc/soc.js';

const { elf } = assemble([{ name: 'p.S', text: '.globl _start\n_start: li a7, 93\n ecall\n' }]);
/** One of each kind. */
const inputs: readonly Input[] = [
  { kind: 'console', bytes: Uint8Array.of(0, 10, 255) },
  { kind: 'freeze', hart: 1, on: true },
  { kind: 'memory', pa: 0x8000_0000, bytes: Uint8Array.of(1) },
  { kind: 'virtual', hart: 0, satp: 8n << 60n, va: (1n << 64n) - 8n, bytes: Uint8Array.of(1, 2) },
  { kind: 'x', hart: 0, n: 31, value: (1n << 64n) - 1n },
  { kind: 'f', hart: 0, n: 0, value: 0n },
  { kind: 'pc', hart: 2, value: 0x10000n },
  { kind: 'csr', hart: 2, n: 0x300, value: 1n },
  { kind: 'vector', hart: 2, offset: 1000, bytes: new Uint8Array(0) },
  { kind: 'unit', hart: 2, unit: 'Xhartdot', n: 3, value: 5n },
];
const recording: Recording = {
  version: '1.2.3',
  soc: seeded(socNamed('app2-vec1'), 5),
  program: { path: '/a/p.S', data: elf! },
  argv: ['p', 'ä'],
  envp: ['A=b'],
  append: 'migrate=off',
  firmware: { fingerprint: '12' },
  kernel: { fingerprint: '34', data: Uint8Array.of(1, 2, 3) },
  inputs: inputs.map((input, n) => ({ steps: 10 * n, input })),
  end: { steps: 1000, state: 'ab', status: 0 },
  sources: { '/a/p.S': 'text\n', __proto__: 'own' } as Record<string, string>,
};

test('what is written is read again', async () => {
  assert.deepEqual(await readRecording(await writeRecording(recording), 'r'), recording);
  const { append: _, ...without } = recording;
  const bare: Recording = { ...without, end: { steps: 90, state: 'x' }, sources: {}, argv: [], envp: [] };
  assert.deepEqual(await readRecording(await writeRecording(bare), 'r'), bare);
});

test('every chip can be described', () => {
  const chips = [...presets, socNamed('app64-vec16'), { ...seeded(presets[0]!, 7), mailbox: { slots: 3 } }];
  for (const soc of chips) assert.deepEqual(readSoc(JSON.parse(JSON.stringify(describeSoc(soc))), 'x'), soc);
});

test('what is no recording is told, by its place', async () => {
  const text = await writeRecording(recording);
  // biome-ignore lint/suspicious/noExplicitAny: made wrong on purpose
  const changed = (change: (json: any) => void) => {
    const json = JSON.parse(text);
    change(json);
    return JSON.stringify(json);
  };
  const set = (path: string, value: unknown) =>
    changed((json) => {
      const names = path.split('.');
      const last = names.pop()!;
      const holder = names.reduce((object, name) => object[name], json);
      if (value === undefined) delete holder[last];
      else holder[last] = value;
    });
  const input = (value: object) => changed((json) => json.inputs.push({ steps: 500, ...value }));
  const cases: readonly (readonly [text: string, message: RegExp])[] = [
    ['', /^r is no recording of HartHop's, or is damaged: it is not JSON$/],
    [text.slice(0, -10), /^r is no recording of HartHop's, or is damaged: it is not JSON$/],
    ['[1, 2]', /^r is damaged: the whole: \[1,2\] is not an object$/],
    ['{"traceEvents": []}', /^r is no recording of HartHop's$/],
    [set('formatVersion', 2), /^r is a recording in version 2 of the format; this HartHop reads version 1$/],
    [set('soc', undefined), /^r: soc: nothing is not an object$/],
    [set('soc.harts', []), /^r: soc: harts: a chip needs at least one hart$/],
    [set('program', 5), /^r is damaged: program: 5 is not an object$/],
    [set('program.data', undefined), /^r is damaged: program\.data: nothing is not a string$/],
    [set('program.data', '%'), /^r is damaged: program\.data: "%" is not base64$/],
    [set('program.data', 'H4sIAAAA'), /^r is damaged: program\.data: it can not be unpacked$/],
    [set('sources', 'AAAA'), /^r is damaged: sources: it can not be unpacked$/],
    [set('argv', 'a'), /^r is damaged: argv: "a" is not a list$/],
    [set('envp', [1]), /^r is damaged: envp\[0\]: 1 is not a string$/],
    [set('end.steps', -1), /^r is damaged: end\.steps: -1 is not a whole number$/],
    [set('end.state', undefined), /^r is damaged: end\.state: nothing is not a string$/],
    [set('inputs', {}), /^r is damaged: inputs: {} is not a list$/],
    [input({ kind: 'wish' }), /inputs\[10\]\.kind: there is no input "wish"$/],
    [input({ kind: 'toString' }), /inputs\[10\]\.kind: there is no input "toString"$/],
    [input({ kind: 'pc', hart: 7, value: '0x0' }), /inputs\[10\]\.hart: the chip has no hart 7$/],
    [input({ kind: 'pc', hart: 0, value: '12' }), /inputs\[10\]\.value: "12" is not 64 bits in hex$/],
    [input({ kind: 'freeze', hart: 0, on: 1 }), /inputs\[10\]\.on: 1 is not true or false$/],
    [input({ steps: 1001, kind: 'console', bytes: '' }), /inputs\[10\]\.steps: 1001 does not lie from 90 to 1000$/],
    [input({ steps: 5, kind: 'console', bytes: '' }), /inputs\[10\]\.steps: 5 does not lie from 90 to 1000$/],
  ];
  for (const [wrong, message] of cases)
    await assert.rejects(readRecording(wrong, 'r'), (error) => {
      assert.ok(error instanceof RecordingError, String(error));
      assert.match(error.message, message);
      return true;
    });
});

test('damaged anywhere, a recording is read or refused', async () => {
  const text = await writeRecording(recording);
  for (let at = 0; at < text.length; at += 7) {
    const damaged = text.slice(0, at) + String.fromCharCode(33 + (at % 90)) + text.slice(at + 1);
    await readRecording(damaged, 'r').catch((error) => assert.ok(error instanceof RecordingError, `${at}: ${error}`));
  }
});
