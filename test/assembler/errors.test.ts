/** What the assembler says about mistakes: each line of a source with its diagnostic behind `#!`, all found in one run. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assemble, formatDiagnostic } from '../../assembler/assemble.js';
import { complaints } from './ours.js';

/** `text #! column: severity: message`, several after one another on lines of their own. */
function check(source: string, name = 'a.s'): void {
  const expected: string[] = [];
  let line = 0;
  const text = source.split('\n').flatMap((each) => {
    const [code, complaint] = each.split(/ *#! /) as [string, string | undefined];
    if (code.trim() || !complaint) line++;
    if (complaint) expected.push(`${name}:${line}:${complaint}`);
    return code.trim() || !complaint ? [code] : [];
  });
  assert.deepEqual(complaints(text.join('\n'), { arch: 'rv64gcv' }, name), expected);
}

test('mistakes in instructions and operands', () => {
  check(`
addi a0, a1, 1
  addd a0, a1, a2            #! 3: error: unknown instruction addd; did you mean addi?
  zzz                        #! 3: error: unknown instruction zzz
  add a0, a1                 #! 7: error: wrong number of operands: expected add rd, rs1, rs2 or add rd, rs1, number
  ecall a0                   #! 9: error: wrong number of operands: expected ecall
  add a0, a1, f0             #! 15: error: expected an integer register
  fadd.s fa0, a1, fa2        #! 15: error: expected a floating-point register
  vadd.vv v1, v2, a0         #! 19: error: expected a vector register
  vadd.vv v1, v2             #! 11: error: wrong number of operands: expected vadd.vv vd, vs2, vs1 [, v0.t]
  vadd.vv v1, v2, v3, v1.t   #! 23: error: expected the mask v0.t
  addi a0, a1, 5000          #! 16: error: 5000 is out of range: it must be from -2048 to 2047
  slli a0, a1, 64            #! 16: error: 64 is out of range: it must be from 0 to 63
  lui a0, -1                 #! 11: error: -1 is out of range: it must be from 0 to 1048575
  vadd.vi v1, v2, 16         #! 19: error: 16 is out of range: it must be from -16 to 15
  lw a0, 4(v1)               #! 10: error: expected an integer register
  lw a0, 4096(a1)            #! 10: error: 4096 is out of range: it must be from -2048 to 2047
  lw a0                      #! 6: error: wrong number of operands: expected lw rd, number(rs1)
  lw a0, 8                   #! 10: error: expected an offset and a register in parentheses: 8(a0)
  amoadd.w a0, a1, 4(a2)     #! 20: error: this instruction takes no offset
  c.lwsp zero, 4(sp)         #! 10: error: expected an integer register other than x0
  c.addi4spn a6, sp, 4       #! 14: error: expected one of the eight integer registers of compressed instructions (s0, s1, a0 to a5)
  c.addi4spn a0, sp, 0       #! 22: error: 0 is out of range: it must be from 4 to 1020 in steps of 4
  c.lw a0, 2(a1)             #! 12: error: 2 is out of range: it must be from 0 to 124 in steps of 4
  c.lui a0, 32               #! 13: error: 32 is out of range: it must be from 1 to 31 or from 0xfffe0 to 0xfffff
  csrr a0, mstatuss          #! 12: error: there is no CSR mstatuss; did you mean mstatus?
  csrr a0, 4096              #! 12: error: 4096 is out of range: it must be from 0 to 4095
  fadd.s fa0, fa1, fa2, rzt  #! 25: error: expected a rounding mode: rne, rtz, rdn, rup, rmm or dyn
  fence wr, rw               #! 9: error: expected a set of i, o, r, w in this order
  vsetvli t0, a0, e31, m1    #! 19: error: expected an element width: e8, e16, e32 or e64
  vsetvli t0, a0, e32, m3    #! 24: error: expected a group size (m1, m2, m4, m8, mf2, mf4, mf8), or ta or tu, or ma or mu
  vsetvli t0, a0, e32, ta, m2 #! 28: error: expected ma or mu
  addi a0 a1, 2              #! 11: error: expected a comma after a0
  add a0, a1, a2 extra       #! 18: error: expected a comma after a2
  lui a0, %lo(x)             #! 11: error: this makes a lower half, for a 12-bit immediate
  addi a0, a0, %hi(x)        #! 16: error: this makes an upper half, for lui or auipc
  addi a0, a0, %low(x)       #! 16: error: unknown relocation operator %low; there are %hi, %lo, %pcrel_hi, %pcrel_lo, %got_pcrel_hi, %tls_ie_pcrel_hi, %tls_gd_pcrel_hi, %tprel_hi, %tprel_lo, %tprel_add
  la a0                      #! 6: error: wrong number of operands: expected la rd, symbol
  la 5, a0                   #! 6: error: expected an integer register
  li a0, a1                  #! 10: error: expected a number
  vmsge.vx v0, v1, a0, v0.t  #! 24: error: with v0 as masked destination, name a scratch register after v0.t
`);
});

test('mistakes with symbols, found when everything has its place', () => {
  check(`
start: nop
  beq a0, a1, nowhere        #! 15: error: undefined symbol nowhere
  call strat                 #! 8: error: undefined symbol strat; did you mean start?
  .word nowhere + start      #! 9: error: undefined symbol nowhere
  li a0, unknown             #! 10: error: li takes a number that is known here: define unknown above, or take la for an address
  j 1b                       #! 5: error: there is no label 1: before this line
  j 1f                       #! 5: error: there is no label 1: after this line
start: nop                   #! 1: error: start is defined already on line 2
  .set start, 3              #! 8: error: start is defined already on line 2
  .equiv once, 1
  .equiv once, 2             #! 10: error: once is defined already on line 11
  a = b                      #! 7: error: this has no value (a division by zero, or symbols defined by each other, or by too many others)
  b = a
  .word a
  .word 1 / 0                #! 11: error: division by zero
  addi a0, a0, %pcrel_lo(start) #! 16: error: %pcrel_lo takes the label of an auipc whose operand is %pcrel_hi
  lui a0, %hi(0x100000000)   #! 11: error: two halves can't reach this: 4294967296 is over 31 bits
  addi a0, a0, later - start #! 16: error: 4150 is out of range: it must be from -2048 to 2047
  c.j later                  #! 7: error: the distance 4114 is out of range: it must be from -2048 to 2046 in steps of 2
  .data
  .byte later - start        #! 9: error: 0x1036 does not fit 8 bits
  .text
  .space 4096 + 16
later:
  jal t0, far                #! 11: error: the distance 4194304 is out of range: it must be from -1048576 to 1048574 in steps of 2
  far = . + 0x400000 - 4
`);
});

test('mistakes in directives', () => {
  check(`
  .foo                       #! 3: error: unknown directive .foo
  .algn 3                    #! 3: error: unknown directive .algn; did you mean .align?
  .string "abc               #! 11: error: this string has no end
  .string abc                #! 11: error: expected a string in double quotes
  .word 1 +                  #! 12: error: expected an expression, but the statement ends here
  .word 1 2                  #! 11: error: unexpected 2 at the end of the statement
  .word 09                   #! 9: error: 09 is no number
  .word (1 + 2               #! 15: error: expected ) after the expression, but the statement ends here
  .byte 256                  #! 9: warning: 256 does not fit 8 bits and is cut off
  .double 1.5.5              #! 10: error: expected a floating-point number
  .align 99                  #! 10: error: an alignment is a power of two from 0 to 24
  .balign 3                  #! 11: error: an alignment in bytes is a power of two
  .space -1                  #! 10: error: can't reserve -1 bytes
  .space 1 << 40             #! 3: error: .text would grow over 64 MiB
  .globl 5                   #! 10: error: expected a symbol
  .type f, @thing            #! 13: error: expected @function, @object, @tls_object or @notype
  .section .a, "q"           #! 16: error: unknown section flag q: expected letters of awxMSTG
  .option nothing            #! 11: error: unknown option nothing; there are arch, push, pop, rvc, norvc, pic, nopic, relax, norelax, csr-check, no-csr-check
  .option arch, +nothing     #! 3: error: there is no extension nothing
  .option pop                #! 3: error: .option pop without .option push
  .popsection                #! 3: error: .popsection without .pushsection
  .include "no.inc"          #! 12: error: can't read no.inc
  .error "stop here"         #! 3: error: stop here
  .warning "look"            #! 3: warning: look
  .bss
  nop                        #! 3: error: .bss holds no contents; only space can be reserved there
  .word 1                    #! 3: error: .bss holds no contents; only space can be reserved there
  .word 0
  .endif                     #! 3: error: .endif without .if
  .endm                      #! 3: error: .endm without .macro
  .section .other
  .org 4
  .org 2                     #! 8: error: .org can't go back: this place is 2 bytes behind
  .if 1                      #! 3: error: this condition has no .endif
`);
});

test('what an architecture lacks', () => {
  check(`
  .option arch, -v
  vadd.vv v1, v2, v3         #! 3: error: vadd.vv needs the extension V, which the architecture in force (rv64gcv, -v) lacks
  .option push
  .option arch, rv64i
  mul a0, a0, a0             #! 3: error: mul needs the extension M or Zmmul, which the architecture in force (rv64i) lacks
  c.nop                      #! 3: error: c.nop needs the extension C or Zca, which the architecture in force (rv64i) lacks
  .option arch, +c, +m
  mul a0, a0, a0
  c.fld fa0, 0(a0)           #! 3: error: c.fld needs the extension D, which the architecture in force (rv64i, +c, +m) lacks
  .option pop
  .option arch, +v
  vadd.vv v1, v2, v3
`);
  assert.deepEqual(complaints('vadd.vv v1, v2, v3', { arch: 'rv64gc' }), [
    'a.s:1:1: error: vadd.vv needs the extension V, which the architecture in force (rv64gc) lacks',
  ]);
  assert.equal(complaints('nop', { arch: 'rv64gcx' }).length, 1);
});

test('pairs of registers, offsets of prefetches, rounds of keys, and what two extensions share', () => {
  check(`
  .option arch, rv64gc_zacas_zicbop_zknd_zbkb_zicboz
  amocas.q a0, a2, (a4)
  amocas.q a1, a2, (a4)      #! 12: error: expected an even-numbered integer register
  amocas.q a0, a3, (a4)      #! 16: error: expected an even-numbered integer register
  prefetch.r 33(a0)          #! 14: error: 33 is out of range: it must be from -2048 to 2016 in steps of 32
  prefetch.r 2048(a0)        #! 14: error: 2048 is out of range: it must be from -2048 to 2016 in steps of 32
  aes64ks1i a0, a1, 11       #! 21: error: 11 is out of range: it must be from 0 to 10
  cbo.zero 8(a0)             #! 12: error: this instruction takes no offset
  andn a0, a1, a2
  .option arch, rv64gc
  andn a0, a1, a2            #! 3: error: andn needs the extension Zbb or Zbkb, which the architecture in force (rv64gc) lacks
  zext.w a0, a1
  pause
`);
});

test('mistakes inside macros are reported where the macro was called', () => {
  check(`
  .macro m x, y:req
  addi \\x, \\x, \\y
  .endm
  m a0, 1
  m a0, 5000                 #! 3: error: 5000 is out of range: it must be from -2048 to 2047 (in macro m)
  m a0                       #! 3: error: macro m needs a value for y
  m a0, 1, 2                 #! 3: error: macro m takes at most 2 arguments
  .macro m                   #! 3: error: macro m is defined already on line 2; .purgem m removes it
  .endm
  .macro forever
  forever
  .endm
  .rept 3
  .rept 2
  bad                        #! 3: error: unknown instruction bad
  .endr
  .endr
  .irp                       #! 3: error: .irp has no .endr
`);
  const wild = complaints('.macro forever\nforever\n.endm\nforever\n');
  assert.match(wild[0]!, /^a\.s:4:1: error: macros, repetitions or includes are nested too deeply/);
  const doubling = complaints('.macro d x:vararg\nd \\x\\x\n.endm\nd aaaaaaaa\n');
  assert.match(doubling[0]!, /^a\.s:4:1: error: (a line of this expansion is over 64 KiB|macros, repetitions)/);
});

test('an instruction at an odd address is pointed out, once in a section', () => {
  check(`
  .byte 1
  nop                        #! 3: warning: this instruction has an odd address; .align 1 before it would help
  nop
`);
});

test('a program needs a start', () => {
  const diagnose = (text: string) => assemble([{ name: 'a.S', text }]).diagnostics.map(formatDiagnostic);
  assert.deepEqual(diagnose('nop'), [
    'a.S:1:1: error: no symbol _start, where execution would start; write "_start:" before the first instruction',
  ]);
  assert.match(diagnose('main: ret')[0]!, /there is a main, but nothing that calls it/);
  assert.deepEqual(diagnose('_start: nop'), []);
});

test('several sources are linked: globals are shared, other names are their own', () => {
  const link = (...texts: string[]) => assemble(texts.map((text, i) => ({ name: `${i}.s`, text })));
  const good = link(
    '.globl _start, shared\n_start: call helper\nshared: .word 1\nown: ret',
    '.globl helper\nhelper: la a0, shared\nown: ret',
  );
  assert.deepEqual(good.diagnostics, []);
  assert.ok(good.elf);
  assert.deepEqual(link('_start: call helper', 'helper: ret').diagnostics.map(formatDiagnostic), [
    '0.s:1:14: error: undefined symbol helper',
  ]);
  assert.deepEqual(link('.globl _start\n_start: ret', '.globl _start\n_start: ret').diagnostics.map(formatDiagnostic), [
    '1.s:2:1: error: _start is defined already in 0.s:2',
  ]);
});
