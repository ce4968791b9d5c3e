/** SoC descriptions with something wrong: read, or refused with the place of what is wrong. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { RAM_BASE } from '../../emulator/machine.js';
import { parseSoc, type Soc, SocError } from '../../emulator/soc/soc.js';
import { deviceTree } from '../../emulator/soc/tree.js';
import { Random } from '../fuzz/random.js';

const folder = fileURLToPath(new URL('../../emulator/soc/presets', import.meta.url));
const texts = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
const FILE = 'mine.json';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** What descriptions go wrong with. */
const telling: readonly Json[] = [
  ...[
    null,
    true,
    false,
    0,
    -1,
    1.5,
    1e300,
    2 ** 32,
    2 ** 53,
    '',
    ' ',
    'rv',
    'rv64',
    'rv64gc',
    'RV64GCV_Zvl4096b',
    'rva23u64',
  ],
  ...[
    'rv64gcv_zvl3b',
    'rv64gc_zvl99999999999b',
    'rv64i_',
    'rv64i__m',
    '__proto__',
    'accelerator',
    'ä\u0000\ud800',
    [],
    {},
    [[]],
  ],
  { isa: 'rv64gcv' },
  { __proto__: null },
];

/** The value with one thing in it changed. */
function changed(value: Json, r: Random): Json {
  if (r.oneIn(6) || value === null || typeof value === 'boolean' || typeof value === 'number') return r.pick(telling);
  if (typeof value === 'string') {
    const at = r.below(value.length + 1);
    const letter = r.pick([...'abcvxz_0129 "\\', '\u0000']);
    return value.slice(0, at) + (r.oneIn(2) ? letter : '') + value.slice(at + r.below(2));
  }
  const names = Object.keys(value);
  if (!names.length || r.oneIn(8))
    return Array.isArray(value)
      ? [...value, r.pick(telling)]
      : { ...value, [r.pick(['isa', 'harts', 'x'])]: r.pick(telling) };
  const name = r.pick(names);
  if (Array.isArray(value)) return value.map((each, n) => (n === Number(name) ? changed(each, r) : each));
  if (r.oneIn(8)) return Object.fromEntries(Object.entries(value).filter(([other]) => other !== name));
  return { ...value, [name]: changed(value[name]!, r) };
}

/** The text with a few characters changed. */
function scratched(text: string, r: Random): string {
  const at = r.below(text.length);
  return text.slice(0, at) + r.pick(['', ',', '"', '{', ']', '\\u', '1e9', '\u0000']) + text.slice(at + r.below(4));
}

function read(text: string): Soc | undefined {
  try {
    return parseSoc(text, FILE);
  } catch (error) {
    assert.ok(error instanceof SocError, `${text}\n${(error as Error).stack}`);
    assert.match(error.message, /^mine\.json: ./, text);
    return undefined;
  }
}

test('a description is read, or refused with its place', () => {
  const r = new Random(Date.now());
  for (let n = 0; n < 4000; n++) {
    let json = JSON.parse(r.pick(texts)) as Json;
    for (let changes = 1 + r.below(3); changes > 0; changes--) json = changed(json, r);
    const text = JSON.stringify(json);
    const soc = read(r.oneIn(10) ? scratched(text, r) : text);
    if (soc && r.oneIn(20)) deviceTree(soc, [], { ramBase: RAM_BASE });
  }
});
