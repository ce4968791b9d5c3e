/** Which assembly is RISC-V's: ours is, that of other processors is not. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isOurs, recognise } from '../../language-server/syntax/recognise.js';
import { Client } from './fuzz/client.js';

const x86 = {
  'GNU, AT&T': `        .text
        .globl main
main:   pushq   %rbp
        movq    %rsp, %rbp
        movl    $0, %eax
        addl    %edi, %eax
        call    puts
        leave
        ret
`,
  'GNU, Intel': `.intel_syntax noprefix
main:   push rbp
        mov rbp, rsp
        add eax, edi
        and eax, 15
        jmp main
`,
  NASM: `section .text
global _start
_start: mov rax, 1
        mov rdi, 1
        xor esi, esi
        syscall
`,
};
const arm = {
  '64 bits': `        .text
        .global main
main:   stp     x29, x30, [sp, #-16]!
        mov     x29, sp
        ldr     w0, [x1]
        add     w0, w0, w1
        bl      puts
        ldp     x29, x30, [sp], #16
        ret
`,
  '32 bits': `main:   push {r4, lr}
        mov r0, #1
        add r0, r0, r1
        bl puts
        pop {r4, pc}
`,
};

test('all assembly of this project is recognised', () => {
  for (const folder of [
    'examples',
    'test/language-server/corpus',
    'test/language-server/documents',
    'kernel',
    'firmware',
  ])
    for (const file of readdirSync(folder).filter((name) => /\.[sS]$/.test(name))) {
      const found = recognise(readFileSync(`${folder}/${file}`, 'utf8'));
      assert.equal(found, 'riscv', `${folder}/${file}`);
    }
});

for (const [name, text] of Object.entries(x86)) test(`x86, ${name}`, () => assert.equal(recognise(text), 'x86'));
for (const [name, text] of Object.entries(arm)) test(`ARM, ${name}`, () => assert.equal(recognise(text), 'arm'));

test('data alone tells nothing', () => {
  assert.equal(recognise('        .data\nnumbers: .word 1, 2\n'), undefined);
  assert.equal(recognise(''), undefined);
});

test('whose a document is follows from its language, and else from what it holds', () => {
  assert.ok(isOurs('riscv-asm', x86.NASM));
  assert.ok(isOurs('asm', ''));
  assert.ok(isOurs('arm', 'li a0, 1\n'));
  assert.ok(!isOurs('arm', ''));
  assert.ok(!isOurs('asm', x86.NASM));
});

test('the server leaves other assembly alone, until it is ours', async () => {
  const client = await Client.start(new Map());
  const uri = 'file:///w/a.s';
  const symbols = () =>
    client.connection.sendRequest<unknown[]>('textDocument/documentSymbol', { textDocument: { uri } });
  await client.open(uri, arm['64 bits'], 'arm');
  assert.deepEqual(await symbols(), []);
  assert.deepEqual(await client.diagnosticsOf(uri), []);
  await client.change(uri, 0, arm['64 bits'].length, 'work: li a0, 1\n        ret\n');
  assert.equal((await symbols()).length, 1);
  const answer = { architecture: 'arm' };
  assert.deepEqual(await client.connection.sendRequest('harthop/recognise', { text: arm['64 bits'] }), answer);
  await client.stop();
});
