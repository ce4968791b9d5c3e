/** Hot code that is no longer what it was: written to from elsewhere, mapped elsewhere, across the end of a page. */
import type { Machine } from '../../../emulator/machine.js';
import { PageTables } from '../page-tables.js';
import { goAlike, identity, RAM, RIGHTS, S_MODE, type Story, TABLES, tables } from './stories.js';

const WINDOW = 0x4000_0000n;
const prepare = (machine: Machine) => tables(machine, WINDOW);

/** SWITCH puts another page (t1: its address) at WINDOW. */
const SUPERVISOR = `${S_MODE}li s2, 0x40000000
`;
const SWITCH = 'srli t1, t1, 2; ori t1, t1, 0xcf; sd t1, (s9); sfence.vma';

const stories: Readonly<Record<string, Story>> = {
  'two pages with code take turns at one address': {
    prepare,
    source: `${SUPERVISOR}
  li s0, 300
1:andi t0, s0, 1
  la t1, one
  beqz t0, 2f
  la t1, two
2:${SWITCH}
  li s3, 40
3:jalr s2
  addi s3, s3, -1
  bnez s3, 3b
  addi s0, s0, -1
  bnez s0, 1b
  j over
  .balign 4096
one: addi a0, a0, 3
  xor a1, a1, a0
  ret
  .balign 4096
two: xor a1, a1, s3
  addi a0, a0, -1
  ret
over:`,
  },
  'a page is mapped elsewhere by code in it, between two of its instructions': {
    prepare,
    source: `${SUPERVISOR}
  li s0, 400
  la s3, one
  la s4, two
  mv t1, s3
  ${SWITCH}
1:jalr s2
  addi s0, s0, -1
  bnez s0, 1b
  j over
  .balign 4096
one: addi a0, a0, 1
  andi t0, s0, 3
  mv t1, s4
  bnez t0, 2f
  ${SWITCH}
2:addi a1, a1, 7
  ret
  .balign 4096
two: addi a0, a0, 16
  andi t0, s0, 7
  mv t1, s3
  bnez t0, 3f
  ${SWITCH}
3:addi a1, a1, -5
  ret
over:`,
  },
  'two address spaces with other code at the same addresses': {
    prepare: (machine) => {
      prepare(machine);
      const other = identity(machine, TABLES + 0x4_0000);
      other.map(WINDOW, Number(RAM) + 0x2000, RIGHTS);
      new PageTables(machine, TABLES).map(WINDOW, Number(RAM) + 0x1000, RIGHTS);
      machine.harts[0]!.setX(24, other.satp | (1n << 44n));
    },
    source: `${SUPERVISOR}
  li s0, 300
1:csrr t0, satp
  csrw satp, s8
  mv s8, t0
  li s3, 30
2:jalr s2
  addi s3, s3, -1
  bnez s3, 2b
  addi s0, s0, -1
  bnez s0, 1b
  j over
  .balign 4096
  addi a0, a0, 3
  ret
  .balign 4096
  slli a1, a1, 1
  addi a1, a1, 1
  ret
over:`,
  },
  'code written to by its second address': {
    prepare,
    source: `${SUPERVISOR}
  la t1, code
  ${SWITCH}
  la s4, code
  la s5, forms
  li s0, 500
1:jalr s2
  andi t0, s0, 7
  bnez t0, 2f
  srli t0, s0, 1
  andi t0, t0, 4
  add t0, t0, s5
  lw t0, (t0)
  sw t0, 4(s4)
  fence.i
2:addi s0, s0, -1
  bnez s0, 1b
  j over
  .option norvc
  .balign 8
forms:
  addi a0, a0, 16
  xor a0, a0, s0
  .balign 4096
code: addi a1, a1, 1
  addi a0, a0, 1
  ret
  .option rvc
over:`,
  },
  'code in one page that writes to a loop in the next, a byte, a half, a word, a double-word, atomically and by a vector':
    {
      soc: { harts: [{ isa: 'rv64gcv_zvl128b' }] },
      source: `
  li t0, 0x6600
  csrs mstatus, t0
  la s1, target
  la s2, forms
  li s0, 300
1:li s3, 12
  call target
  li t1, 6
  remu t0, s0, t1
  srli t1, s0, 2
  andi t1, t1, 8
  add t1, t1, s2
  la t2, ways
  slli t0, t0, 3
  add t0, t0, t2
  ld t0, (t0)
  jalr t0
  fence.i
  addi s0, s0, -1
  bnez s0, 1b
  j over
w0: lb t2, 3(t1)
  sb t2, 3(s1)
  ret
w1: lh t2, 2(t1)
  sh t2, 2(s1)
  ret
w2: lw t2, (t1)
  sw t2, (s1)
  ret
w3: ld t2, (t1)
  sd t2, (s1)
  ret
w4: lw t2, (t1)
  amoswap.w t2, t2, (s1)
  ret
w5: vsetivli t2, 2, e32, m1, ta, ma
  vle32.v v8, (t1)
  vse32.v v8, (s1)
  ret
  .balign 8
ways: .dword w0, w1, w2, w3, w4, w5
  .option norvc
forms:
  addi a0, a0, 1
  addi a1, a1, 16
  xori a0, a0, 0x55
  addi a1, a1, -3
  .balign 4096
target:
  addi a0, a0, 1
  addi a1, a1, 16
  addi s3, s3, -1
  bnez s3, target
  ret
  .option rvc
over:`,
    },
  'one hart writes the code that another runs': {
    soc: { harts: [{ isa: 'rv64gc', count: 2 }], quantum: 53 },
    source: `
  la s1, code
  la s2, forms
  la s3, turn
  csrr t0, mhartid
  bnez t0, second
  li s0, 200
1:andi t1, s0, 1
  slli t1, t1, 2
  add t1, t1, s2
  lw t1, (t1)
  sw t1, (s1)
  fence rw, rw
  sw s0, (s3)
2:lw t1, 4(s3)
  bne t1, s0, 2b
  addi s0, s0, -1
  bnez s0, 1b
  li t1, -1
  sw t1, (s3)
3:lw t1, 4(s3)
  bne t1, x0, 3b
  j over
second:
  li s4, 200
1:lw t1, (s3)
  bltz t1, 5f
  bne t1, s4, 1b
  fence.i
  li s5, 25
4:call code
  addi s5, s5, -1
  bnez s5, 4b
  sw s4, 4(s3)
  addi s4, s4, -1
  j 1b
5:sw x0, 4(s3)
6:j 6b
  .balign 8
turn: .dword 0
  .option norvc
forms:
  addi a0, a0, 16
  xor a0, a0, s4
  .balign 4096
code: addi a0, a0, 1
  ret
  .option rvc
over:`,
  },
  'a loop across the end of a page, with an instruction that lies in both': {
    source: `
  li s0, 2000
  j loop
  .balign 4096
  .skip 4096 - 34
loop:
  addi a0, a0, 3
  xor a1, a1, a0
  c.addi a2, 1
  .option norvc
  add a2, a2, a1
  sub a3, a3, a2
  add a4, a4, a3
  add a5, a5, a4
  xori a5, a5, 0x123
across:
  addi a0, a0, 1
  xor a4, a4, a5
  andi t0, s0, 15
  bnez t0, 1f
  add a6, a6, a5
1:addi s0, s0, -1
  bnez s0, loop
  .option rvc`,
  },
  'the two halves of an instruction across pages are changed, each by itself': {
    source: `
  la s1, across
  la s2, forms
  li s0, 600
1:call near
  andi t0, s0, 7
  bnez t0, 3f
  srli t1, s0, 3
  andi t1, t1, 1
  slli t1, t1, 2
  add t1, t1, s2
  andi t0, s0, 8
  bnez t0, 2f
  lh t2, (t1)
  sh t2, (s1)
  fence.i
  j 3f
2:lh t2, 2(t1)
  sh t2, 2(s1)
  fence.i
3:addi s0, s0, -1
  bnez s0, 1b
  j over
forms:
  .option norvc
  addi a0, a0, 1
  addi a1, a0, 0x70
  .balign 4096
  .skip 4096 - 10
near:
  xor a2, a2, a0
  add a3, a3, a2
across:
  addi a0, a0, 1
  .option rvc
  ret
over:`,
  },
};

goAlike(stories);
