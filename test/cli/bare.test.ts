import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder, harthop } from './harthop.js';

const place = folder();

/** Assemble for machine mode, at the start of RAM. */
function bare(name: string, text: string, march = 'rv64gcv'): string {
  const [source, elf] = [join(place, `${name}.S`), join(place, `${name}.elf`)];
  writeFileSync(source, text);
  assert.equal(harthop(['asm', source, '-o', elf, '--base', '0x80000000', '--march', march]).stderr, '');
  return elf;
}

const tohost = `
  .data
  .align 6
  .globl tohost, fromhost
tohost: .dword 0
fromhost: .dword 0
`;

test('a bare program that writes 1 to tohost passes, and its signature is written', () => {
  const elf = bare(
    'pass',
    `.globl _start
_start: csrr t0, mhartid
  la t1, begin_signature
  slli t0, t0, 2
  add t1, t1, t0
  li t2, 0xdeadbeef
  sw t2, 0(t1)
  la t1, tohost
  li t2, 1
  sd t2, 0(t1)
1: j 1b
${tohost}
  .globl begin_signature, end_signature
begin_signature: .word 0, 7
end_signature:
`,
  );
  const signature = join(place, 'signature');
  const { status, stderr } = harthop(['run', '--bare', elf, '--isa', 'rv64imac_zicsr', '--signature', signature]);
  assert.deepEqual([status, stderr], [0, '']);
  assert.equal(readFileSync(signature, 'utf8'), 'deadbeef\n00000007\n');
  assert.equal(harthop(['run', '--bare', elf, '--engine', 'lockstep']).status, 0);
});

test('a failing test is named by its number', () => {
  const elf = bare(
    'fail',
    `.globl _start\n_start: la t1, tohost\n  li t2, (12 << 1) | 1\n  sd t2, 0(t1)\n1: j 1b\n${tohost}`,
  );
  const { status, stderr } = harthop(['run', '--bare', elf]);
  assert.equal(status, 1);
  assert.match(stderr, /test 12 failed/);
});

test('--harts starts as many harts', () => {
  // Each hart adds one; the first waits for all four.
  const elf = bare(
    'harts',
    `.globl _start
_start: la t0, count
  li t1, 1
  amoadd.w zero, t1, (t0)
  csrr t2, mhartid
  bnez t2, 2f
1: lw t3, 0(t0)
  li t4, 4
  bne t3, t4, 1b
  la t1, tohost
  li t2, 1
  sd t2, 0(t1)
2: j 2b
${tohost}
count: .word 0
`,
  );
  assert.equal(harthop(['run', '--bare', elf, '--harts', '4', '--max-instructions', '1000000']).status, 0);
  assert.equal(harthop(['run', '--bare', elf, '--harts', '3', '--max-instructions', '1000000']).status, 124);
});

test('bytes written through tohost are printed, odd ones too', () => {
  const elf = bare(
    'letters',
    `.globl _start
_start: la s0, text
  la s1, tohost
1: ld t0, 0(s1)
  bnez t0, 1b
  lbu t1, 0(s0)
  beqz t1, 2f
  li t2, 0x0101000000000000
  or t1, t1, t2
  sd t1, 0(s1)
  addi s0, s0, 1
  j 1b
2: li t1, 1
  sd t1, 0(s1)
3: j 3b
${tohost}
text: .asciz "abc\\n"
`,
  );
  const { status, stdout, stderr } = harthop(['run', '--bare', elf]);
  assert.deepEqual([status, stdout, stderr], [0, 'abc\n', '']);
});

test('a trap that no handler is there for ends the run and is told', () => {
  const elf = bare('lost', `.globl _start\n_start: nop\n  .word 0\n${tohost}`);
  const { status, stderr } = harthop(['run', '--bare', elf, '--isa', 'rv64gc']);
  assert.equal(status, 1);
  assert.match(
    stderr,
    /lost\.elf: hart 0 trapped at 0x80000002 \(illegal, value 0x0\) and has no trap handler: mtvec is 0/,
  );
});

test('the run ends soon after the program has told how it ended', () => {
  const elf = bare('soon', `.globl _start\n_start: la t1, tohost\n  li t2, 1\n  sd t2, 0(t1)\n1: j 1b\n${tohost}`);
  const json = join(place, 'soon.json');
  assert.equal(harthop(['run', '--bare', elf, '--json', json]).status, 0);
  const { instructions } = JSON.parse(readFileSync(json, 'utf8')) as { instructions: number[] };
  assert.ok(instructions[0]! >= 4 && instructions[0]! < 5000, String(instructions));
});

test('a hart has what its profile promises and what is added, and no more', () => {
  const elf = bare(
    'profile',
    `
  .macro try bit, instruction:vararg
  la t0, after\\@
  csrw mtvec, t0
  \\instruction
  ori s0, s0, 1 << \\bit
  .align 2
after\\@:
  .endm
  .globl _start
_start:
  li t0, 3 << 9
  csrs mstatus, t0                  # vectors on, where there are any
  try 0, sh1add t1, t2, t3          # Zba
  try 1, czero.eqz t1, t2, t3       # Zicond
  try 2, vsetvli t1, zero, e32, m1, ta, ma
  try 3, vandn.vv v1, v2, v3        # Zvkb, part of Zvbb
  try 4, vaesz.vs v4, v8            # Zvkned
  la t1, begin_signature
  sw s0, 0(t1)
  la t1, tohost
  li t2, 1
  sd t2, 0(t1)
1: j 1b
${tohost}
  .globl begin_signature, end_signature
begin_signature: .word 0
end_signature:
`,
    'rva23u64_zvkned',
  );
  const signature = join(place, 'profile-signature');
  for (const [isa, expected] of [
    ['rv64gc', 0],
    ['rva22u64', 0b00001],
    ['rv64gcv', 0b00100],
    ['rva23u64', 0b01111],
    ['RVA23S64_Zvl512b', 0b01111],
    ['rva23s64_zvkng', 0b11111],
  ] as const) {
    const { status, stderr } = harthop(['run', '--bare', elf, '--isa', isa, '--signature', signature]);
    assert.deepEqual([isa, status, stderr], [isa, 0, '']);
    assert.equal(Number.parseInt(readFileSync(signature, 'utf8'), 16), expected, isa);
  }
});
