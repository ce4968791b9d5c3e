/** Numbers of 16 bits in f registers, and which harts have which of their instructions. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encode } from '../../../isa/encode.js';
import { instructionNamed } from '../../../isa/table.js';
import { needs } from '../../tools.js';
import { run, TOOLS } from '../bare-metal.js';

const word = (name: string, ...values: number[]) => `.word ${encode(instructionNamed(name)!, values)} # ${name}`;

/** FS on; illegal instructions are counted and passed by. */
const SET_UP = `
  la t0, handler
  csrw mtvec, t0
  li t0, 3 << 13
  csrs mstatus, t0
  la sp, result
  j start
  .align 2
handler:
  la t0, illegal
  ld t1, (t0)
  addi t1, t1, 1
  sd t1, (t0)
  csrr t1, mepc
  addi t1, t1, 4
  csrw mepc, t1
  mret
  .align 3
illegal: .dword 0
result: .dword -1, -1, -1, -1, -1, -1, -1, -1
start:
`;
const harts = (isa: string) => ({ harts: [{ isa }] });
const [SP, A0] = [2, 10];

test('halves are NaN-boxed when written and checked when read', needs(...TOOLS), async () => {
  const all = harts('rv64gc_zfh_zfbfmin');
  const boxed = await run(
    `${SET_UP}\nli t0, 0x3c00\nsh t0, (sp)\n${word('flh', 1, 0, SP)}\n${word('fadd.h', 2, 1, 1, 0)}\nfsd f1, (sp)\nfsd f2, 8(sp)`,
    all,
  );
  assert.equal(boxed.word('result'), 0xffffffff_ffff3c00n);
  assert.equal(boxed.word('result', 1), 0xffffffff_ffff4000n);

  // Boxed as a single it is no half.
  const single = await run(
    `${SET_UP}\nli t0, 0x3c00\nfmv.w.x f1, t0\n${word('fadd.h', 2, 1, 1, 0)}\n${word('fcvt.s.h', 3, 1, 0)}\n${word('fcvt.s.bf16', 4, 1, 0)}
fsd f2, (sp)\nfsd f3, 8(sp)\nfsd f4, 16(sp)`,
    all,
  );
  assert.equal(single.word('result'), 0xffffffff_ffff7e00n);
  assert.equal(single.word('result', 1), 0xffffffff_7fc00000n);
  assert.equal(single.word('result', 2), 0xffffffff_7fc00000n);

  const raw = await run(
    `${SET_UP}\nli t0, 0x1234fedc\nfmv.d.x f1, t0\n${word('fsh', 1, 0, SP)}\n${word('fmv.x.h', A0, 1)}\nsd a0, 8(sp)\n${word('fmv.h.x', 2, A0)}\nfsd f2, 16(sp)`,
    all,
  );
  assert.equal(raw.word('result'), 0xffffffff_fffffedcn, 'a store takes the bits as they are');
  assert.equal(raw.word('result', 1), 0xffffffff_fffffedcn, 'a move extends them by sign');
  assert.equal(raw.word('result', 2), 0xffffffff_fffffedcn);
  assert.equal(raw.word('illegal'), 0n);
});

test('each extension brings its instructions, and no other does', needs(...TOOLS), async () => {
  const [transfer, convert, convertDouble] = [
    word('flh', 1, 0, SP),
    word('fcvt.s.h', 1, 2, 0),
    word('fcvt.d.h', 1, 2, 0),
  ];
  const [add, bfloat, fliSingle] = [word('fadd.h', 1, 2, 3, 0), word('fcvt.bf16.s', 1, 2, 0), word('fli.s', 1, 16)];
  const [fliHalf, minimum] = [word('fli.h', 1, 16), word('fminm.h', 1, 2, 3)];
  const all = [transfer, convert, convertDouble, add, bfloat, fliSingle, fliHalf, minimum];
  for (const [isa, legal] of [
    ['rv64gc', []],
    ['rv64gc_zfhmin', [transfer, convert, convertDouble]],
    ['rv64imafc_zfhmin', [transfer, convert]],
    ['rv64gc_zfh', [transfer, convert, convertDouble, add]],
    ['rv64gc_zfbfmin', [transfer, bfloat]],
    ['rv64gc_zfa', [fliSingle]],
    ['rv64gc_zfa_zfh', [transfer, convert, convertDouble, add, fliSingle, fliHalf, minimum]],
    ['rv64gc_zfa_zfhmin', [transfer, convert, convertDouble, fliSingle]],
    ['rv64gcv_zfa_zvfh', [transfer, convert, convertDouble, fliSingle, fliHalf]],
  ] as const) {
    const count = all.map((each, k) => `${each}\nla t0, illegal\nld t1, (t0)\nsd t1, ${8 * (k + 1)}(t0)`);
    const bare = await run(`${SET_UP}\n.option norvc\n${count.join('\n')}`, harts(isa));
    const counted = all.map((_, k) => bare.word('illegal', k + 1));
    const names = (list: readonly string[]) => list.map((each) => each.replace(/.*# /, ''));
    const found = all.filter((_, k) => counted[k] === (counted[k - 1] ?? 0n));
    assert.deepEqual(names(found), names(all.filter((each) => legal.includes(each as never))), isa);
  }
});

test('vector numbers of 16 bits need Zvfh, two conversions only Zvfhmin', needs(...TOOLS), async () => {
  const setVtype = 'li t0, 3 << 9\ncsrs mstatus, t0\nvsetivli zero, 1, e16, m1, ta, ma';
  for (const [isa, add, narrow] of [
    ['rv64gcv', 1n, 1n],
    ['rv64gcv_zvfhmin', 1n, 0n],
    ['rv64gcv_zvfh', 0n, 0n],
  ] as const) {
    const illegal = async (text: string) => (await run(`${SET_UP}\n${setVtype}\n${text}`, harts(isa))).word('illegal');
    assert.equal(await illegal('vfadd.vv v1, v2, v3'), add, isa);
    assert.equal(await illegal('vfncvt.f.f.w v1, v2'), narrow, isa);
    assert.equal(await illegal(word('vfwmaccbf16.vv', 2, 4, 5, 1)), 1n, isa);
  }
});

test('every number of fli, in each format', needs(...TOOLS), async () => {
  // The specification's table; only the smallest normal number and halves that are too large differ between formats.
  const numbers = [
    ...[
      -1,
      0,
      2 ** -16,
      2 ** -15,
      2 ** -8,
      2 ** -7,
      0.0625,
      0.125,
      0.25,
      0.3125,
      0.375,
      0.4375,
      0.5,
      0.625,
      0.75,
      0.875,
    ],
    ...[1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4, 8, 16, 128, 256, 32768, 65536, Infinity, NaN],
  ];
  const text = numbers.map((_, k) =>
    ['h', 's', 'd'].map((f, n) => `${word(`fli.${f}`, 1, k)}\nfsd f1, ${24 * k + 8 * n}(sp)`).join('\n'),
  );
  const bare = await run(
    `${SET_UP}\nla sp, table\n${text.join('\n')}\nfrflags a0\nla t0, illegal\nsd a0, 8(t0)\nj 2f\n.align 3\ntable: .space ${24 * 32}\n2:`,
    harts('rv64gc_zfa_zfh'),
  );
  const view = new DataView(new ArrayBuffer(8));
  const halves: Record<number, bigint> = {
    0: 0xbc00n,
    1: 0x0400n,
    2: 0x0100n,
    3: 0x0200n,
    16: 0x3c00n,
    19: 0x3f00n,
    28: 0x7800n,
    29: 0x7c00n,
    30: 0x7c00n,
    31: 0x7e00n,
  };
  numbers.forEach((number, k) => {
    view.setFloat64(0, k === 1 ? 2 ** -1022 : number);
    assert.equal(bare.word('table', 3 * k + 2), view.getBigUint64(0), `fli.d of ${k}`);
    view.setFloat32(4, k === 1 ? 2 ** -126 : number);
    assert.equal(bare.word('table', 3 * k + 1), 0xffffffff_00000000n | BigInt(view.getUint32(4)), `fli.s of ${k}`);
    const half = halves[k];
    if (half !== undefined) assert.equal(bare.word('table', 3 * k), 0xffffffff_ffff0000n | half, `fli.h of ${k}`);
  });
  assert.equal(bare.word('illegal', 0), 0n);
  assert.equal(bare.word('illegal', 1), 0n, 'no flags');
});
