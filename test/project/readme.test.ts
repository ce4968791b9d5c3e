import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { run } from '../../cli/commands/run.js';
import { filters } from '../../debug-adapter/filters.js';
import { presetPattern, presets } from '../../emulator/soc/presets.js';
import { profiles } from '../../isa/names/profiles.js';
import { readSoc } from '../../emulator/soc/soc.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

test('the README tells every launch attribute, filter, preset, profile and option of run', () => {
  const [{ configurationAttributes }] = manifest.contributes.debuggers;
  const attributes = Object.keys(configurationAttributes.launch.properties);
  const words = [
    ...attributes,
    ...filters.map(({ id }) => id),
    ...[...presets.map(({ name }) => name), presetPattern.split(' ')[0]!],
    ...Object.keys(profiles),
  ];
  for (const word of words) assert.ok(readme.includes(`\`${word}\``), word);
  for (const option of Object.keys(run.options)) assert.ok(readme.includes(`--${option}`), option);
});

/** Headings of a page as links name them. */
const headings = (page: string) =>
  [...page.matchAll(/^#+ (.*)$/gm)].map(([, text]) =>
    text!
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );

test('its links and scripts are there, and its chip is one', () => {
  for (const [, link] of readme.matchAll(/\]\(([^)]+)\)/g)) {
    const [file, heading] = link!.split('#');
    assert.ok(existsSync(join(root, file!)), link);
    if (heading) assert.ok(headings(readFileSync(join(root, file!), 'utf8')).includes(heading), link);
  }
  for (const [, script] of readme.matchAll(/npm run (?:-s )?([\w:-]+)/g)) assert.ok(manifest.scripts[script!], script);
  const chip = /^ {4}\{\n {6}"name": "mine"[\s\S]*?^ {4}\}/m.exec(readme);
  assert.equal(readSoc(JSON.parse(chip![0]), 'README.md').harts.length, 5);
});
