/** The one language of conditions, log messages and watches, over a made-up hart. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conditionOf } from '../../debug-adapter/condition.js';
import { type Context, evaluate, evaluateNode, isTrue } from '../../debug-adapter/expressions/evaluate.js';
import { parseCondition } from '../../debug-adapter/expressions/parser.js';
import { format } from '../../debug-adapter/expressions/format.js';
import { arrayOf, basic, numberOf, type Place, pointerTo, type Value } from '../../debug-adapter/expressions/value.js';
import type { CType } from '../../debug-adapter/symbols/types.js';

const memory = new Uint8Array(256);
const bytesAt = (bytes: Uint8Array, start: number, va?: bigint): Place => ({
  read: (offset, length) => bytes.slice(start + offset, start + offset + length),
  write: (offset, data) => bytes.set(data, start + offset),
  ...(va !== undefined && { va }),
});
const inner: CType = {
  kind: 'struct',
  name: 'struct inner',
  size: 16,
  members: [
    { name: 'tag', offset: 0, type: basic.char },
    { name: 'value', offset: 8, type: basic.long },
  ],
};
const registers = new Uint8Array(32 * 8);
const vector = new Uint8Array(64);
const names: Record<string, number> = { a0: 10, a1: 11, sp: 2 };
const context: Context = {
  register(name) {
    if (name in names) return { type: basic.long, place: bytesAt(registers, names[name] * 8) };
    if (name === 'priv')
      return { type: { kind: 'enum', name: 'privilege', size: 4, values: new Map([[1n, 'S']]) }, number: 1n };
    if (name === 'S') return { type: basic.int, number: 1n };
    if (name === 'hart') return { type: basic.int, number: 2n };
    if (name === 'mstatus')
      return { type: basic['unsigned long'], number: 0x6000n, fields: { FS: [14, 13], VS: [10, 9] } };
    if (name !== 'v8') return undefined;
    const view = (of: CType) => (): Value => ({ type: arrayOf(of, 32 / of.size), place: bytesAt(vector, 0) });
    return {
      type: arrayOf(basic['unsigned char'], 32),
      place: bytesAt(vector, 0),
      views: { e32: view(basic.int), f64: view(basic.double) },
    };
  },
  symbol: (name) =>
    name === 'list'
      ? { va: 64n, type: pointerTo(inner) }
      : name === '_start'
        ? { va: 0x10000n }
        : name === 'pair'
          ? { va: 96n, type: arrayOf(inner, 2) }
          : undefined,
  memory: (va) => bytesAt(memory, Number(va), va),
  type: (name) => (name === 'struct inner' || name === 'inner_t' ? inner : undefined),
};
const view = new DataView(memory.buffer);
view.setBigInt64(40, -5n, true);
view.setBigInt64(64, 96n, true);
memory[96] = 'q'.charCodeAt(0);
view.setBigInt64(104, 77n, true);
view.setBigInt64(120, 78n, true);
new DataView(registers.buffer).setBigInt64(80, 32n, true);
new DataView(vector.buffer).setInt32(12, 2, true);
new DataView(vector.buffer).setFloat64(16, 1.5, true);

const show = (text: string) => format(evaluate(text, context));

for (const [text, expected] of Object.entries({
  '1 + 2 * 3': '7',
  '(1 + 2) * 3': '9',
  '10 - 3 - 2': '5',
  '7 / 2': '3',
  '-7 / 2': '-3',
  '7 / 2.0': '3.5',
  '1 << 4 | 1': '17',
  '0xffffffffffffffff': '18446744073709551615',
  '-1 < 0': '1',
  '(unsigned char)-1': '255',
  '(int)0xffffffff': '-1',
  '(char)65': "65 'A'",
  '(float)0.1': '0.1',
  'sizeof(struct inner)': '16',
  "'a' == 97": '1',
  a0: '32',
  '$a0 + 8': '40',
  '*(long *)(a0 + 8)': '-5',
  '*(unsigned long *)(a0 + 8) > 5': '1',
  '((long *)a0)[1]': '-5',
  'list->value': '77',
  '(*list).value': '77',
  'list[1].value': '78',
  'pair[1].value': '78',
  '&pair[1]': '0x70',
  '((struct inner *)96)->tag': "113 'q'",
  pair: "{{tag = 113 'q', value = 77}, {tag = 0, value = 78}}",
  '$priv == S': '1',
  $priv: 'S',
  '$hart == 2 && $v8.e32[3] > 1.0': '1',
  '$v8.f64[2]': '1.5',
  '$mstatus.FS': '3',
  '$mstatus.VS == 0 ? 10 : 20': '10',
  _start: '0x10000',
  '!a0 || ~0 == -1': '1',
}))
  test(`${text} is ${expected}`, () => assert.equal(show(text), expected));

test('&& and || stop as soon as they know', () => {
  assert.equal(isTrue(evaluate('0 && *(long *)0x7fffffffffff', context)), false);
  assert.equal(isTrue(evaluate('1 || 1 / 0', context)), true);
});

test('an assignment writes registers, memory and vector elements, and gives the new value', () => {
  assert.equal(show('a1 = 5'), '5');
  assert.equal(show('a1 += 2'), '7');
  assert.equal(show('a1 * 2'), '14');
  assert.equal(show('*(int *)(a0 + 100) = -2'), '-2');
  assert.deepEqual([...memory.slice(132, 136)], [0xfe, 0xff, 0xff, 0xff]);
  assert.equal(show('$v8.f64[0] = 2.25'), '2.25');
  assert.equal(numberOf(evaluate('$v8.f64[0]', context)), 2.25);
});

for (const [text, message] of Object.entries({
  'a0 +': /`a0 \+`: column 5: expected a value, found the end/,
  '(a0': /column 4: expected `\)`/,
  'a0 a1': /column 4: expected an operator or the end, found `a1`/,
  '12abc': /`12…` is not a number/,
  'a0 @ 2': /column 4: `@` means nothing here/,
  nobody: /`nobody` is no register and no symbol/,
  $nobody: /`\$nobody` is no register, CSR or context value/,
  '1 / 0': /division by 0/,
  '1 << 99': /a shift by 99/,
  '*5': /long is no pointer: cast it first/,
  '*(void *)8': /cast it first/,
  'list->nothing': /struct inner has no member `nothing`; it has tag, value/,
  '5 = 6': /nothing here that could be set/,
  'pair = 1': /can't be set|nothing here/,
  '(struct other *)0': /there is no type `struct other`/,
  '~1.5': /needs an integer/,
  [`${'('.repeat(500)}1`]: /nested deeper/,
  [`${'1+'.repeat(3000)}1`]: /at most 4096 are read/,
  '': /expected a value, found the end/,
}))
  test(`${text.slice(0, 30)} is refused with what was expected`, () =>
    assert.throws(() => evaluate(text, context), message));

test('types with names of their own are cast to, and measured', () => {
  assert.equal(show('((inner_t *)96)->value'), '77');
  assert.equal(show('sizeof(inner_t)'), '16');
  assert.equal(show('sizeof(pair)'), '32');
  assert.equal(show('(a0) - 1'), show('a0 - 1'));
  assert.equal(show('(a0) * 2'), show('a0 * 2'));
  assert.throws(() => evaluate('(nobody *)5', context), /there is no type `nobody`/);
});

test('names of an enumeration are known beside its values', () => {
  const more: Context = {
    ...context,
    local: (name) =>
      name === 'state'
        ? { type: { kind: 'enum', name: 'enum state', size: 4, values: new Map([[3n, 'READY']]) }, number: 3n }
        : undefined,
  };
  assert.equal(isTrue(evaluate('state == READY', more)), true);
  assert.equal(isTrue(evaluate('READY != state', more)), false);
  assert.throws(() => evaluate('state == WAITING', more), /`WAITING` is no register and no symbol/);
  assert.throws(() => evaluate('a0 == READY', more), /`READY` is no register and no symbol/);
});

test('what an enumeration or a truth is set to is written as it is shown', () => {
  const place = bytesAt(new Uint8Array(4), 0);
  const type: CType = { kind: 'enum', name: 'enum state', size: 4, values: new Map([[3n, 'READY']]) };
  const more: Context = { ...context, local: (name) => (name === 'state' ? { type, place } : undefined) };
  assert.equal(format(evaluate('state = READY', more)), 'READY');
  assert.equal(numberOf(evaluate('state = (READY)', more)), 3n);
  assert.throws(() => evaluate('state = WAITING', more), /`WAITING` is no register and no symbol/);
  assert.throws(() => evaluate('a1 = READY', more), /`READY` is no register and no symbol/);
  assert.equal(show('true + true'), '2');
  assert.equal(show('false || 1 == 2'), '0');
});

test('a condition does nothing, and a count that is never reached is none', () => {
  assert.throws(
    () => conditionOf({ condition: '@hart2 a0 = 5' }),
    /`@hart2 a0 = 5` would be done, not asked; `==` compares/,
  );
  assert.throws(() => conditionOf({ hitCondition: '% 0' }), /hit condition `% 0`: expected a count/);
});

test('a condition may begin with @hart2, @task7 or both, or be that alone', () => {
  const holds = (text: string) =>
    isTrue(
      evaluateNode(parseCondition(text), {
        ...context,
        register: (name) => (name === 'task' ? { type: basic.int, number: 7n } : context.register(name)),
      }),
    );
  assert.deepEqual(
    ['@hart2', '@hart3', ' @hart2 @task7', '@task7 @hart2 1 == 2', '@hart2 && @task7 && 1 == 1', '@task8 1', '1'].map(
      holds,
    ),
    [true, false, true, false, true, false, true],
  );
  assert.throws(() => parseCondition('@hart'), /column 1: expected @hart2 or @task7/);
  assert.throws(() => parseCondition('@hart2 @core1'), /column 8: expected @hart2 or @task7/);
  assert.throws(() => parseCondition('@hart2x'), /expected @hart2 or @task7/);
  assert.throws(() => parseCondition(''), /expected a value/);
});
