import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Machine } from '../../emulator/machine.js';
import { needs } from '../tools.js';
import { load, soc, TOOLS } from './bare-metal.js';
import { A, D, PageTables, R, U, V, W, X } from './page-tables.js';

const RAM = 0x8000_0000;
const TABLES = 0x8080_0000;
const DATA = 0x8040_0000;

/**
 * A program whose code runs in U or S at its own (identity-mapped) addresses, and ends up in M with cause and trap value in s2 and s3
 * after its first trap; a0 is what it loaded.
 */
async function attempt(mode: 'U' | 'S', body: string, map: (tables: PageTables) => void, setup = '') {
  const bare = await load(`
    la t0, handler
    csrw mtvec, t0
    li t0, -1
    csrw pmpaddr15, t0
    li t0, 0x1f
    slli t0, t0, 56
    csrw pmpcfg2, t0
    li t0, 0x1800
    csrc mstatus, t0
    ${mode === 'S' ? 'li t0, 0x800; csrs mstatus, t0' : ''}
    ${setup}
    csrw satp, s1
    la t0, there
    csrw mepc, t0
    mret
    .align 12
  there:
    ${body}
    ecall
  stay: j stay
    .align 12
  handler:
    csrr s2, mcause
    csrr s3, mtval
    li t0, 0x100000
    li t1, 0x5555
    sw t1, 0(t0)
  1:j 1b
  `);
  const { machine } = bare;
  const tables = new PageTables(machine, TABLES);
  tables.map(bare.label('there'), Number(bare.label('there')), R | X | A | (mode === 'U' ? U : 0));
  map(tables);
  const hart = machine.harts[0]!;
  hart.setX(9, tables.satp);
  const stop = machine.run(10_000);
  assert.equal(stop.reason, 'power', `stopped by ${stop.reason}`);
  return { machine, tables, cause: Number(hart.x(18)), tval: hart.x(19), a0: hart.x(10) };
}

const LOAD = 'li t0, 0x40000000; ld a0, 0(t0)';
const STORE = 'li t0, 0x40000000; li t1, 7; sd t1, 8(t0)';
const VA = 0x4000_0000n;
const DONE = { U: 8, S: 9 };
const pages = { U: U, S: 0 };

for (const mode of ['U', 'S'] as const) {
  test(
    `${mode}: loads and stores of mapped pages, with accessed and dirty set by the walk`,
    needs(...TOOLS),
    async () => {
      const { machine, tables, cause } = await attempt(mode, `${LOAD}; ${STORE}`, (t) =>
        t.map(VA, DATA, R | W | pages[mode]),
      );
      assert.equal(cause, DONE[mode]);
      assert.equal(machine.memory.read(DATA + 8, 1)[0], 7);
      assert.equal(Number(tables.read(tables.entryAt(VA))) & (A | D), A | D);
    },
  );
  test(`${mode}: a load sets accessed only`, needs(...TOOLS), async () => {
    const { tables } = await attempt(mode, LOAD, (t) => t.map(VA, DATA, R | W | pages[mode]));
    assert.equal(Number(tables.read(tables.entryAt(VA))) & (A | D), A);
  });
}

const faults: [
  story: string,
  mode: 'U' | 'S',
  body: string,
  cause: number,
  map: (t: PageTables) => void,
  setup?: string,
][] = [
  ['an unmapped page', 'U', LOAD, 13, () => {}],
  ['a store to an unmapped page', 'U', STORE, 15, () => {}],
  ['a store to a read-only page', 'U', STORE, 15, (t) => t.map(VA, DATA, R | U)],
  ['a page of the supervisor', 'U', LOAD, 13, (t) => t.map(VA, DATA, R | W)],
  ["a user's page, without SUM", 'S', LOAD, 13, (t) => t.map(VA, DATA, R | W | U)],
  ['an execute-only page, without MXR', 'U', LOAD, 13, (t) => t.map(VA, DATA, X | U)],
  ['W without R, which is reserved', 'U', LOAD, 13, (t) => t.map(VA, DATA, W | U)],
  [
    'an entry with a reserved high bit',
    'U',
    LOAD,
    13,
    (t) => t.write(t.entryAt(VA), (1n << 60n) | (BigInt(DATA / 4096) << 10n) | BigInt(V | R | U)),
  ],
  ['a misaligned large page', 'U', LOAD, 13, (t) => t.map(VA, DATA + 4096, R | U, 1)],
  ['a pointer in the last level', 'U', LOAD, 13, (t) => t.map(VA, DATA, 0)],
  ['a table outside RAM', 'U', LOAD, 5, (t) => t.map(VA, 0x1000_0000, 0, 2)],
  ['a page outside RAM where no device is', 'U', LOAD, 5, (t) => t.map(VA, 0x4000_0000, R | U)],
  ['a jump to a page that is not executable', 'U', 'li t0, 0x40000000; jr t0', 12, (t) => t.map(VA, DATA, R | U)],
  [
    "a supervisor's jump into a user's page, even with SUM",
    'S',
    'li t0, 0x40000000; jr t0',
    12,
    (t) => t.map(VA, DATA, X | U),
    'li t0, 0x40000; csrs mstatus, t0',
  ],
  [
    'an address that is not the extension of 39 bits',
    'U',
    'li t0, 0x4000000000; ld a0, 0(t0)',
    13,
    (t) => t.map(VA, DATA, R | U),
  ],
];
for (const [story, mode, body, cause, map, setup] of faults)
  test(`fault: ${story}`, needs(...TOOLS), async () => {
    const seen = await attempt(mode, body, map, setup);
    assert.equal(seen.cause, cause);
    const va = /li t0, (0x[0-9a-f]+)/.exec(body)![1]!;
    assert.equal(seen.tval, BigInt(va) + (body === STORE ? 8n : 0n));
  });

test("SUM lets the supervisor at users' pages, MXR lets loads at code", needs(...TOOLS), async () => {
  const setup = 'li t0, 0xc0000; csrs mstatus, t0';
  const { cause } = await attempt('S', LOAD, (t) => t.map(VA, DATA, X | U), setup);
  assert.equal(cause, DONE.S);
});

test('pages of 2 MiB and 1 GiB', needs(...TOOLS), async () => {
  const { cause, a0 } = await attempt(
    'U',
    'li t0, 0x40212340; ld a0, 0(t0); li t0, 0x1c0000000; li t1, 0x12348; add t0, t0, t1; ld t1, 0(t0); add a0, a0, t1',
    (t) => {
      t.map(0x4020_0000n, 0x8000_0000, R | U, 1);
      t.map(0x1_c000_0000n, 0x8000_0000, R | U, 2);
      t.write(0x8001_2340, 5n);
      t.write(0x8001_2348, 6n);
    },
  );
  assert.equal(cause, DONE.U);
  assert.equal(a0, 11n);
});

test('an access across two pages: both are checked before a byte is written', needs(...TOOLS), async () => {
  const both = await attempt('U', 'li t0, 0x40000ffc; li t1, -1; sd t1, 0(t0); ld a0, 0(t0)', (t) => {
    t.map(VA, DATA, R | W | U);
    t.map(VA + 4096n, DATA + 0x8000, R | W | U);
  });
  assert.equal(both.cause, DONE.U);
  assert.equal(both.a0, (1n << 64n) - 1n);
  assert.deepEqual([...both.machine.memory.read(DATA + 0x8000, 5)], [255, 255, 255, 255, 0]);
  const one = await attempt('U', 'li t0, 0x40000ffc; li t1, -1; sd t1, 0(t0)', (t) => t.map(VA, DATA, R | W | U));
  assert.equal(one.cause, 15);
  assert.equal(one.tval, VA + 4096n, 'the part that faulted');
  assert.deepEqual([...one.machine.memory.read(DATA + 0xffc, 4)], [0, 0, 0, 0]);
});

test(
  'an instruction across two pages faults for its second half with the address of that half',
  needs(...TOOLS),
  async () => {
    const seen = await attempt('U', 'li t0, 0x40000ffe; jr t0', (t) => {
      t.map(VA, DATA, X | U);
      t.write(DATA + 0xff8, 0x0013n << 48n);
    });
    assert.equal(seen.cause, 12);
    assert.equal(seen.tval, VA + 4096n);
  },
);

test('a changed entry is seen after sfence.vma, and another address space at once', needs(...TOOLS), async () => {
  const { cause, a0 } = await attempt(
    'S',
    `li t0, 0x40000000; ld a0, 0(t0); li t2, 0x50000000; ld t3, 0(t2); add t3, t3, a1; sd t3, 0(t2); sfence.vma; ld t1, 0(t0)
     slli t1, t1, 8; or a0, a0, t1`,
    (t) => {
      t.map(VA, DATA, R | W);
      t.map(0x5000_0000n, t.entryAt(VA) - (t.entryAt(VA) % 4096), R | W);
      t.write(DATA, 1n);
      t.write(DATA + 4096, 2n);
    },
    'li a1, 0x400',
  );
  assert.equal(cause, DONE.S);
  assert.equal(a0, 0x201n);
});

test('sfence.vma with an address forgets that page, and all of a large one', needs(...TOOLS), async () => {
  // All lie at different places of the TLB. The page next to it stays as it was; of a large page two addresses, of which the fence names one.
  const { cause, a0 } = await attempt(
    'S',
    `li t0, 0x40000000; ld t1, 0(t0); li t4, 0x40001000; ld t1, 0(t4); li t5, 0x40204000; ld t1, 0(t5); ld t1, 0(t6)
     li t2, 0x50002000; ld t3, 0(t2); add t3, t3, a1; sd t3, 0(t2); ld t3, 8(t2); add t3, t3, a1; sd t3, 8(t2)
     ld t3, 0(a3); add t3, t3, a2; sd t3, 0(a3)
     sfence.vma t0
     ld t1, 0(t0); ld t3, 0(t4); slli t3, t3, 8; or a0, t1, t3
     sfence.vma t5
     ld t1, 0(t6); slli t1, t1, 16; or a0, a0, t1`,
    (t) => {
      t.map(VA, DATA, R | W | A | D);
      t.map(VA + 4096n, DATA + 4096, R | W | A | D);
      t.map(VA + 0x20_0000n, 0x80a0_0000, R | W | A | D, 1);
      const entries = t.entryAt(VA) - (t.entryAt(VA) % 4096);
      const above = t.entryAt(VA + 0x20_0000n, 1);
      t.map(0x5000_2000n, entries, R | W | A | D);
      t.map(0x5000_3000n, above - (above % 4096), R | W | A | D);
      for (let n = 0; n < 3; n++) t.write(DATA + 4096 * n, BigInt(n + 1));
      t.write(0x80a0_5000, 8n);
      t.write(0x80c0_5000, 9n);
    },
    'li a1, 0x400; li a2, 0x80000; li t6, 0x40205000; li a3, 0x50003008',
  );
  assert.equal(cause, DONE.S);
  assert.equal(a0, 0x90202n);
});

test('page tables at the end of 2 GiB of RAM, past the first 2 GiB of the linear memory', async () => {
  const machine = await Machine.create(soc({ memoryMiB: 2048 }));
  const tables = new PageTables(machine, 0xffff_0000);
  tables.map(VA, 0xffff_f000, R | A);
  const hart = machine.harts[0]!;
  hart.setCsr('satp', tables.satp);
  assert.deepEqual(machine.translate(hart.id, VA + 8n, 'read', 1), { pa: 0xffff_f008 });
});

test('looking in from outside changes nothing and asks no permission unless told to', async () => {
  const machine = await Machine.create(soc());
  machine.reset({ pc: BigInt(RAM) });
  const tables = new PageTables(machine, TABLES);
  tables.map(VA, DATA, R);
  const hart = machine.harts[0]!;
  assert.deepEqual(machine.translate(0, BigInt(DATA)), { pa: DATA }, 'machine mode is not translated');
  hart.setCsr('satp', tables.satp);
  hart.setPrivilege(0);
  assert.deepEqual(machine.translate(0, VA + 5n), { pa: DATA + 5 });
  assert.equal(machine.translate(0, VA, 'read'), undefined, 'not for U');
  assert.deepEqual(machine.translate(0, VA, 'read', 1), { pa: DATA });
  assert.equal(machine.translate(0, VA, 'write', 1), undefined);
  assert.equal(Number(tables.read(tables.entryAt(VA))) & (A | D), 0);
  machine.memory.write(DATA + 4090, Uint8Array.of(1, 2, 3, 4, 5, 6));
  assert.deepEqual([...machine.readVirtual(0, VA + 4090n, 100)], [1, 2, 3, 4, 5, 6], 'up to the end of what is mapped');
  assert.equal(machine.writeVirtual(0, VA + 4094n, Uint8Array.of(9, 9, 9)), 2);
  assert.equal(machine.readVirtual(0, VA, 4, 0n).length, 0, 'without translation nothing lies there');
  assert.throws(() => machine.memory.read(0x1000, 4), /0x1000 \(4 bytes\) is not in RAM/);
});

test(
  'MPRV lends machine mode the translation and permissions of MPP, and sret takes it away',
  needs(...TOOLS),
  async () => {
    const bare = await load(
      `
    la t0, handler
    csrw mtvec, t0
    li t0, -1
    csrw pmpaddr0, t0
    li t0, 0x1f
    csrw pmpcfg0, t0
    csrw satp, s1
    li s4, 0x40000000
    li s5, 0x50000000
    li t1, 0x1800
    csrc mstatus, t1
    li t1, 0x20000
    csrs mstatus, t1
    ld a0, 0(s4)
    ld a1, 0(s5)
    li t2, 0x800
    csrs mstatus, t2
    ld a2, 0(s5)
    csrc mstatus, t1
    la s6, cell
    ld a3, 0(s6)
    csrs mstatus, t1
    la t0, 1f
    csrw sepc, t0
    sret
  1:j 1b
    .align 2
  handler:
    csrr t3, mcause
    add s11, s11, t3
    csrr t3, mepc
    addi t3, t3, 4
    csrw mepc, t3
    li t3, 25
    bgeu s11, t3, 2f
    mret
  2:csrr s10, mstatus
    li t0, 0x100000
    li t1, 0x5555
    sw t1, 0(t0)
  1:j 1b
    .align 3
  cell: .dword 77
  `.replaceAll('ld a1, 0(s5)', '.option norvc; ld a1, 0(s5); .option rvc'),
    );
    const { machine } = bare;
    const tables = new PageTables(machine, TABLES);
    tables.map(VA, DATA, R | U);
    tables.map(0x5000_0000n, DATA + 4096, R);
    tables.write(DATA, 55n);
    tables.write(DATA + 4096, 66n);
    const hart = machine.harts[0]!;
    hart.setX(9, tables.satp);
    // The supervisor's page is no user's: one fault (13). Then sret goes to an unmapped page (12).
    assert.equal(machine.run(10_000).reason, 'power');
    assert.deepEqual(
      [10, 11, 13].map((n) => hart.x(n)),
      [55n, 0n, 77n],
    );
    assert.equal((hart.x(26) >> 17n) & 1n, 0n);
  },
);
