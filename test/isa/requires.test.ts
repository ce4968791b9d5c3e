import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lacking, mentions, satisfied, spoken } from '../../isa/requires.js';
import { extension, OP, row } from '../../isa/rows.js';

const with_ =
  (...names: string[]) =>
  (name: string) =>
    names.includes(name);

test('every entry must be met, by any of its alternatives', () => {
  assert.ok(satisfied(['Zbb|Zbkb', 'D'], with_('Zbkb', 'D')));
  assert.ok(satisfied(['Zbb|Zbkb'], with_('Zbb')));
  assert.ok(!satisfied(['Zbb|Zbkb', 'D'], with_('Zbb')));
  assert.ok(!satisfied(['Zbb|Zbkb'], with_('Zb', 'Zbbx')));
  assert.deepEqual(lacking(['Zbb|Zbkb', 'D'], with_('D')).map(spoken), ['Zbb or Zbkb']);
});

test('a row requires its extension, unless it lists it among alternatives', () => {
  const [plain, either] = extension('Zbb', '', [
    row('a', 4, OP, '', { kind: 'plain', run: () => {} }, '', ['D']),
    row('b', 4, OP, '', { kind: 'plain', run: () => {} }, '', ['Zbb|Zbkb']),
  ]).rows;
  assert.deepEqual(plain!.requires, ['Zbb', 'D']);
  assert.deepEqual(either!.requires, ['Zbb|Zbkb']);
  assert.ok(mentions(either!.requires, 'Zbkb') && !mentions(either!.requires, 'Zb'));
});
