/**
 * Forecasts against what happens, over the corpus: places where threads leave, and where system calls bring them home, by precision and recall;
 * vtype at every vector instruction that is executed. Printed for each program and for all.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { needs } from '../tools.js';
import { type Accuracy, accuracyOf, type Score } from './accuracy.js';
import { corpus, corpusTools } from './corpus.js';

/** Why a forecast differs from what happened, by program. What differs and is not here fails. */
const explained: Readonly<Record<string, string>> = {
  table:
    'the case that comes home is the last one only because a counter ends the loop then, which the forecast does not count',
};

/** Programs that do what is told of, all by hand: a register counts on behind a system call; a way is never taken. */
const wrong: Readonly<Record<string, readonly string[]>> = {
  callee: ['test/language-server/corpus/callee.S:15: state-lost'],
  'early-out': ['test/language-server/corpus/early-out.S:9: state-lost'],
  hwprobe: ['examples/hwprobe.S:69: never-here'],
  macros: ['test/language-server/corpus/macros.S:13: state-lost'],
  nested: ['test/language-server/corpus/nested.S:6: state-lost'],
};

const LEAST = 0.95;

const sum = (list: readonly Score[], what: 'forecast' | 'happened' | 'both') =>
  list.reduce((all, each) => all + each[what], 0);
const share = (part: number, whole: number) => (whole ? part / whole : 1);
const precision = (...list: Score[]) => share(sum(list, 'both'), sum(list, 'forecast'));
const recall = (...list: Score[]) => share(sum(list, 'both'), sum(list, 'happened'));

const differencesOf = (each: Accuracy): string[] =>
  [each.leaves, each.returns].flatMap(({ missed, idle }) => [
    ...missed.map((place) => `${place} happened, not forecast`),
    ...idle.map((place) => `${place} was forecast, did not happen`),
  ]);

function row(
  name: string,
  leaves: readonly Score[],
  returns: readonly Score[],
  known: number,
  executed: number,
): string {
  const numbers = [leaves, returns].flatMap((list) => [
    precision(...list).toFixed(3),
    recall(...list).toFixed(3),
    `${sum(list, 'happened')}`,
  ]);
  return `| ${name} | ${numbers.join(' | ')} | ${known} of ${executed} |`;
}

test('what is forecast is what happens', needs(...corpusTools), async (t) => {
  const all: (Accuracy & { built: Accuracy })[] = [];
  for (const program of corpus) all.push(await accuracyOf(program));
  t.diagnostic(
    '| program | leaves: precision | recall | places | returns: precision | recall | places | vtype known |',
  );
  for (const { name, leaves, returns, known, executed } of all)
    t.diagnostic(row(name, [leaves], [returns], known, executed));
  const [leaves, returns] = [all.map((each) => each.leaves), all.map((each) => each.returns)];
  const [known, executed] = [all.reduce((n, each) => n + each.known, 0), all.reduce((n, each) => n + each.executed, 0)];
  const sums = row(`all ${all.length}`, leaves, returns, known, executed);
  t.diagnostic(sums);
  const told = readFileSync(new URL('../../docs/forecast.md', import.meta.url), 'utf8');
  assert.ok(told.includes(`${sums}\n`), `docs/forecast.md tells these figures: ${sums}`);

  const built = all.map((each) => each.built);
  for (const each of built) {
    assert.deepEqual(each.wrong, [], `${each.name}, built: no vtype is forecast wrong`);
    const told = each.findings.filter((finding) => !finding.endsWith('ping-pong'));
    assert.deepEqual(told, wrong[each.name] ?? [], `${each.name}, built: nothing is called wrong that is not`);
    const differs = differencesOf(each);
    if (differs.length) assert.ok(explained[each.name], `${each.name}, built: ${differs.join('; ')}`);
  }
  const sumsBuilt = row(
    `all ${built.length} as ELF files`,
    built.map((each) => each.leaves),
    built.map((each) => each.returns),
    built.reduce((n, each) => n + each.known, 0),
    executed,
  );
  t.diagnostic(sumsBuilt);
  assert.ok(told.includes(`${sumsBuilt}\n`), `docs/forecast.md tells these figures: ${sumsBuilt}`);

  assert.ok(all.length >= 60, `${all.length} programs`);
  for (const each of all) {
    assert.equal(each.status, 0, `${each.name} ends well`);
    assert.deepEqual(each.wrong, [], `${each.name}: no vtype is forecast wrong`);
    // Loops that go out and back are held against the run by their places.
    const told = each.findings.filter((finding) => !finding.endsWith('ping-pong'));
    assert.deepEqual(told, wrong[each.name] ?? [], `${each.name}: nothing is called wrong that is not`);
    const differs = differencesOf(each);
    if (differs.length) assert.ok(explained[each.name], `${each.name}: ${differs.join('; ')}`);
  }
  const differing = all.filter((each) => differencesOf(each).length).map(({ name }) => name);
  assert.deepEqual(differing, Object.keys(explained), 'what is explained differs');
  for (const list of [leaves, returns]) {
    assert.ok(precision(...list) >= LEAST, `precision ${precision(...list)}`);
    assert.ok(recall(...list) >= LEAST, `recall ${recall(...list)}`);
  }
  for (const list of [built.map((each) => each.leaves), built.map((each) => each.returns)]) {
    assert.ok(precision(...list) >= LEAST, `as ELF files, precision ${precision(...list)}`);
    assert.ok(recall(...list) >= LEAST, `as ELF files, recall ${recall(...list)}`);
  }
  assert.ok(known / executed > 0.9, `vtype is known at ${known} of ${executed} vector instructions`);
});
