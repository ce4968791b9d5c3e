/** Encodings that are one instruction on some harts and another, or none, on others; and those that are reserved on all. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowOf } from '../../isa/decode.js';
import { encode } from '../../isa/encode.js';
import { parseIsa } from '../../isa/isa-string.js';
import { instructionNamed } from '../../isa/table.js';

const word = (name: string, ...values: number[]) => encode(instructionNamed(name)!, values);
/** The instruction's name on a hart. */
function on(isa: string, bits: number): string | undefined {
  const { extensions } = parseIsa(isa);
  return rowOf(bits, (name) => extensions.has(name))?.name;
}

test('hints are something that changes nothing on harts without them', () => {
  for (const [name, without, values] of [
    ['pause', 'fence'],
    ['ntl.p1', 'add'],
    ['ntl.all', 'add'],
    ['c.ntl.pall', 'c.add'],
    ['prefetch.i', 'ori', [64, 10]],
    ['prefetch.w', 'ori', [-2048, 10]],
    ['hart.soon', 'slti', [0]],
    ['hart.done', 'slti', [1000]],
  ] as const) {
    const bits = word(name, ...(values ?? []));
    assert.equal(on('rv64gc', bits), without);
    assert.equal(on('rv64gc_zihintpause_zihintntl_zicbop_xharthint', bits), name);
  }
});

test('may-be-operations are illegal on harts without them', () => {
  for (const bits of [word('mop.r.0', 10, 11), word('mop.r.31', 0, 0), word('mop.rr.7', 1, 2, 3), word('c.mop.15')]) {
    assert.equal(on('rv64gc', bits), undefined);
    assert.ok(/^(c\.)?mop\./.test(on('rv64gc_zimop_zcmop', bits)!));
  }
  // c.lui without an immediate is reserved where the register's number is even or above 15.
  for (const rd of [2, 4, 14, 16, 17, 31]) assert.equal(rowOf(0x6001 | (rd << 7)), undefined);
});

test('instructions that two extensions share need one of them', () => {
  const shared: Record<string, readonly string[]> = {
    'zbb zbkb': ['andn', 'orn', 'xnor', 'rol', 'rolw', 'ror', 'rorw', 'rori', 'roriw', 'rev8'],
    'zbc zbkc': ['clmul', 'clmulh'],
    'zknd zkne': ['aes64ks1i', 'aes64ks2'],
  };
  for (const [either, names] of Object.entries(shared)) {
    for (const name of names) {
      const bits = word(name, 1, 2, 3);
      assert.equal(on('rv64i', bits), undefined, name);
      for (const extension of either.split(' ')) assert.equal(on(`rv64i_${extension}`, bits), name);
    }
  }
  for (const [one, other, name] of [
    ['zbb', 'zbkb', 'orc.b'],
    ['zbb', 'zbkb', 'cpop'],
    ['zbkb', 'zbb', 'brev8'],
    ['zbkb', 'zbb', 'pack'],
    ['zbc', 'zbkc', 'clmulr'],
    ['zknd', 'zkne', 'aes64im'],
    ['zkne', 'zknd', 'aes64esm'],
  ] as const) {
    assert.equal(on(`rv64i_${one}`, word(name, 1, 2, 3)), name);
    assert.equal(on(`rv64i_${other}`, word(name, 1, 2, 3)), undefined, name);
  }
});

test('zext.h is packw with x0', () => {
  const bits = word('packw', 10, 11, 0);
  assert.equal(on('rv64i_zbb', bits), 'zext.h');
  assert.equal(on('rv64i_zbkb', bits), 'packw');
  assert.equal(on('rv64i_zbb_zbkb', bits), 'zext.h');
  assert.equal(on('rv64i_zbb', word('packw', 10, 11, 12)), undefined);
});

test('the parts of letters stand alone', () => {
  assert.equal(on('rv64i_zmmul', word('mul', 1, 2, 3)), 'mul');
  assert.equal(on('rv64i_zmmul', word('div', 1, 2, 3)), undefined);
  assert.equal(on('rv64i_zaamo', word('amoadd.w', 0, 1, 2, 3)), 'amoadd.w');
  assert.equal(on('rv64i_zaamo', word('lr.w', 0, 1, 2)), undefined);
  assert.equal(on('rv64i_zalrsc', word('sc.d', 0, 1, 2, 3)), 'sc.d');
  assert.equal(on('rv64ifd_zca', word('c.ld', 8, 0, 9)), 'c.ld');
  assert.equal(on('rv64ifd_zca', word('c.fld', 8, 0, 9)), undefined);
  assert.equal(on('rv64ifd_zcd', word('c.fld', 8, 0, 9)), 'c.fld');
  assert.equal(on('rv64ifc', word('c.fld', 8, 0, 9)), undefined);
});

test('forms of Zcb need what they stand for', () => {
  for (const [name, needed] of [
    ['c.mul', 'zmmul'],
    ['c.sext.b', 'zbb'],
    ['c.zext.h', 'zbb'],
    ['c.sext.h', 'zbb'],
    ['c.zext.w', 'zba'],
  ] as const) {
    const bits = word(name, 8, 9);
    assert.equal(on('rv64i_zcb', bits), undefined, name);
    assert.equal(on(`rv64i_zcb_${needed}`, bits), name);
    assert.equal(on(`rv64ic_${needed}`, bits), undefined, name);
  }
  for (const name of ['c.not', 'c.zext.b']) assert.equal(on('rv64i_zcb', word(name, 8)), name);
});

test('reserved encodings are no instructions, whatever a hart has', () => {
  const reserved: Record<string, number> = {
    'aes64ks1i, round 11': word('aes64ks1i', 1, 2, 10) | (1 << 20),
    'amocas.q, odd rd': word('amocas.q', 0, 2, 4, 6) | (1 << 7),
    'amocas.q, odd rs2': word('amocas.q', 0, 2, 4, 6) | (1 << 20),
    'cbo 3': word('cbo.zero', 10) - (1 << 20),
    'cbo.clean, rd': word('cbo.clean', 10) | (1 << 7),
    'rev8 of RV32': 0x69805013,
    'c.lh with bit 12': word('c.lh', 8, 0, 9) | (1 << 12),
    'the eighth form of Zcb': 0x9c79,
    'sm4 with funct5 of neither': word('sm4ed', 1, 2, 3, 1) | (1 << 25),
    'slli.uw with bit 26 clear and 31 set': (word('slli.uw', 1, 2, 3) ^ (0b100001 << 26)) >>> 0,
    'wrs with rd': word('wrs.nto') | (1 << 7),
  };
  for (const [why, bits] of Object.entries(reserved)) {
    assert.equal(rowOf(bits >>> 0)?.name, undefined, why);
  }
  assert.equal(rowOf(word('prefetch.r', 0, 10) + (1 << 20))?.name, 'ori');
});
