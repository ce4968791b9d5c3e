/** Lines of a text that changes a little are what cutting it anew gives, and those that stayed are the same strings. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TextLines } from '../../assembler/text-lines.js';
import { randomFrom } from './samples.js';

test('after each of many random edits the lines are those of the text', () => {
  const below = randomFrom(7);
  const letters = ['a', 'b', '\n', '\n\n', 'ab\nab\n', ''];
  const some = (count: number) => Array.from({ length: count }, () => letters[below(letters.length)]).join('');
  const lines = new TextLines();
  let text = '';
  for (let n = 0; n < 3000; n++) {
    const [a, b] = [below(text.length + 1), below(text.length + 1)];
    // Texts beyond the size of what is compared at once, too.
    const put = some(below(50) ? below(4) : below(9000));
    text = text.slice(0, Math.min(a, b)) + put + text.slice(below(4) ? Math.min(a, b) : Math.max(a, b));
    assert.deepEqual(lines.of(text), text.split('\n'));
  }
});
