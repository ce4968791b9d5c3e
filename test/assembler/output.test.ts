/** The file that comes out: headers, segments, symbols, attributes, line table. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assemble } from '../../assembler/assemble.js';
import { needs } from '../tools.js';
import { inFolder, run } from './other-tools.js';
import { build, sectionOf } from './ours.js';

const program = `
  .macro twice reg
  add \\reg, \\reg, \\reg
  nop
  .endm
  .globl _start
  .type _start, @function
_start:
  la a0, message
  twice a0
  call helper
  .rept 2
  nop
  .endr
  ecall
  .size _start, . - _start
  .section .text.more, "ax", @progbits
  .type helper, @function
helper:
  ret
  .section .rodata
message: .asciz "hello"
  .data
  .globl counter
  .type counter, @object
  .size counter, 8
  .align 3
counter: .dword 5
  .section .tdata, "awT", @progbits
  .dword 1
  .section .tbss, "awT", @nobits
slot: .space 16
  .bss
  .align 6
  .weak buffer
buffer: .space 10000
  .equ absolute, 42
`;

function withFile<T>(elf: Uint8Array, use: (file: string) => T): T {
  return inFolder((folder) => {
    const file = join(folder, 'a.elf');
    writeFileSync(file, elf);
    return use(file);
  });
}

const lines = (tool: string, args: string[], elf: Uint8Array) =>
  withFile(elf, (file) => {
    const { ok, out, errors } = run(tool, [...args, file]);
    assert.ok(ok, errors);
    assert.doesNotMatch(errors, /warning|error/i);
    return out.split('\n').map((line) => line.trim().replace(/\s+/g, ' '));
  });

test('headers, segments and symbols, as another tool reads them', needs('llvm-readelf-19'), () => {
  const out = lines('llvm-readelf-19', ['-h', '-l', '-S', '-s', '-W'], build(program, { entry: '_start' }));
  const has = (pattern: RegExp) =>
    assert.ok(
      out.some((line) => pattern.test(line)),
      `nothing matches ${pattern}`,
    );
  has(/^Type: EXEC/);
  has(/^Machine: RISC-V/);
  has(/^Entry point address: 0x10000$/);
  has(/^Flags: 0x5, RVC, double-float ABI/);
  has(/^LOAD 0x\w+ 0x0*10000 0x0*10000 0x\w+ 0x\w+ R E 0x1000/);
  has(/^LOAD 0x\w+ 0x0*11000 0x0*11000 0x0*6 0x0*6 R 0x1000/);
  has(/^LOAD 0x\w+ 0x0*12000 .* RW 0x1000/);
  has(/^TLS 0x\w+ 0x0*12000 0x0*12000 0x0*8 0x0*18 R 0x1/);
  has(/\.text PROGBITS 0000000000010000 \w+ \w+ 00 AX 0 0 2/);
  has(/\.bss NOBITS \w+ \w+ 002710 00 WA 0 0 64/);
  has(/: 0000000000010000 \d+ FUNC GLOBAL DEFAULT 1 _start$/);
  has(/: \w+ 0 FUNC LOCAL DEFAULT 1 helper$/);
  has(/: \w+ 8 OBJECT GLOBAL DEFAULT \d+ counter$/);
  has(/: \w+ 0 NOTYPE WEAK DEFAULT \d+ buffer$/);
  has(/: 0000000000000008 0 TLS LOCAL DEFAULT \d+ slot$/);
  has(/: 000000000000002a 0 NOTYPE LOCAL DEFAULT ABS absolute$/);
});

test('the attributes name the architecture', needs('riscv64-linux-gnu-readelf'), () => {
  const out = lines('riscv64-linux-gnu-readelf', ['-A'], build('nop', { arch: 'rv64imac_zicsr' }));
  assert.ok(out.includes('Tag_RISCV_stack_align: 16-bytes'));
  const arch = 'rv64i2p1_m2p0_a2p1_c2p0_zicsr2p0_zmmul1p0_zaamo1p0_zalrsc1p0_zca1p0';
  assert.ok(out.includes(`Tag_RISCV_arch: "${arch}"`), out.join('\n'));
});

test('the debugging information is sound', needs('llvm-dwarfdump-19'), () => {
  for (const source of [
    program,
    'nop',
    '.text\nnop\n.section .text.b,"ax"\nnop\n.section .init,"ax"\nnop',
    '.data\n.word 1',
  ])
    withFile(build(source), (file) => {
      const { ok, out } = run('llvm-dwarfdump-19', ['--verify', file]);
      assert.ok(ok && /No errors/.test(out), out);
    });
});

test(
  'every instruction maps to its line; a macro to the line that calls it, a repetition to its body',
  needs('llvm-dwarfdump-19'),
  () => {
    const elf = build(program, {}, 'folder/program.S');
    const out = lines('llvm-dwarfdump-19', ['--debug-line'], elf);
    const rows = out.flatMap((line) => {
      const row = /^0x0*([0-9a-f]+) (\d+) \d+ (\d+)/.exec(line);
      return row ? [{ address: Number.parseInt(row[1]!, 16), line: Number(row[2]), file: Number(row[3]) }] : [];
    });
    const lineAt = (address: number) => rows.filter((row) => row.address <= address).at(-1)?.line;
    assert.equal(lineAt(0x10000), 9); // la
    assert.equal(lineAt(0x10004), 9);
    assert.equal(lineAt(0x10008), 10); // twice
    assert.equal(lineAt(0x1000a), 10);
    assert.equal(lineAt(0x1000c), 11); // call
    assert.equal(lineAt(0x10014), 13); // the repeated nop
    assert.equal(lineAt(0x10016), 13);
    assert.equal(lineAt(0x10018), 15); // ecall
    assert.ok(
      out.some((line) => line === 'name: "folder/program.S"'),
      out.join('\n'),
    );
    const info = lines('llvm-dwarfdump-19', ['--debug-info'], elf);
    assert.ok(info.includes('DW_AT_name ("folder/program.S")'));
    assert.ok(info.includes('DW_AT_language (DW_LANG_Mips_Assembler)'));
  },
);

test(
  'lines of included files carry their own names, .loc replaces the count of lines',
  needs('llvm-dwarfdump-19'),
  () => {
    const include = (path: string) => (path === 'inc/b.S' ? '  nop\n  nop\n' : undefined);
    const made = assemble([{ name: 'src/a.S', text: '_start:\n#include "inc/b.S"\n  ret\n' }], { include });
    const out = lines('llvm-dwarfdump-19', ['--debug-line'], made.elf!);
    assert.ok(out.some((line) => line === 'name: "src/inc/b.S"'));
    const located = build('.file 1 "x.c"\n.loc 1 7 3\nnop\nnop\n.loc 1 9\nnop\n');
    const rows = lines('llvm-dwarfdump-19', ['--debug-line'], located);
    assert.ok(rows.some((line) => /^0x0*10000 7 3 1/.test(line)));
    assert.ok(!rows.some((line) => /^0x0*10002 /.test(line)));
    assert.ok(rows.some((line) => /^0x0*10004 9 0 1/.test(line)));
  },
);

test('gdb finds lines and symbols', needs('gdb-multiarch'), () => {
  // Without thread-local sections: where .tbss lies over .data, gdb reads zeros, whoever linked the file.
  const source = program.replace(/ *\.section \.tdata[\s\S]*(?= *\.bss)/, '');
  withFile(build(source, {}, 'program.S'), (file) => {
    const { out } = run('gdb-multiarch', [
      '-nx',
      '-batch',
      '-ex',
      'info line *0x10008',
      '-ex',
      'info symbol 0x10000',
      '-ex',
      'p (long)counter',
      file,
    ]);
    assert.match(out, /Line 10 of "(\.\/)?program\.S" starts at address 0x10008/);
    assert.match(out, /_start in section \.text/);
    assert.match(out, /\$1 = 5/);
  });
});

test('the base address, thread-local offsets and symbols that linkers define', () => {
  const elf = build(
    '_start: la gp, __global_pointer$\n.data\n.dword _end, __bss_start, _edata, __global_pointer$\n.bss\n.space 8',
    {
      base: 0x80000000n,
    },
  );
  const data = sectionOf(elf, '.data')!;
  const view = new DataView(data.bytes.buffer);
  const read = (i: number) => view.getBigUint64(8 * i, true);
  assert.equal(sectionOf(elf, '.text')!.address, 0x80000000n);
  assert.equal(data.address, 0x80001000n);
  assert.deepEqual([0, 1, 2, 3].map(read), [0x80001028n, 0x80001020n, 0x80001020n, 0x80001800n]);
  const tls = build(
    'lui a0, %tprel_hi(x)\nadd a0, a0, tp, %tprel_add(x)\naddi a0, a0, %tprel_lo(x)\n.section .tbss,"awT",@nobits\n.space 24\nx: .space 8',
  );
  const code = new DataView(sectionOf(tls, '.text')!.bytes.buffer);
  assert.equal(code.getUint16(0, true) | (code.getUint16(2, true) << 16), 0x00000537);
  assert.equal(code.getUint32(code.byteLength - 4, true) >>> 20, 24);
});
