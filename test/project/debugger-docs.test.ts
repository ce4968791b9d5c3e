/** docs/debugger.md has what the handlers have, beside what others announce. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { capabilities, requests } from '../../debug-adapter/requests/index.js';
import { adapters, docsPath, page, rows } from '../../scripts/generate-debugger-docs.js';
import { readProtocol } from '../../scripts/protocol.js';

test('the table is the one that the handlers make (npm run docs)', () => {
  assert.ok(readFileSync(docsPath, 'utf8') === page(), 'docs/debugger.md is old: npm run docs');
});

test('the protocol is read whole', () => {
  const { requests: all, reverse } = readProtocol();
  assert.ok(all.size >= 45 && [...reverse].every((name) => all.has(name)));
  // Requests without arguments are few, and these.
  const bare = [...all].filter(([, type]) => !type).map(([name]) => name);
  assert.deepEqual(bare.sort(), ['threads']);
  assert.ok(rows().capabilities.length >= 41);
  assert.deepEqual(
    readProtocol()
      .members('SourceBreakpoint')
      .map(({ name, optional }) => `${name}${optional ? '?' : ''}`),
    ['line', 'column?', 'condition?', 'hitCondition?', 'logMessage?', 'mode?'],
  );
});

test('what is told of others and of us are names of the protocol', () => {
  const names = rows();
  const known = (list: readonly string[], all: readonly string[]) => list.filter((name) => !all.includes(name));
  for (const { requests: served, capabilities: announced, sometimes } of adapters()) {
    assert.deepEqual(known(served.split(' '), names.requests), []);
    assert.deepEqual(known([...announced.split(' '), ...Object.keys(sometimes)], names.capabilities), []);
  }
  const own = Object.keys(requests).filter((name) => !name.startsWith('harthop/'));
  assert.deepEqual(known(own, names.requests), []);
  assert.deepEqual(known(Object.keys(capabilities()), names.capabilities), []);
});

test('a request that a capability brings is served', () => {
  const announced = Object.keys(capabilities()).map((name) => /^supports(\w+)Request$/.exec(name)?.[1]);
  for (const name of announced)
    if (name) {
      const command = `${name[0].toLowerCase()}${name.slice(1)}`;
      assert.ok(Object.hasOwn(requests, command), command);
    }
});
