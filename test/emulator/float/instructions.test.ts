import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needs } from '../../tools.js';
import { run, TOOLS } from '../bare-metal.js';

/** mstatus.FS to a value, and a trap handler that notes mcause and mtval and goes on behind the instruction. */
const SET_UP = `
  la t0, handler
  csrw mtvec, t0
  li t0, 3 << 13
  csrc mstatus, t0
  j start
  .align 2
handler:
  la t0, causes
  lw t1, (t0)
  addi t1, t1, 1
  sw t1, (t0)
  csrr t1, mcause
  sw t1, 4(t0)
  csrr t1, mtval
  sd t1, 8(t0)
  csrr t1, mepc
  addi t1, t1, 4
  csrw mepc, t1
  mret
  .align 3
causes: .word 0, 0
  .dword 0
status: .dword -1
result: .dword -1
start:
`;
const fs = (value: number) => `
  li t0, 3 << 13
  csrc mstatus, t0
  li t0, ${value} << 13
  csrs mstatus, t0
`;
const SEE = `
  la t0, status
  csrr t1, mstatus
  srli t1, t1, 13
  andi t1, t1, 3
  sd t1, (t0)
`;
const traps = (bare: Awaited<ReturnType<typeof run>>) => ({
  count: Number(bare.word('causes') & 0xffff_ffffn),
  cause: Number(bare.word('causes') >> 32n),
  tval: bare.word('causes', 1),
});

test('every floating-point instruction is illegal while FS is off', needs(...TOOLS), async () => {
  for (const [text, word] of [
    ['fadd.d f1, f2, f3, rne', 0x023100d3n],
    ['flw f1, 0(sp)', 0x00012087n],
    ['fsd f1, 0(sp)', 0x00113027n],
    ['fmv.x.d a0, f1', 0xe2008553n],
    ['fclass.s a0, f1', 0xe0009553n],
  ] as const) {
    const bare = await run(`${SET_UP}\n.option norvc\nla sp, result\n${text}\n${SEE}`);
    assert.deepEqual(traps(bare), { count: 1, cause: 2, tval: word }, text);
    assert.equal(bare.word('status'), 0n, text);
    assert.equal(bare.word('result'), (1n << 64n) - 1n, text);
  }
});

test('a reserved rounding mode is an illegal instruction, in the word or in frm', needs(...TOOLS), async () => {
  const inWord = await run(`${SET_UP}${fs(1)}\n.word 0x023150d3\n.word 0x023160d3${SEE}`);
  assert.deepEqual(traps(inWord), { count: 2, cause: 2, tval: 0x023160d3n });
  assert.equal(inWord.word('status'), 1n);

  const inFrm = await run(
    `${SET_UP}${fs(1)}\ncsrwi frm, 5\n${fs(1)}\nfadd.d f1, f2, f3, dyn\nfadd.d f1, f2, f3, rtz\n`,
  );
  assert.deepEqual(traps(inFrm), { count: 1, cause: 2, tval: 0x023170d3n });
  // What rounds nothing does not ask for a mode.
  const exact = await run(
    `${SET_UP}${fs(1)}\nla sp, result\ncsrwi frm, 7\nfmin.d f1, f2, f3\nfsgnj.s f1, f2, f3\nfeq.d a0, f1, f2\nflw f1, (sp)\n`,
  );
  assert.equal(traps(exact).count, 0);
});

test('FS becomes dirty by a written register and by a raised flag, not by reading', needs(...TOOLS), async () => {
  const CLEAN = 2;
  const status = async (text: string) =>
    (await run(`${SET_UP}\nla sp, result\n${fs(CLEAN)}\n${text}\n${SEE}`)).word('status');
  assert.equal(await status('fsd f1, (sp)\nfmv.x.w a0, f1\nfclass.d a0, f1\nfeq.d a0, f1, f1\nfcvt.w.d a0, f0'), 2n);
  assert.equal(await status('fld f1, (sp)'), 3n);
  assert.equal(await status('fsgnj.s f1, f1, f1'), 3n);
  assert.equal(await status(`li t0, -1\nfmv.d.x f1, t0\n${fs(CLEAN)}\nflt.d a0, f1, f1`), 3n, 'NV by a comparison');
  assert.equal(
    await status(`li t0, 0x3fc0000000000000\nfmv.d.x f1, t0\n${fs(CLEAN)}\nfcvt.l.d a0, f1`),
    3n,
    'NX by a conversion',
  );
});

test('singles are NaN-boxed when written and checked when read', needs(...TOOLS), async () => {
  const boxed = await run(
    `${SET_UP}${fs(1)}\nla sp, result\nli t0, 0x3f800000\nfmv.w.x f1, t0\nfadd.s f2, f1, f1\nfsd f2, (sp)`,
  );
  assert.equal(boxed.word('result'), 0xffffffff_40000000n);
  const unboxed = await run(
    `${SET_UP}${fs(1)}\nla sp, result\nli t0, 0x3f800000\nfmv.d.x f1, t0\nfadd.s f2, f1, f1\nfsd f2, (sp)`,
  );
  assert.equal(unboxed.word('result'), 0xffffffff_7fc00000n);
  const raw = await run(
    `${SET_UP}${fs(1)}\nla sp, result\nli t0, 0x12345678\nfmv.d.x f1, t0\nfsw f1, (sp)\nfmv.x.w t1, f1\nsw t1, 4(sp)`,
  );
  assert.equal(raw.word('result'), 0x12345678_12345678n, 'moves and stores take the bits as they are');
});
