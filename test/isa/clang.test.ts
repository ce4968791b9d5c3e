/** What names bring with them, compared with what clang 19 turns on for them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { parseIsa } from '../../isa/isa-string.js';
import { available, spelled } from '../../isa/names/known.js';
import { profiles } from '../../isa/names/profiles.js';
import { needs } from '../tools.js';

/** The extensions that clang turns on, or undefined when it refuses the string. */
function clangs(arch: string): Set<string> | undefined {
  const flags = ['--target=riscv64', '-menable-experimental-extensions', '-mabi=lp64', `-march=${arch}`];
  const { stderr } = spawnSync('clang-19', [...flags, '-###', '-x', 'c', '-c', '/dev/null'], { encoding: 'utf8' });
  if (/error:/.test(stderr)) return undefined;
  const names = [...stderr.matchAll(/"-target-feature" "\+(?:experimental-)?(\w+)"/g)].map(([, name]) => name!);
  return new Set(names.filter((name) => name !== 'experimental' && name !== 'relax').map(spelled));
}

/** What we have and clang 19 does not: why. */
const ours: Readonly<Record<string, string>> = {
  I: 'taken for granted',
  A: 'it does not see the whole in its parts',
  B: 'it does not see the whole in its parts',
  C: 'it does not see the whole in its parts',
  Zaamo: 'it knows A only whole',
  Zalrsc: 'it knows A only whole',
  Zca: 'it knows C only whole',
  Zcd: 'it knows C only whole',
  Zvknha: 'it does not take it for a part of Zvknhb',
  Ssstateen: 'it does not take it for a part of Smstateen',
  Sv39: 'it has no names for translation modes',
  Supm: 'it left it out of the profile',
};

/** What clang has and we have not. */
const theirs: Readonly<Record<string, string>> = Object.fromEntries(
  ['H', 'Shcounterenw', 'Shgatpa', 'Shtvala', 'Shvsatpa', 'Shvstvala', 'Shvstvecd'].map((name) => [name, 'no H here']),
);

function compare(arch: string, clang: ReadonlySet<string>): void {
  const { extensions } = parseIsa(arch);
  for (const name of extensions) assert.ok(clang.has(name) || name in ours, `${arch}: clang has no ${name}`);
  for (const name of clang) assert.ok(extensions.has(name) || name in theirs, `${arch}: clang has ${name}`);
}

test('profiles promise what clang takes them to promise', needs('clang-19'), () => {
  for (const profile of Object.keys(profiles)) compare(profile, clangs(profile)!);
});

test('extensions bring what clang takes them to bring', needs('clang-19'), () => {
  const standard = available.filter((name) => !name.startsWith('X'));
  let compared = 0;
  for (const name of standard.map((each) => each.toLowerCase())) {
    // Some want what they need to be named too; then only the rest of what they bring is seen.
    for (const arch of [`rv64i_${name}`, `rv64gcv_${name}`]) {
      const clang = clangs(arch);
      if (!clang) continue;
      compare(arch, clang);
      compared++;
      break;
    }
  }
  assert.ok(compared > standard.length * 0.9, `clang knows ${compared} of ${standard.length} names`);
});
