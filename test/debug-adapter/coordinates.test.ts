/** Clients that count from 0 and name files by URIs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Coordinates } from '../../debug-adapter/coordinates.js';
import { root } from './conversation.js';
import { Talk } from './in-process.js';

test('lines, columns and paths are turned both ways', () => {
  const coordinates = new Coordinates();
  coordinates.set({ adapterID: 'x', linesStartAt1: false, columnsStartAt1: false, pathFormat: 'uri' });
  const inside = {
    source: { path: '/home/me/a b%c.S', name: 'a' },
    breakpoints: [{ line: 7, column: 3, endLine: 9, endColumn: 1, condition: 'line' }],
  };
  const outside = {
    source: { path: 'file:///home/me/a%20b%25c.S', name: 'a' },
    breakpoints: [{ line: 6, column: 2, endLine: 8, endColumn: 0, condition: 'line' }],
  };
  assert.deepEqual(coordinates.inward('setBreakpoints', outside), inside);
  assert.deepEqual(coordinates.outward('setBreakpoints', inside), outside);
  assert.deepEqual(coordinates.inward('setBreakpoints', { lines: [0, 4, 'x'] }), { lines: [1, 5, 'x'] });
  assert.deepEqual(coordinates.outward('stackTrace', { stackFrames: [{ line: 0, column: 0 }] }), {
    stackFrames: [{ line: 0, column: 0 }],
  });
  assert.deepEqual(
    coordinates.outward('loadedSources', { sources: [{ path: 'C:\\x\\y z.c' }, { path: 'kernel.c' }] }),
    {
      sources: [{ path: 'file:///C:/x/y%20z.c' }, { path: 'kernel.c' }],
    },
  );
  const windows = { source: { path: 'file:///c:/x/y%20z.c' } };
  assert.deepEqual(coordinates.inward('gotoTargets', windows), { source: { path: 'c:/x/y z.c' } });
  // What is no path of a source is let alone, as are the user's own words.
  const launch = { program: 'file:///a', line: 3 };
  assert.deepEqual(coordinates.inward('launch', launch), launch);
  assert.deepEqual(coordinates.outward('modules', { modules: [{ path: '/a/b' }] }), { modules: [{ path: '/a/b' }] });
  assert.deepEqual(coordinates.outward('completions', { targets: [{ label: 'a0', start: 1 }, { label: 'a1' }] }), {
    targets: [{ label: 'a0', start: 0 }, { label: 'a1' }],
  });
});

test('a client that counts from 0 and speaks of URIs has the same conversation', async () => {
  const path = `${root}test/debug-adapter/programs/trip.S`;
  const uri = `file://${path.split('/').map(encodeURIComponent).join('/')}`;
  const stops: unknown[] = [];
  for (const [client, named, first] of [
    [{}, path, 1],
    [{ linesStartAt1: false, columnsStartAt1: false, pathFormat: 'uri' }, uri, 0],
  ] as const) {
    const talk = await Talk.launch(path, {}, client);
    const set = { source: { path: named }, breakpoints: [{ line: 13 - 1 + first }], lines: [13 - 1 + first] };
    const { breakpoints } = await talk.ask('setBreakpoints', set);
    assert.equal(breakpoints[0].line, 13 - 1 + first);
    assert.equal(breakpoints[0].source.path, named);
    const { threadId } = await talk.until('stopped', 'configurationDone');
    const { stackFrames } = await talk.ask('stackTrace', { threadId });
    assert.equal(stackFrames[0].source.path, named);
    stops.push(stackFrames[0].line - first);
    await talk.ask('disconnect');
  }
  assert.deepEqual(stops, [12, 12]);
});
