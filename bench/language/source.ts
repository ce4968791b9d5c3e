/** The source that the language server is measured with. */

/** Code as people write it: functions with loops of vectors, calls and system calls between them. */
export function source(lines: number, seed: number): string {
  const out = ['        .globl  _start', '_start:'];
  const functions = Math.floor(lines / 25);
  for (let n = 0; n < functions; n++) out.push(`        call    work${n}`);
  out.push('        li      a7, 93', '        ecall');
  for (let n = 0; out.length < lines; n++) {
    const width = [8, 16, 32, 64][(n + seed) % 4]!;
    out.push(
      `# Adds two arrays of ${width}-bit numbers, number ${n}.`,
      `work${n}:`,
      '        addi    sp, sp, -32',
      '        sd      ra, 24(sp)',
      '        sd      s0, 16(sp)',
      '        li      s0, 100',
      '        la      a0, buffer',
      '        mv      a1, a0',
      `1:      vsetvli t0, s0, e${width}, m2, ta, ma`,
      `        vle${width}.v  v8, (a0)`,
      `        vle${width}.v  v10, (a1)`,
      '        vadd.vv v8, v8, v10',
      `        vse${width}.v  v8, (a0)`,
      '        sub     s0, s0, t0',
      `        slli    t1, t0, ${Math.log2(width / 8)}`,
      '        add     a0, a0, t1',
      '        add     a1, a1, t1',
      '        bnez    s0, 1b',
      '        li      a7, 178',
      '        ecall',
      '        ld      ra, 24(sp)',
      '        ld      s0, 16(sp)',
      '        addi    sp, sp, 32',
      '        ret',
    );
  }
  for (let n = 0; n < functions; n++) if (!out.includes(`work${n}:`)) out.push(`work${n}: ret`);
  out.push('        .bss', 'buffer: .zero   4096', '');
  return out.join('\n');
}
