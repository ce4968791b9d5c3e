/** Whole sources against GNU as and ld: the same bytes in every section. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs, trixie } from '../tools.js';
import { inFolder, run } from './other-tools.js';
import { build, hex, sectionOf, textOf } from './ours.js';
import { randomFrom } from './samples.js';

/** GNU's assembler and linker, and the architecture that a source is for. */
interface Tools {
  readonly as: string;
  readonly ld: string;
  readonly arch: string;
}
const system: Tools = { as: 'riscv64-linux-gnu-as', ld: 'riscv64-linux-gnu-ld', arch: 'rv64gcv_zihintpause' };
/** The newer ones, which know what came after V. */
const newer = (arch: string): Tools => ({
  as: trixie('riscv64-unknown-elf-as'),
  ld: trixie('riscv64-unknown-elf-ld'),
  arch,
});
const sections = ['.text', '.rodata', '.data', '.bss', '.tdata', '.tbss'];

/** Assemble and link by GNU's tools, each section at the address where ours is. */
function linkedByGnu({ as, ld, arch }: Tools, source: string, ours: Uint8Array): Uint8Array {
  return inFolder((folder) => {
    const [input, object, script, output] = ['a.s', 'a.o', 'a.ld', 'a.elf'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
      string,
    ];
    writeFileSync(input, source);
    const assembled = run(as, [`-march=${arch}`, '-mno-relax', '-o', object, input]);
    assert.ok(assembled.ok, assembled.errors);
    const places = sections.flatMap((name) => {
      const section = sectionOf(ours, name);
      return section ? [`${name} 0x${section.address.toString(16)} : { *(${name} ${name}.*) }`] : [];
    });
    writeFileSync(script, `SECTIONS {\n${places.join('\n')}\n}\n`);
    const linked = run(ld, ['--no-relax', '-T', script, '-e', '0', '-o', output, object]);
    assert.ok(linked.ok, linked.errors);
    return new Uint8Array(readFileSync(output));
  });
}

function same(source: string, tools = system): void {
  const ours = build(source, { arch: tools.arch });
  const theirs = linkedByGnu(tools, source, ours);
  for (const name of sections) {
    const [a, b] = [sectionOf(ours, name), sectionOf(theirs, name)];
    // GNU as fills code up to its section's alignment, here at most 16; that says nothing of the program.
    const surplus = (b?.size ?? 0) - (a?.size ?? 0);
    if (name !== '.text' || surplus < 0 || surplus >= 16) assert.equal(surplus, 0, `size of ${name}`);
    if (a && b) assert.equal(hex(a.bytes), hex(b.bytes.subarray(0, a.bytes.length)), name);
  }
}

const compare = (name: string, source: string, tools = system) =>
  test(name, needs(tools.as, tools.ld), () => same(source, tools));

compare(
  'integers, strings and numbers of every size',
  `
  .data
  .byte 1, -1, 255, -128, 'a', '\\n', '\\\\', 0b101, 017, 0x7f
  .half 1, -1, 65535
  .short 2
  .2byte 0x1234
  .word 1, -1, 0xffffffff, -0x80000000
  .long 3
  .int 4
  .4byte 0x12345678
  .dword 1, -1, 0xffffffffffffffff
  .quad 0x123456789abcdef0
  .8byte 5
  .ascii "a", "b\\n\\t\\"\\\\\\101\\x41"
  .asciz "c" "d"
  .string "e;f # g // h"
  .float 1.5, -0.25, 1e10, 3
  .single 0.1
  .double 1.5, -0.1, 1e300, 2.5e-3
  .uleb128 0
  .uleb128 127
  .uleb128 128
  .uleb128 300
  .sleb128 -1
  .sleb128 63
  .sleb128 64
  .sleb128 -64
  .sleb128 -65
  .zero 3
  .space 2, 7
  .skip 4
  .fill 3, 2, 0x1234
  .fill 2, 8, 0x12345678
  .fill 2
`,
);

compare(
  'sections, alignment and symbols',
  `
  .text
  nop
  .align 3
start: nop
  .balign 16
  nop
  .p2align 2, , 1
  nop
  .section .rodata
  .byte 1
  .align 2
table: .word 1, table - ., end - table
  .dword start, table + 8, end
end:
  .section .rodata.more,"a",@progbits
  .asciz "text"
  .data
  .byte 1
  .balign 8, 0xff
  .dword .
  .pushsection .rodata
  .word 42
  .popsection
  .word 43
  .previous
  .word 44
  .bss
  .align 3
buffer: .space 100
  .lcomm local, 7
  .lcomm large, 70
  .section .data.more,"aw",@progbits
  .dword buffer
  .set alias, start + 4
  .dword alias
  first = . - 8
  .dword first
  .weak nobody
  .dword nobody
`,
);

compare(
  'expressions: operators, precedence, locations',
  `
  .equ four, 4
  .data
base: .word 1 + 2 * 3, (1 + 2) * 3, 1 << 4 + 1, 7 & 3 | 8, 6 ^ 3, ~0, -5 / 2, -5 % 3, 100 >> 2
  .word 1 == 1, 1 != 1, 1 < 2, 2 <= 1, 2 > 1, 1 >= 1, 1 <> 2, 1 && 0, 1 || 0, !0, !5
  .word four * four, -four, +four, 1 - -1, ~four & 0xff
  .word . - base, later - base, (later - base) / 4, later - . + 1
  .dword base + 8, later, . , . - 8
1: .word 1b - base, 1f - base
1: .word 1b - base
  four = 5
  .word four
  .set four, four + 1
  .word four, 'a' + 1, 0x10 | 0b11
later:
`,
);

compare(
  'macros, repetitions and conditions',
  `
  .macro push reg, count=1, more:vararg
  addi sp, sp, -8 * \\count
  sd \\reg, 0(sp)
  .ifnb \\more
  push \\more
  .endif
  .endm
  push ra
  push s0, 2
  push s1, count=3
  push a0, 1, a1, 2
  .macro label name
\\name\\()_start: j \\name\\()_start
  .L\\@: j .L\\@
  .endm
  label one
  label two
  .rept 3
  addi a0, a0, 1
  .endr
  .irp reg, a0, a1, a2
  mv \\reg, s0
  .endr
  .irpc digit, 123
  li a\\digit, \\digit
  .endr
  .equ debug, 2
  .if debug == 2
  nop
  .elseif debug
  ret
  .else
  ebreak
  .endif
  .ifdef debug
  li a0, 1
  .endif
  .ifndef nothing
  li a0, 2
  .endif
  .ifc abc, abc
  li a0, 3
  .endif
  .macro outer x
  .macro inner y
  addi \\y, \\y, \\x
  .endm
  inner a5
  .endm
  outer 3
  inner a4
  .macro countdown n
  .word \\n
  .if \\n
  countdown (\\n - 1)
  .endif
  .endm
  countdown 3
  .macro early n
  .word 1
  .exitm
  .word 2
  .endm
  early 1
`,
);

compare(
  'macros of the other syntax',
  `
  .altmacro
  .macro fill name, count, value
  LOCAL again, done
  li name, count
again: addi name, name, -1
  beqz name, done
  li a1, value
  bnez a1, again
done: nop
label_&name: j label_&name&_end
label_&name&_end:
  .endm
  .set n, 3
  fill a0, 5, %n * 4 + 1
  fill a2 6, %(n + 1)
  .macro data text, more
  .data
  .ascii "&text"
  .ascii "text"
  .byte more
  .text
  .endm
  data <a,b!>c>, <1, 2>
  data plain, 3
  .noaltmacro
  .macro usual x
  li a0, \\x
  .endm
  usual 4
`,
);

compare(
  'pseudo-instructions of one and several instructions',
  `
  .globl f
f: nop; mv a0, a1; not a0, a1; neg a0, a1; negw a0, a1; sext.w a0, a1; seqz a0, a1; snez a0, a1; sltz a0, a1; sgtz a0, a1
  sext.b a0, a1; sext.h a0, a1; zext.b a0, a1; zext.h a0, a1; zext.w a0, a1
  beqz a0, f; bnez s5, f; blez a0, f; bgez a0, f; bltz a0, f; bgtz a0, f
  bgt a0, a1, f; ble a0, a1, f; bgtu a0, a1, f; bleu a0, a1, f; sgt a0, a1, a2; sgtu a0, a1, a2
  j f; jal f; jal t0, f; jr a0; jr 8(a0); jalr a0; jalr 8(a0); jalr a1, a0; jalr a1, 8(a0); jalr a1, a0, 8; ret
  call f; tail f; jump f, t3; la a0, f; lla a0, f; la a0, 0x12345
  lb a0, data; lhu a0, data; ld a0, data; sb a0, data, t0; sd a0, data + 8, t0; flw fa0, data, t0; fld fa0, data, t0; fsd fa0, data, t0
  fence; fence rw, w; fence.tso; fence.i; pause; ecall; ebreak; wfi; mret; sret; unimp
  sfence.vma; sfence.vma a0; sfence.vma a0, a1
  csrr a0, mstatus; csrw mstatus, a0; csrs mstatus, a0; csrc mstatus, a0; csrwi mstatus, 1; csrsi mstatus, 1; csrci mstatus, 1
  csrw mstatus, 3; csrrw a0, mstatus, 3; csrrs a0, 0x300, a1; csrr a0, vlenb
  rdcycle a0; rdtime a0; rdinstret a0; frcsr a0; fscsr a0; fscsr a0, a1; frrm a0; fsrm a0; fsrm a0, a1; fsrmi 3; fsrmi a0, 3
  frflags a0; fsflags a0; fsflags a0, a1; fsflagsi 3; fsflagsi a0, 3
  add a0, a1, 5; and a0, a1, 5; or a0, a1, 5; xor a0, a1, 5; sll a0, a1, 5; srl a0, a1, 5; sra a0, a1, 5; slt a0, a1, 5; sltu a0, a1, 5
  addw a0, a1, 5; sllw a0, a1, 5; srlw a0, a1, 5; sraw a0, a1, 5
  fmv.s fa0, fa1; fabs.s fa0, fa1; fneg.s fa0, fa1; fmv.d fa0, fa1; fabs.d fa0, fa1; fneg.d fa0, fa1
  fgt.s a0, fa1, fa2; fge.d a0, fa1, fa2; fmv.x.s a0, fa0; fmv.s.x fa0, a0
  vneg.v v8, v9; vnot.v v8, v9, v0.t; vwcvt.x.x.v v8, v10; vncvt.x.x.w v8, v10; vfneg.v v8, v9; vfabs.v v8, v9
  vmsgt.vv v8, v9, v10; vmsgeu.vv v8, v9, v10; vmfgt.vv v8, v9, v10; vmfge.vv v8, v9, v10
  vmmv.m v8, v9; vmclr.m v8; vmset.m v8; vmnot.m v8, v9; vl1r.v v8, (a0); vl2r.v v8, (a0)
  vmslt.vi v8, v9, 16; vmsltu.vi v8, v9, 0; vmsge.vi v8, v9, -15; vmsgeu.vi v8, v9, 0; vmsgeu.vi v8, v9, 3
  vmsge.vx v8, v9, a0; vmsgeu.vx v8, v9, a0, v0.t
  vsetvli t0, a0, e32, m2, ta, ma; vsetvli t0, a0, e8; vsetvli t0, a0, e64, mf2, tu; vsetivli t0, 3, e16, m8, ta, mu; vsetvli t0, a0, 0xd0
  vle32.v v8, (a0), v0.t; vle32.v v8, 0(a0); amoadd.w a0, a1, (a2); amoswap.d.aqrl a0, a1, 0(a2); lr.w.aq a0, (a1); sc.d.rl a0, a1, (a2)
  lui a0, %hi(data); addi a0, a0, %lo(data); lw a1, %lo(data)(a0); sw a1, %lo(data)(a0)
1: auipc a0, %pcrel_hi(data); addi a0, a0, %pcrel_lo(1b); ld a1, %pcrel_lo(1b)(a0); sd a1, %pcrel_lo(1b)(a0)
  fadd.s fa0, fa1, fa2, rtz; fadd.s fa0, fa1, fa2; fcvt.w.d a0, fa0, rtz; fcvt.w.d a0, fa0; fcvt.d.w fa0, a0
  move a0, a1; scall; sbreak; lw a0, (a1)
  .data
data: .dword 1, 2
`,
);

compare(
  'what is compressed, and what is not',
  `
f: addi a0, a0, 1; addi a0, a0, 0; addi a0, a0, 31; addi a0, a0, 32; addi a0, a1, 0; addi sp, sp, 16; addi sp, sp, -512; addi sp, sp, 64; addi sp, sp, 496
  addi s0, sp, 4; addi s0, sp, 1020; addi s0, sp, 1024; addi a0, zero, 5; addi zero, zero, 0; addi zero, zero, 5; addi zero, a0, 0
  addiw a0, a0, 0; addiw a0, a0, -32; addiw a0, a1, 1; addiw zero, zero, 0; li zero, 3; li a0, -32; li a0, 32
  lui a0, 1; lui a0, 31; lui a0, 32; lui a0, 0xfffe0; lui a0, 0xfffdf; lui sp, 1; lui zero, 1; lui a0, 0
  slli a0, a0, 1; slli a0, a0, 0; slli a0, a0, 63; slli zero, zero, 1; slli a0, a1, 1; srli a0, a0, 63; srli a0, a0, 0; srai s1, s1, 4; srli t3, t3, 4
  andi a0, a0, -1; andi a0, a0, 32; and a0, a0, a1; and a0, a1, a0; or a0, a1, a0; xor a0, a1, a0; sub a0, a0, a1; sub a0, a1, a0; addw a0, a1, a0; subw a0, a0, a1; and t3, t3, t4
  add a0, a0, a1; add a0, a1, a0; add a0, zero, a1; add a0, a1, zero; add zero, zero, a1; add zero, a0, zero; add a0, a0, zero; mv zero, a0; mv t6, t5
  lw a0, 0(a1); lw a0, 124(a1); lw a0, 128(a1); lw a0, 2(a1); lw a0, 0(t3); lw a0, 252(sp); lw zero, 0(sp); ld a0, 248(a1); ld a0, 504(sp); ld a0, 256(a1)
  sw a0, 124(a1); sw t6, 252(sp); sd a0, 248(a1); sd t6, 504(sp); fld fa0, 248(a1); fld ft11, 504(sp); fsd fa0, 248(a1); fsd ft11, 504(sp); flw fa0, 0(a0); fsw fa0, 0(sp)
  jalr a0; jr a0; jalr ra, 4(a0); jalr t0, 0(a0); ebreak; ret; jr t0
  beq a0, zero, f; beq zero, a0, f; bne s1, zero, f; beq t3, zero, f; j f; jal ra, f
  .option push
  .option norvc
  addi a0, a0, 1; ret; nop; beqz a0, f; j f; unimp
  .align 3
  .option pop
  addi a0, a0, 1
  c.addi a0, 1; c.li a0, 2; c.lwsp a0, 4(sp); c.sdsp a0, 8(sp); 2: c.j 2b; c.bnez a0, 2b; c.nop; c.ebreak; c.mv a0, a1; c.addi16sp sp, 32; c.addi4spn a0, sp, 8
  .option arch, -c
  ret
  .option arch, +c
  ret
`,
);

test('constants of any size are loaded as GNU as loads them', needs(system.as, system.ld), () => {
  const random = randomFrom(3);
  const bits = () => BigInt(random(2 ** 32));
  const list = [
    0n,
    1n,
    -1n,
    2047n,
    2048n,
    -2048n,
    -2049n,
    4096n,
    0x7ffff800n,
    0x7fffffffn,
    0x80000000n,
    0xffffffffn,
    -0x80000000n,
    1n << 32n,
    1n << 63n,
    -(1n << 63n),
    0x7ff0000000000000n,
  ];
  for (let i = 0; i < 300; i++) {
    const shift = BigInt(random(64));
    list.push(BigInt.asIntN(64, ((bits() << 32n) | bits()) >> shift), BigInt.asIntN(64, bits() << shift));
  }
  same(list.map((value) => `li a${random(8)}, ${value}`).join('\n'));
});

test('branches near and far are made as GNU as makes them', needs(system.as, system.ld), () => {
  for (const distance of [10, 120, 126, 128, 1000, 2040, 2048, 4000, 4094, 4096, 4200, 100000]) {
    same(`
  .globl f
f: beqz a0, 1f; bnez a0, 1f; beq a0, a1, 1f; bltu t3, t4, 1f; blez t3, 1f; j 1f; bgt a0, a1, 1f
  .space ${2 * Math.floor(distance / 2)}
1: beqz a0, f; bnez a0, f; bne a0, a1, f; bge t3, t4, f; j f; jal f
  .option norvc
  beqz a0, f; blt a0, a1, f; j f
`);
  }
});

test('many branches at many distances settle as GNU as settles them', needs(system.as, system.ld), () => {
  const random = randomFrom(4);
  const lines: string[] = [];
  for (let i = 0; i < 400; i++) {
    const target = `L${Math.max(0, Math.min(399, i + random(120) - 60))}`;
    lines.push(
      `L${i}: ${['beqz a0', 'bne a0, a1', 'j', 'bltz t3'][random(4)]!.replace(/^(\S+)$/, '$1 ').replace(/(\w)$/, '$1, ')}${target}`,
    );
    for (let n = random(6); n > 0; n--) lines.push(['add a0, a0, a1', 'add a0, a1, a2', 'lw a0, 400(a1)'][random(3)]!);
  }
  same(lines.join('\n'));
});

compare(
  'instructions by format and fields',
  `
f: .insn r 0x33, 0, 0, a0, a1, a2
  .insn r CUSTOM_0, 7, 0x7f, fa0, a1, fa2
  .insn r4 MADD, 0, 1, fa0, fa1, fa2, fa3
  .insn i OP_IMM, 0, a0, a1, -5
  .insn i LOAD, 3, a0, 16(sp)
  .insn s STORE, 3, a0, -16(sp)
  .insn b BRANCH, 1, a0, a1, f
  .insn sb 0x63, 1, a0, a1, g
  .insn u LUI, a0, 0xfffff
  .insn j JAL, a0, f
  .insn uj 0x6f, a0, g
  .insn 0x00c58533
  .insn 4, 0x00c58533
  .insn 0x4505
g:
`,
);

test('differences from GNU as, each for a reason', () => {
  const differences = [
    // The same instruction by its long name is compressed all the same, as LLVM does.
    { source: 'jalr ra, 0(a0)', bytes: '02 95' },
    { source: 'jalr zero, 0(ra)', bytes: '82 80' },
    { source: '1: jal zero, 1b', bytes: '01 a0' },
    { source: 'mv a0, zero', bytes: '01 45' },
    // The address goes into the link register itself, as the instruction set manual has it; GNU as overwrites t1.
    { source: 'f: call t0, f', bytes: '97 02 00 00 e7 82 02 00' },
    // A small constant is one compressed instruction here too.
    { source: 'la a0, 7', bytes: '1d 45' },
    // The scratch register is compared in full, as the vector specification has it; the result is the same.
    { source: 'vmsge.vx v0, v9, a0, v0.t, v2', bytes: '57 41 95 6e 57 20 01 62' },
  ];
  for (const { source, bytes } of differences) assert.equal(hex(textOf(source)), bytes, source);
});

const bits = `
  sext.b a0, a1; sext.h a0, a1; zext.h a0, a1; zext.w a0, a1; zext.b a0, a1
  ror a0, a1, 3; ror a0, a1, a2; rorw a0, a1, 3; rori a0, a1, 63; rev8 a0, a1
  bclr a0, a1, 33; bext a0, a1, 5; binv a0, a1, 63; bset a0, a1, 0; bset a0, a1, a2
  add.uw a0, a1, a2; slli.uw a0, a1, 40; sh3add a0, a1, a2
`;
compare('bit manipulation by its other names', bits, newer('rv64gc_zba_zbb_zbs'));
compare(
  'and without it, as far as shifts stand in',
  'sext.b a0, a1; sext.h a2, a2; zext.h a0, a1; zext.w a0, a0',
  newer('rv64gc'),
);
compare(
  'the shorter forms of Zcb, where GNU as takes them',
  `
  lbu a0, 1(a1); lbu a0, 4(a1); lbu s2, 0(a1); lhu a0, 2(a1); lhu a0, 1(a1); lh a0, 0(a1); lh a0, (a1); lb a0, 0(a1)
  sb a0, 3(a1); sh a0, 2(a1); sh a0, 4(a1)
  zext.b a0, a0; zext.b a0, a1; andi a0, a0, 255; sext.b a0, a0; sext.h a0, a0; zext.h a0, a0; zext.w a0, a0; zext.w s2, s2
  not a0, a0; not a0, a1; mul a0, a0, a1; mul a0, a1, a0; mul a0, a1, a2
  .option norvc
  lbu a0, 1(a1); not a0, a0; ntl.all
`,
  newer('rv64gc_zba_zbb_zcb_zihintntl'),
);
compare(
  'hints, cache blocks, waits and compare-and-swap',
  `
  ntl.p1; ntl.pall; ntl.s1; ntl.all; c.ntl.s1; pause; wrs.nto; wrs.sto
  cbo.zero (a0); cbo.zero 0(a0); cbo.clean (t0); cbo.flush (a1); cbo.inval (a2)
  prefetch.i 32(a0); prefetch.r -2048(a0); prefetch.w 0(a1)
  amocas.w a0, a1, (a2); amocas.d.aq a0, a1, (a2); amocas.q.aqrl a0, a2, (a4); amocas.b.rl a0, a1, (a2); amoadd.h.aqrl a0, a1, 0(a2)
  mop.r.31 a0, a1; mop.rr.7 a0, a1, a2; c.mop.15; czero.eqz a0, a1, a2
`,
  newer('rv64gc_zihintntl_zihintpause_zawrs_zicbom_zicbop_zicboz_zacas_zabha_zimop_zcmop_zicond'),
);
