/** Messages out of bytes, however they come. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { framed, type Incoming, MessageReader } from '../../debug-adapter/framing.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (text: string | Uint8Array, reader = new MessageReader()): Incoming[] =>
  reader.push(typeof text === 'string' ? bytes(text) : text);

test('messages come whole, in pieces and many at a time', () => {
  const messages = [{ a: 1 }, { text: 'ä \u{1f600} \r\n\r\n Content-Length: 3' }, [], 7, null];
  const whole = Uint8Array.from(messages.flatMap((message) => [...framed(message as object)]));
  for (const size of [1, 2, 3, 7, 64, whole.length]) {
    const reader = new MessageReader();
    const got: Incoming[] = [];
    for (let at = 0; at < whole.length; at += size) got.push(...reader.push(whole.subarray(at, at + size)));
    assert.deepEqual(
      got,
      messages.map((message) => ({ message })),
    );
  }
});

test('headers as clients write them', () => {
  for (const header of [
    'Content-Length: 2',
    'Content-Length:2',
    'content-length: 2 ',
    'Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: 2',
    'X: y\r\nCONTENT-LENGTH:\t2\r\nZ',
  ])
    assert.deepEqual(read(`${header}\r\n\r\n{}`), [{ message: {} }], header);
  assert.deepEqual(read('Content-Length: 0\r\n\r\n'), []);
});

test('what is wrong with a message is told, and the next one is read', () => {
  for (const [text, problem] of [
    ['\r\n\r\n', 'a header has no Content-Length'],
    ['GET / HTTP/1.1\r\nHost: x\r\n\r\n', 'a header has no Content-Length'],
    ['Content-Length: -5\r\n\r\n', 'Content-Length is -5, not a number of bytes'],
    ['Content-Length: 1e3\r\n\r\n', 'Content-Length is 1e3, not a number of bytes'],
    ['Content-Length: 2.5\r\n\r\n', 'Content-Length is 2.5, not a number of bytes'],
    [`Content-Length: ${'x'.repeat(100)}\r\n\r\n`, `Content-Length is ${'x'.repeat(37)}..., not a number of bytes`],
  ]) {
    const reader = new MessageReader();
    assert.deepEqual(read(text, reader), [{ problem }]);
    assert.deepEqual(read(framed({ n: 1 }), reader), [{ message: { n: 1 } }]);
  }
  const reader = new MessageReader();
  assert.match(JSON.stringify(read('Content-Length: 5\r\n\r\n{"a":', reader)), /"problem":".*JSON/);
  assert.match(JSON.stringify(read(`Content-Length: 200000\r\n\r\n${'['.repeat(200_000)}`, reader)), /"problem"/);
  assert.deepEqual(read(framed({ n: 2 }), reader), [{ message: { n: 2 } }]);
});

test('where no message can be found any more, the conversation is over', () => {
  for (const text of [
    'Content-Length: 99999999999\r\n\r\n{',
    `Content-Length: ${'9'.repeat(400)}\r\n\r\n`,
    'x'.repeat(9000),
  ]) {
    const reader = new MessageReader();
    const [first, ...more] = read(text, reader);
    assert.ok('problem' in first && more.length === 0);
    assert.ok(reader.broken);
    assert.deepEqual(read(framed({ n: 1 }), reader), []);
  }
});

test('a large message in small pieces', () => {
  const message = { data: 'x'.repeat(8 << 20) };
  const whole = framed(message);
  const reader = new MessageReader();
  let got: Incoming[] = [];
  for (let at = 0; at < whole.length; at += 4096) got = reader.push(whole.subarray(at, at + 4096));
  assert.deepEqual(got, [{ message }]);
});
