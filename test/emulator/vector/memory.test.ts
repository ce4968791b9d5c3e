import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needs } from '../../tools.js';
import { type Bare, load, TOOLS } from '../bare-metal.js';
import { A, D, PageTables, R, U, W, X } from '../page-tables.js';

const TABLES = 0x8080_0000;
const DATA = 0x8040_0000;
/** Two pages side by side; the second is mapped only after the first fault, when at all. */
const FIRST = 0x4000_0000n;
const SECOND = 0x4000_1000n;
const FLAGS = U | R | W | A | D;
const VECTOR = { harts: [{ isa: 'rv64gcv_zvl128b' }] };

/** A program in U-mode whose first page fault is seen by `fault`, which may map the second page; then it goes on to its ecall. */
async function attempt(body: string, fault: (bare: Bare, map: () => void) => void, second = false) {
  const bare = await load(
    `
    la t0, handler
    csrw mtvec, t0
    li t0, -1
    csrw pmpaddr15, t0
    li t0, 0x1f
    slli t0, t0, 56
    csrw pmpcfg2, t0
    li t0, 0x1800
    csrc mstatus, t0
    li t0, 0x2200
    csrs mstatus, t0
    csrw satp, s1
    la t0, there
    csrw mepc, t0
    mret
    .align 12
  there:
    ${body}
    ecall
    .align 12
  handler:
    csrr s2, mcause
    csrr s3, mtval
    csrr s4, mstatus
    li t0, 8
    beq s2, t0, done
  faulted:
    mret
  done:
    li t0, 0x100000
    li t1, 0x5555
    sw t1, 0(t0)
  1:j 1b
  `,
    VECTOR,
  );
  const { machine } = bare;
  const tables = new PageTables(machine, TABLES);
  tables.map(bare.label('there'), Number(bare.label('there')), R | X | A | U);
  tables.map(FIRST, DATA, FLAGS);
  if (second) tables.map(SECOND, DATA + 4096, FLAGS);
  for (let n = 0; n < 8192; n += 8) tables.write(DATA + n, BigInt(n) * 0x0101010101010101n + 0x0706050403020100n);
  const hart = machine.harts[0]!;
  hart.setX(9, tables.satp);
  machine.breakpoints.add({ va: bare.label('faulted') });
  let faults = 0;
  for (;;) {
    const stop = machine.run(100_000);
    if (stop.reason === 'power') break;
    assert.equal(stop.reason, 'breakpoint');
    assert.ok(faults++ < 3, 'the fault comes again');
    fault(bare, () => tables.map(SECOND, DATA + 4096, FLAGS));
  }
  return { bare, hart, faults, data: (offset: number) => tables.read(DATA + offset) };
}

const tools = needs(...TOOLS);
const LOAD_PAGE_FAULT = 13n;
const STORE_PAGE_FAULT = 15n;
const elements = (bytes: Uint8Array) => [...new BigUint64Array(bytes.slice().buffer)];
const value = (offset: number) => BigInt.asUintN(64, BigInt(offset) * 0x0101010101010101n + 0x0706050403020100n);

/** Registers v8 to v11 hold -1; a0 is so far below the second page that elements 0 to 2 lie in the first. */
const START = `
    vsetivli t0, 4, e64, m2, ta, ma
    vmv.v.i v8, -1
    li a0, ${SECOND - 24n}
`;

test('a unit-stride load stops at the element that faults, and goes on from it', tools, async () => {
  const { hart, faults } = await attempt(`${START} vle64.v v8, (a0)`, ({ machine }, map) => {
    const h = machine.harts[0]!;
    assert.equal(h.x(18), LOAD_PAGE_FAULT);
    assert.equal(h.x(19), SECOND);
    assert.equal(h.csr('vstart'), 3n);
    assert.equal((h.x(20) >> 9n) & 3n, 3n, 'VS is dirty');
    assert.deepEqual(elements(h.vectorBytes(8)), [value(4072), value(4080)]);
    assert.deepEqual(elements(h.vectorBytes(9)), [value(4088), 0xffffffffffffffffn]);
    map();
  });
  assert.equal(faults, 1);
  assert.deepEqual(elements(hart.vectorBytes(9)), [value(4088), value(4096)]);
  assert.equal(hart.csr('vstart'), 0n);
});

test('an element that lies across both pages faults whole', tools, async () => {
  const { hart, faults } = await attempt(`${START} addi a0, a0, 4\n vle64.v v8, (a0)`, ({ machine }, map) => {
    const h = machine.harts[0]!;
    assert.equal(h.x(19), SECOND);
    assert.equal(h.csr('vstart'), 2n);
    assert.equal(elements(h.vectorBytes(9))[0], 0xffffffffffffffffn);
    map();
  });
  assert.equal(faults, 1);
  assert.equal(elements(hart.vectorBytes(9))[0], (value(4088) >> 32n) | BigInt.asUintN(64, value(4096) << 32n));
});

test(
  'a unit-stride store has written everything before the element that faults and nothing behind it',
  tools,
  async () => {
    const { data, faults } = await attempt(`${START} vse64.v v8, (a0)`, ({ machine }, map) => {
      const h = machine.harts[0]!;
      assert.equal(h.x(18), STORE_PAGE_FAULT);
      assert.equal(h.csr('vstart'), 3n);
      const written = machine.memory.read(DATA + 4064, 40);
      assert.deepEqual(elements(written), [value(4064), ...[0, 0, 0].map(() => 0xffffffffffffffffn), value(4096)]);
      map();
    });
    assert.equal(faults, 1);
    for (const offset of [4072, 4080, 4088, 4096]) assert.equal(data(offset), 0xffffffffffffffffn, `offset ${offset}`);
    assert.equal(data(4104), value(4104));
    assert.equal(data(4064), value(4064));
  },
);

test('strided and indexed accesses stop at the element that faults', tools, async () => {
  const strided = `${START} li a1, 16\n li a0, ${SECOND - 16n}\n vlse64.v v8, (a0), a1`;
  const indexed = `${START} vid.v v12\n vsll.vi v12, v12, 4\n li a0, ${SECOND - 16n}\n vluxei64.v v8, (a0), v12`;
  for (const body of [strided, indexed]) {
    const { hart, faults } = await attempt(body, ({ machine }, map) => {
      assert.equal(machine.harts[0]!.csr('vstart'), 1n);
      assert.deepEqual(elements(machine.harts[0]!.vectorBytes(8)), [value(4080), 0xffffffffffffffffn]);
      map();
    });
    assert.equal(faults, 1);
    assert.deepEqual(elements(hart.vectorBytes(8)), [value(4080), value(4096)]);
    assert.deepEqual(elements(hart.vectorBytes(9)), [value(4112), value(4128)]);
  }
});

test('an element that the mask leaves out touches no memory', tools, async () => {
  const body = `${START} li t1, 7\n vmv.s.x v0, t1\n vle64.v v8, (a0), v0.t\n vse64.v v8, (a0), v0.t`;
  const { hart, faults } = await attempt(body, () => assert.fail('a fault'));
  assert.equal(faults, 0);
  assert.deepEqual(elements(hart.vectorBytes(9)), [value(4088), 0xffffffffffffffffn]);
});

test('a run over two mapped pages is one load', tools, async () => {
  const { hart, faults } = await attempt(`${START} vle64.v v8, (a0)`, () => {}, true);
  assert.equal(faults, 0);
  assert.deepEqual(elements(hart.vectorBytes(9)), [value(4088), value(4096)]);
});

test('whole registers and masks fault and go on too', tools, async () => {
  const whole = await attempt(`${START} vl2re32.v v8, (a0)`, ({ machine }, map) => {
    assert.equal(machine.harts[0]!.csr('vstart'), 6n, 'in elements of the EEW in the name');
    map();
  });
  assert.deepEqual(elements(whole.hart.vectorBytes(9)), [value(4088), value(4096)]);
  const mask = `${START} vsetivli t0, 16, e8, m1, ta, ma\n li a0, ${SECOND - 1n}\n vlm.v v8, (a0)`;
  const { hart } = await attempt(mask, ({ machine }, map) => {
    assert.equal(machine.harts[0]!.csr('vstart'), 1n);
    map();
  });
  const bytes = hart.vectorBytes(8);
  assert.deepEqual([...bytes.slice(0, 3)], [Number(value(4088) >> 56n), Number(value(4096) & 0xffn), 0xff]);
});

test('a fault-only-first load shortens vl instead of faulting behind element 0', tools, async () => {
  const { hart, faults } = await attempt(`${START} vle64ff.v v8, (a0)\n csrr a2, vl`, () => assert.fail('a fault'));
  assert.equal(faults, 0);
  assert.equal(hart.x(12), 3n);
  assert.deepEqual(elements(hart.vectorBytes(9)), [value(4088), 0xffffffffffffffffn]);
  const first = await attempt(`${START} li a0, ${SECOND}\n vle64ff.v v8, (a0)\n csrr a2, vl`, ({ machine }, map) => {
    assert.equal(machine.harts[0]!.x(18), LOAD_PAGE_FAULT);
    assert.equal(machine.harts[0]!.csr('vl'), 4n);
    map();
  });
  assert.equal(first.faults, 1);
  assert.equal(first.hart.x(12), 4n);
  const masked = `${START} li t1, 14\n vmv.s.x v0, t1\n li a0, ${SECOND}\n vle64ff.v v8, (a0), v0.t\n csrr a2, vl`;
  assert.equal((await attempt(masked, () => assert.fail('a fault'))).hart.x(12), 1n, 'element 0 is not active');
});

test('a segment load stops at the segment that faults', tools, async () => {
  const { hart, faults } = await attempt(
    `${START} li a0, ${SECOND - 40n}\n vlseg2e64.v v8, (a0)`,
    ({ machine }, map) => {
      const h = machine.harts[0]!;
      assert.equal(h.csr('vstart'), 2n);
      assert.deepEqual(elements(h.vectorBytes(8)), [value(4056), value(4072)]);
      assert.deepEqual(elements(h.vectorBytes(10)), [value(4064), value(4080)]);
      map();
    },
  );
  assert.equal(faults, 1);
  assert.deepEqual(elements(hart.vectorBytes(9)), [value(4088), value(4104)]);
  assert.deepEqual(elements(hart.vectorBytes(11)), [value(4096), value(4112)]);
});

test('a device is written element by element', tools, async () => {
  const bare = await load(
    `
    li t0, 0x2200
    csrs mstatus, t0
    vsetivli t0, 5, e8, m1, ta, ma
    la a0, text
    vle8.v v8, (a0)
    li a1, 0x10000000
    vsse8.v v8, (a1), x0
    li t0, 0x100000
    li t1, 0x5555
    sw t1, 0(t0)
  1:j 1b
  text: .ascii "lanes"
  `,
    VECTOR,
  );
  const console: number[] = [];
  bare.machine.events.on((e) => e.kind === 'console' && console.push(e.byte));
  assert.equal(bare.machine.run(1000).reason, 'power');
  assert.equal(String.fromCharCode(...console), 'lanes');
});
