import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compiled } from '../kernel/programs.js';
import { needs } from '../tools.js';
import { folder, harthop } from './harthop.js';

const place = folder();
const at = (name: string) => join(place, name);

test('a recorded run is the same run again, whichever engine made it and whichever runs it', () => {
  const said = 'threads: 4 threads found a total of 523776\n';
  for (const [made, again] of [
    ['auto', 'interpreter'],
    ['interpreter', 'translator'],
  ] as const) {
    const [file, json, other] = [at(`${made}.harthop`), at('first.json'), at('again.json')];
    const run = ['examples/threads.S', '-o', file, '--seed', '11', '--soc', 'app2-vec2', '--engine', made];
    assert.deepEqual(harthop(['record', ...run, '--json', json]), {
      status: 0,
      signal: null,
      stdout: said,
      stderr: '',
    });
    const replay = harthop(['replay', file, '--engine', again, '--json', other]);
    assert.deepEqual(replay, { status: 0, signal: null, stdout: said, stderr: '' });
    assert.equal(readFileSync(other, 'utf8'), readFileSync(json, 'utf8'));
  }
  const [one, two] = [readFileSync(at('auto.harthop'), 'utf8'), readFileSync(at('interpreter.harthop'), 'utf8')];
  assert.equal(one, two, 'nothing in a recording tells of the engine');
  assert.ok(one.length < 20_000, `${one.length} bytes`);
});

test('input is in a recording, with its place in the run', needs('riscv64-linux-gnu-gcc'), () => {
  writeFileSync(at('echo'), compiled('echo').elf());
  const recorded = harthop(['record', at('echo'), '-o', at('echo.harthop'), '--', 'x'], { input: 'one\ntwo\n' });
  assert.equal(recorded.status, 8, recorded.stderr);
  assert.match(recorded.stdout, /ONE\s+TWO/);
  const { inputs } = JSON.parse(readFileSync(at('echo.harthop'), 'utf8'));
  assert.ok(
    inputs.length >= 2 &&
      inputs.every(({ steps, kind }: { steps: number; kind: string }) => steps > 0 && kind === 'console'),
  );
  assert.deepEqual(harthop(['replay', at('echo.harthop')], { input: 'other input\n' }), recorded);
});

test('a run that was cut short ends there again', () => {
  const spin = at('spin.S');
  writeFileSync(spin, '.globl _start\n_start: j _start\n');
  const cut = harthop(['record', spin, '-o', at('spin.harthop'), '--max-instructions', '9000000']);
  assert.deepEqual([cut.status, cut.stderr], [124, 'harthop: stopped after 9000000 instructions\n']);
  const again = harthop(['replay', at('spin.harthop')]);
  assert.deepEqual([again.status, again.stdout, again.stderr], [0, '', 'harthop: the recording ends here\n']);
});

test('what is no recording, or can not be replayed here, is told in one line', () => {
  const text = readFileSync(at('auto.harthop'), 'utf8');
  // biome-ignore lint/suspicious/noExplicitAny: made wrong on purpose
  const changed = (change: (json: any) => void) => {
    const json = JSON.parse(text);
    change(json);
    return JSON.stringify(json);
  };
  // What else a file can be is tried in test/emulator/recording.test.ts.
  const cases: readonly [what: string, text: string, message: RegExp][] = [
    ['cut', text.slice(0, 2000), /is no recording of HartHop's, or is damaged: it is not JSON$/],
    [
      'other firmware',
      changed((json) => {
        json.firmware.fingerprint = 'f';
      }),
      /was recorded with another firmware than this HartHop has: HartHop 0\.1\.0 recorded it, this is 0\.1\.0$/,
    ],
    [
      'a changed input',
      // So late that the kernel clears the page no more.
      changed((json) =>
        json.inputs.push({ steps: json.end.steps - 10, kind: 'memory', pa: 0x87fff800, bytes: 'AQ==' }),
      ),
      /this is not the run that was recorded: HartHop 0\.1\.0 recorded it, and this is HartHop 0\.1\.0, of another build$/,
    ],
  ];
  for (const [what, content, message] of cases) {
    const file = at('wrong.harthop');
    writeFileSync(file, content);
    const { status, stderr } = harthop(['replay', file]);
    assert.equal(status, 2, `${what}: ${stderr}`);
    assert.match(stderr.trimEnd(), message, what);
    assert.match(stderr, /^harthop: [^\n]+\n$/, what);
  }
  const missing = harthop(['replay', at('nowhere.harthop')]);
  assert.deepEqual([missing.status, missing.stderr], [2, `harthop: ${at('nowhere.harthop')}: no such file\n`]);
  assert.match(harthop(['record', 'examples/daxpy.S']).stderr, /where to\? Name a file with -o/);
});
