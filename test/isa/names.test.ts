/** Names of extensions: what the table, the CSRs and the emulator ask for, and what ISA strings may say, are the same. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { csrs } from '../../isa/csrs.js';
import { namesImplied } from '../../isa/names/implications.js';
import { available, docOf, isAvailable, isKnown, spelled } from '../../isa/names/known.js';
import { profiles } from '../../isa/names/profiles.js';
import { rowless } from '../../isa/names/rowless.js';
import { vlenOf } from '../../isa/names/vlen.js';
import { IsaError, isaString, parseIsa } from '../../isa/isa-string.js';
import { alternatives } from '../../isa/requires.js';
import { extensions, instructions } from '../../isa/table.js';
import { Random } from '../fuzz/random.js';

/** Required of a row that belongs to every hart. */
const always = new Set(['Privileged']);

test('whatever a row or a register requires can be said in an ISA string', () => {
  const required = new Set([
    ...instructions.flatMap((row) => row.requires.flatMap(alternatives)),
    ...csrs.flatMap(({ requires }) => (requires ? alternatives(requires) : [])),
  ]);
  for (const name of required) {
    if (always.has(name)) continue;
    assert.ok(isAvailable(name), `${name} is required, and no hart can have it`);
    assert.ok(parseIsa(`rv64i_${name}`).extensions.has(name), name);
  }
});

test('whatever the emulator asks a hart for can be said in an ISA string', () => {
  const files = (readdirSync('emulator', { recursive: true }) as string[]).filter((file) => file.endsWith('.ts'));
  let asked = 0;
  for (const file of files)
    for (const [, name] of readFileSync(`emulator/${file}`, 'utf8').matchAll(/\bhas\('([A-Z]\w*)'\)/g)) {
      asked++;
      assert.ok(isAvailable(name!), `${file} asks for ${name}`);
    }
  assert.ok(asked > 5, `only ${asked} places ask; are they written in another way?`);
});

test('every extension is stated once, with a line on it, and is either of the table or has no rows', () => {
  for (const { name, rows } of extensions) {
    if (always.has(name)) continue;
    assert.ok(!(name in rowless), `${name} has ${rows.length} rows, and is said to have none`);
  }
  assert.equal(new Set(available).size, available.length);
  for (const name of available) {
    assert.match(docOf(name)!, /^[^\n]{4,110}\.$/, name);
    assert.equal(spelled(name.toLowerCase()), name);
  }
});

test('implications and profiles name extensions that there are, and profiles ones that harts have', () => {
  for (const name of namesImplied)
    assert.ok(name === 'g' || vlenOf(name) !== undefined || isKnown(spelled(name)), name);
  for (const [profile, { extensions: mandatory }] of Object.entries(profiles)) {
    for (const name of mandatory) assert.ok(isAvailable(spelled(name)), `${profile}: ${name}`);
    for (const name of parseIsa(profile).extensions) assert.ok(isAvailable(name), `${profile}: ${name}`);
  }
});

test('every extension can be had, with all that it brings, and printed and read again', () => {
  for (const name of available) {
    const { extensions: all } = parseIsa(`rv64i_${name}`);
    assert.ok(all.has(name));
    assert.deepEqual([...parseIsa(isaString(all)).extensions], [...all], name);
  }
});

test('whatever is written, the answer is an ISA or one line that quotes it', () => {
  const r = new Random(3);
  const pieces = [
    'rv64',
    'rva23u64',
    'i',
    'g',
    'c',
    'v',
    'p',
    '_',
    '__',
    '2p1',
    '1p0',
    '0',
    'zvl',
    '256b',
    'z',
    's',
    'x',
    'Zba',
    'é',
    ' ',
  ];
  const names = [...available, 'Q', 'H', 'Zfinx', 'Zvl256b'];
  let good = 0;
  for (let n = 0; n < 20_000; n++) {
    let text = r.below(4) ? r.pick(['rv64i', 'rv64gc', 'rva22u64_']) : '';
    for (let left = r.below(6); left > 0; left--) text += r.below(2) ? `_${r.pick(names)}` : r.pick(pieces);
    try {
      const { extensions } = parseIsa(text);
      good++;
      assert.deepEqual([...parseIsa(isaString(extensions)).extensions], [...extensions], text);
    } catch (error) {
      if (!(error instanceof IsaError)) throw error;
      assert.ok(error.message.startsWith(`"${text}"`) && !error.message.includes('\n'), error.message);
    }
  }
  assert.ok(good > 2000, `only ${good} were good`);
});

test('order, case and versions make no difference', () => {
  const r = new Random(7);
  const usable = available.filter((name) => name.length > 1);
  for (let n = 0; n < 300; n++) {
    const chosen = Array.from({ length: 1 + r.below(8) }, () => r.pick(usable).toLowerCase());
    const straight = parseIsa(`rv64gcv_${chosen.join('_')}`);
    const odd = chosen
      .reverse()
      .map((name) => (r.below(2) ? name.toUpperCase() : name) + r.pick(['', '1p0', '2', '2P1']));
    const other = parseIsa(`RV64IVCDFAM_${odd.join('_')}_zifencei`);
    assert.deepEqual([...other.extensions], [...straight.extensions], odd.join('_'));
  }
});
