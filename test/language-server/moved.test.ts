/** Lines of a text that was edited. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { movedLines } from '../../language-server/built/moved.js';

/** Where the lines of a text, a character each, are in another one. */
function moved(before: string, now: string): string {
  const where = movedLines([...before].join('\n'), [...now].join('\n'));
  return [...before].map((_, n) => now[(where(n + 1) ?? 0) - 1] ?? '-').join('');
}

test('lines that were moved by an edit are found, changed ones stand for what they were, deleted ones are gone', () => {
  assert.equal(moved('abc', 'abc'), 'abc');
  assert.equal(moved('abc', 'xabc'), 'abc');
  assert.equal(moved('abc', 'axxbc'), 'abc');
  assert.equal(moved('abcd', 'ad'), 'a--d');
  assert.equal(moved('abcd', 'axyd'), 'axyd');
  assert.equal(moved('abcdef', 'xbcyzf'), 'xbcyzf');
  assert.equal(moved('abcdef', 'abxcdyef'), 'abcdef');
  assert.equal(moved('abcde', 'xce'), 'x-c-e');
  assert.equal(moved('aaa', 'a'), 'a--');
  assert.equal(movedLines('a\nb', 'a\nb')(7), 7);
  assert.equal(movedLines('a\nb', 'a\nc\nb')(7), undefined);
});
