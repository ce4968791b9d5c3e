import assert from 'node:assert/strict';
import { test } from 'node:test';
import { disassemble } from '../../assembler/disassemble.js';

const text = (word: number, pc = 0x10000n) => disassemble(word, pc).text;

test('instructions and pseudo-instructions as GNU objdump writes them', () => {
  const expected: [number, string][] = [
    [0x00000013, 'nop'],
    [0x0001, 'nop'],
    [0x00008067, 'ret'],
    [0x8082, 'ret'],
    [0x4505, 'li a0,1'],
    [0x852e, 'mv a0,a1'],
    [0x00b00533, 'add a0,zero,a1'],
    [0x1141, 'addi sp,sp,-16'],
    [0xe406, 'sd ra,8(sp)'],
    [0x00c58533, 'add a0,a1,a2'],
    [0xfff54513, 'not a0,a0'],
    [0x30002573, 'csrr a0,mstatus'],
    [0xc2202573, 'csrr a0,vlenb'],
    [0xc0002573, 'rdcycle a0'],
    [0x7c102573, 'csrr a0,0x7c1'],
    [0x0ff0000f, 'fence'],
    [0x0310000f, 'fence rw,w'],
    [0x8330000f, 'fence.tso'],
    [0x1005252f, 'lr.w a0,(a0)'],
    [0x1c52a52f, 'sc.w.aq a0,t0,(t0)'],
    [0x22a50553, 'fmv.d fa0,fa0'],
    [0x02c5f553, 'fadd.d fa0,fa1,fa2'],
    [0x02c59553, 'fadd.d fa0,fa1,fa2,rtz'],
    [0x0d1572d7, 'vsetvli t0,a0,e32,m2,ta,ma'],
    [0x0205e407, 'vle32.v v8,(a1)'],
    [0x0005e407, 'vle32.v v8,(a1),v0.t'],
    [0x028180d7, 'vadd.vv v1,v8,v3'],
    [0x000f9537, 'lui a0,0xf9'],
    [0x7501, 'lui a0,0xfffe0'],
    [0x10500073, 'wfi'],
    [0x0000, 'unimp'],
    [0xffffffff, '.4byte 0xffffffff'],
    [0x8002, '.2byte 0x8002'],
  ];
  for (const [word, wanted] of expected) assert.equal(text(word), wanted, word.toString(16));
});

test('branch targets are addresses, with the symbol that they lie behind', () => {
  assert.equal(text(0xfe051ee3), 'bnez a0,0xfffc');
  assert.equal(text(0xa001), 'j 0x10000');
  const symbols = (address: bigint) => (address >= 0x10000n ? { name: 'main', offset: address - 0x10000n } : undefined);
  assert.equal(disassemble(0x0000006f, 0x10000n, { symbols }).text, 'j 0x10000 <main>');
  assert.equal(disassemble(0x008000ef, 0x10000n, { symbols }).text, 'jal 0x10008 <main+0x8>');
  assert.equal(disassemble(0xffdff06f, 0x10000n, { symbols }).text, 'j 0xfffc');
  assert.equal(text(0xffdff06f, 0n), 'j 0xfffffffffffffffc');
});

test('lengths and rows are those of the word; extensions that are absent leave data', () => {
  assert.deepEqual([disassemble(0x4505, 0n).length, disassemble(0x4505, 0n).row?.name], [2, 'c.li']);
  assert.deepEqual([disassemble(0x13, 0n).length, disassemble(0x13, 0n).row?.name], [4, 'addi']);
  assert.equal(disassemble(0x028180d7, 0n, { has: (name) => name !== 'V' }).text, '.4byte 0x28180d7');
  assert.equal(disassemble(0x4505, 0n, { aliases: false }).text, 'c.li a0,1');
  // Only the lower half of a compressed instruction's word is looked at.
  assert.equal(text(0xdead4505), 'li a0,1');
});

test('every word has a text', () => {
  for (let word = 0; word < 0x10000; word++) if ((word & 3) !== 3) assert.match(disassemble(word, 0n).text, /^[.a-z]/);
  let state = 1;
  for (let i = 0; i < 20_000; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const { text: out } = disassemble((state | 3) >>> 0, 0n);
    assert.ok(/^[.a-z]/.test(out) && !out.includes('undefined'), out);
  }
});
