import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csrNamed, csrs } from '../../isa/csrs.js';
import { parseIsa } from '../../isa/isa-string.js';

const has = (text: string) => [...parseIsa(text).extensions].sort().join(' ');

test('g stands for imafd_zicsr_zifencei', () => {
  assert.equal(has('rv64gc'), has('rv64imafdc_zicsr_zifencei'));
});

test('V brings D and a VLEN of at least 128; zvl gives more', () => {
  assert.equal(parseIsa('rv64gc').vlen, 0);
  assert.equal(parseIsa('rv64gcv').vlen, 128);
  assert.equal(parseIsa('rv64gcv_zvl1024b').vlen, 1024);
  assert.ok(parseIsa('rv64iv').extensions.has('D'));
});

test('the letter v in another name is no vector unit', () => {
  const { extensions, vlen } = parseIsa('rv64gc_svinval');
  assert.ok(!extensions.has('V') && extensions.has('Svinval'));
  assert.equal(vlen, 0);
});

test('versions, capitals and a Z name right after the letters are read', () => {
  assert.equal(has('rv64i2p1_m2p0_a2p1_c2p0_zicsr2p0'), has('RV64IMACZicsr'));
  assert.equal(parseIsa('rv64imafdcv1p0_zvl256b1p0').vlen, 256);
});

for (const [text, message] of [
  ['rv64gcx', '"rv64gcx" names no extension "x"; did you mean "rv64gcv"?'],
  ['rv64gcv_zvl300b', '"rv64gcv_zvl300b" names no extension "zvl300b"; did you mean "rv64gcv_zvl256b"?'],
  ['rv64gcv_zicst', '"rv64gcv_zicst" names no extension "zicst"; did you mean "rv64gcv_zicsr"?'],
  ['rv32imac', '"rv32imac": only rv64 harts can be had; did you mean "rv64imac"?'],
  ['rv64e', '"rv64e": the base after "rv64" must be "i" or "g"; did you mean "rv64gc"?'],
  ['gcv', '"gcv" is no ISA string; one looks like "rv64gcv_zvl256b"'],
  ['rv64gc_zvl256b', '"rv64gc_zvl256b" gives a vector length without vectors; did you mean to add "v"?'],
] as const)
  test(`${text} is refused with a reason`, () => assert.throws(() => parseIsa(text), { message }));

test('CSR names and numbers are given once', () => {
  assert.equal(new Set(csrs.map((c) => c.name)).size, csrs.length);
  assert.equal(new Set(csrs.map((c) => c.number)).size, csrs.length);
  assert.deepEqual(
    csrs.map((c) => c.number),
    csrs.map((c) => c.number).sort((a, b) => a - b),
  );
  assert.equal(csrNamed('pmpaddr15')?.number, 0x3bf);
});
