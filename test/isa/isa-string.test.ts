import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csrNamed, csrs } from '../../isa/csrs.js';
import { isaString, parseIsa } from '../../isa/isa-string.js';

const has = (text: string) => [...parseIsa(text).extensions].sort().join(' ');

test('g stands for imafd_zicsr_zifencei', () => {
  assert.equal(has('rv64gc'), has('rv64imafdc_zicsr_zifencei'));
});

test('V brings D and a VLEN of at least 128; zvl gives more', () => {
  assert.equal(parseIsa('rv64gc').vlen, 0);
  assert.equal(parseIsa('rv64gcv').vlen, 128);
  assert.equal(parseIsa('rv64gcv_zvl1024b').vlen, 1024);
  assert.equal(parseIsa('rv64gcv_zvl65536b').vlen, 65536);
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
  assert.equal(has('rv64i2_m2_zicsr2'), has('rv64im_zicsr'));
});

test('digits at the end of a name are no version, unless they follow a name', () => {
  assert.ok(parseIsa('rv64i_sv48').extensions.has('Sv48'));
  assert.ok(parseIsa('rv64i_sv481p0').extensions.has('Sv48'));
  assert.ok(parseIsa('rv64i_za64rs1p0_zama16b1p0_zic64b1p0').extensions.has('Zama16b'));
  assert.equal(parseIsa('rv64i_zve32x1p0').vlen, 32);
});

test('names may stand in any order, letters too', () => {
  assert.equal(has('rv64icmvdfa_svinval_zvl256b_zba'), has('rv64imafdcv_zba_zvl256b_svinval'));
  assert.equal(has('rv64i_v_zba_m'), has('rv64imv_zba'));
});

test('what an extension depends on or contains comes with it', () => {
  const brings = (name: string, others: string) => {
    const { extensions } = parseIsa(`rv64i_${name}`);
    for (const other of others.split(' ')) assert.ok(extensions.has(other), `${name} brings ${other}`);
  };
  brings('m', 'Zmmul');
  brings('a', 'Zaamo Zalrsc');
  brings('b', 'Zba Zbb Zbs');
  brings('d', 'F Zicsr');
  brings('zfh', 'Zfhmin F');
  brings('zcb', 'Zca');
  brings('zkn', 'Zbkb Zbkc Zbkx Zkne Zknd Zknh');
  brings('zks', 'Zbkb Zbkc Zbkx Zksed Zksh');
  brings('zvkng', 'Zvkn Zvkg Zvkned Zvknhb Zvknha Zvkb Zvkt Zve64x Zvl64b');
  brings('zvksg', 'Zvks Zvkg Zvksed Zvksh Zvkb Zvkt');
  brings('zvfbfwma', 'Zvfbfmin Zfbfmin Zve32f F');
  brings('zvfh', 'Zvfhmin Zfhmin Zve32f');
  brings('zacas', 'Zaamo');
  brings('sv57', 'Sv48 Sv39');
});

test('C holds the compressed instructions of doubles where there are doubles', () => {
  assert.ok(!parseIsa('rv64imac').extensions.has('Zcd'));
  assert.ok(parseIsa('rv64imafdc').extensions.has('Zcd'));
});

test('whoever has all parts has the whole', () => {
  assert.ok(parseIsa('rv64i_zaamo_zalrsc').extensions.has('A'));
  assert.ok(!parseIsa('rv64i_zaamo').extensions.has('A'));
  assert.ok(parseIsa('rv64i_zba_zbb_zbs').extensions.has('B'));
  assert.ok(parseIsa('rv64i_zca').extensions.has('C'));
  assert.ok(!parseIsa('rv64ifd_zca').extensions.has('C'));
  assert.ok(parseIsa('rv64ifd_zca_zcd').extensions.has('C'));
  assert.ok(parseIsa('rv64iv_zvkned_zvknhb_zvkb_zvkt_zvkg').extensions.has('Zvkng'));
});

test('a profile is a base, with additions', () => {
  assert.equal(parseIsa('rva23u64').vlen, 128);
  assert.equal(parseIsa('RVA23U64_Zvl256b').vlen, 256);
  assert.ok(parseIsa('rva23s64_zvkng').extensions.has('Zvkned'));
  assert.ok(parseIsa('rva20u64_v').extensions.has('V'));
  for (const [smaller, larger] of [
    ['rva20u64', 'rva20s64'],
    ['rva22u64', 'rva22s64'],
    ['rva22u64', 'rva23u64'],
    ['rva22s64', 'rva23s64'],
    ['rva23u64', 'rva23s64'],
  ] as const)
    for (const name of parseIsa(smaller).extensions) assert.ok(parseIsa(larger).extensions.has(name), name);
  assert.ok(!parseIsa('rva23s64').extensions.has('H'), 'which is said wherever the name is explained');
});

test('the printed string is in the order of the specification, and read as the same', () => {
  assert.equal(
    isaString(parseIsa('rv64i_smepmp_svinval_sstc_zvl128b_zba_zicsr_v_zfa_c_zacas_m').extensions),
    'rv64imfdcv_zicsr_zmmul_zaamo_zacas_zfa_zca_zcd_zba' +
      '_zve32f_zve32x_zve64d_zve64f_zve64x_zvl32b_zvl64b_zvl128b_sstc_svinval_smepmp',
  );
  assert.equal(isaString(['Xmine', 'Smepmp', 'Shtvala', 'Sstc', 'Zba', 'I']), 'rv64i_zba_sstc_shtvala_smepmp_xmine');
  for (const text of ['rv64gc', 'rv64gcv_zvl4096b', 'rva23s64_zvkng_zvl1024b', 'rva20s64']) {
    const { extensions } = parseIsa(text);
    assert.equal(has(isaString(extensions)), has(text));
  }
});

for (const [text, message] of [
  ['rv64gcx', '"rv64gcx" names no extension "x"; did you mean "rv64gcv"?'],
  ['rv64gcv_zvl300b', '"rv64gcv_zvl300b" names no extension "zvl300b"; did you mean "rv64gcv_zvl256b"?'],
  ['rv64gcv_zvl131072b', '"rv64gcv_zvl131072b" names no extension "zvl131072b"; did you mean "rv64gcv_zvl65536b"?'],
  ['rv64gcv_zicst', '"rv64gcv_zicst" names no extension "zicst"; did you mean "rv64gcv_zicsr"?'],
  ['rv32imac', '"rv32imac": only rv64 harts can be had; did you mean "rv64imac"?'],
  ['rv64e', '"rv64e": the base after "rv64" must be "i" or "g"; did you mean "rv64gc"?'],
  ['gcv', '"gcv" is no ISA string; one looks like "rv64gcv_zvl256b"'],
  ['rv64gc_zvl256b', '"rv64gc_zvl256b" gives a vector length without vectors; did you mean to add "v"?'],
  ['rv64gc__zba', '"rv64gc__zba" has an underscore without a name behind it at character 7'],
  ['rva23', '"rva23": there is no profile "rva23"; did you mean "rva23u64"?'],
  ['rva24s64_zvkng', '"rva24s64_zvkng": there is no profile "rva24s64"; did you mean "rva23s64_zvkng"?'],
  [
    'rvsomething',
    '"rvsomething": there is no profile "rvsomething"; there are rva23u64, rva23s64, rva22u64, rva22s64, rva20u64, rva20s64',
  ],
  [
    'rv64gc_zfinx',
    '"rv64gc_zfinx": F and Zfinx exclude one another, since one keeps floating-point numbers in f registers, the other in x registers',
  ],
  ['rv64gc_zcmp', '"rv64gc_zcmp": Zcd and Zcmp exclude one another, since they share encodings'],
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
