/**
 * Data breakpoints against a simple model: random programs of loads and stores of all kinds, random sets of watched ranges. Every access that the model sees is
 * told once, behind its instruction; and nothing else of the run is any different from one that nobody watches.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EngineChoice } from '../../emulator/engine/choice.js';
import { HART, hart as at, REGISTERS, tlb } from '../../emulator/layout.js';
import { engineNotes } from '../../emulator/history/fingerprint.js';
import { History } from '../../emulator/history/history.js';
import type { Machine } from '../../emulator/machine.js';
import type { RegisterWatch } from '../../emulator/register-watches.js';
import type { Watchpoint } from '../../emulator/watchpoints.js';
import { Random } from '../fuzz/random.js';
import { needs } from '../tools.js';
import { type Bare, END, load, TOOLS } from './bare-metal.js';

const DESCRIPTION = { harts: [{ isa: 'rv64gcv_zicntr_zihpm_zicboz_zvl256b' }] };
/** Pages of data, and the address that a user's page table gives them. */
const PAGES = 3;
const VIRTUAL = 0x4000_0000n;
const SATP = (8n << 60n) | 0x8030_0n;

/** What an instruction does to memory: offsets in the data. */
interface Access {
  readonly kind: 'read' | 'write' | 'update';
  readonly offset: number;
  readonly bytes: number;
  /** What is there afterwards; by the old bytes of an `update`. */
  readonly value?: bigint | ((old: bigint) => bigint);
}

interface Step {
  readonly code: string;
  readonly accesses: readonly Access[];
}

const asBytes = (value: bigint, bytes: number) =>
  Uint8Array.from({ length: bytes }, (_, n) => Number((value >> BigInt(8 * n)) & 0xffn));
const asNumber = (bytes: Uint8Array) => bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

/** One memory instruction `M`, with what it needs before it; t0 holds the address. */
function step(random: Random): Step | Step[] {
  const size = 2 ** random.below(4);
  const letter = { 1: 'b', 2: 'h', 4: 'w', 8: 'd' }[size]!;
  const room = PAGES * 4096 - 1024;
  /** Often near the ends of pages. */
  const somewhere = (alignment: number) => {
    const near = random.oneIn(3) ? 4096 * (1 + random.below(PAGES - 1)) - 32 + random.below(64) : random.below(room);
    return near - (near % alignment);
  };
  const value = BigInt(random.below(4)) * 0x0101_0101_0101_0101n;
  const part = (bytes: number) => BigInt.asUintN(8 * bytes, value);
  const li = `li t1, 0x${value.toString(16)}`;
  const vl = 1 + random.below(16);
  const element = 8 * size;
  const vector = (at: (n: number) => number, count: number, kind: 'read' | 'write', bytes = size): Access[] =>
    Array.from({ length: count }, (_, n) => ({
      kind,
      offset: at(n),
      bytes,
      ...(kind === 'write' && { value: part(bytes) }),
    }));
  const set = `li t2, ${vl}; vsetvli x0, t2, e${element}, m8, ta, ma; ${li}; vmv.v.x v8, t1`;
  const offset = somewhere(random.oneIn(2) ? size : 1);
  const aligned = somewhere(8);
  const one = (code: string, access: Access): Step => ({ code, accesses: [access] });
  const direction = random.oneIn(2) ? 'read' : 'write';
  const [l, s] = direction === 'read' ? ['l', 'v16'] : ['s', 'v8'];
  const at0 = (where: number) => `la t0, data; add t0, t0, s0; li t3, ${where}; add t0, t0, t3`;
  const whole = somewhere(size);
  switch (random.below(13)) {
    case 0:
      return one(`${at0(offset)}; M l${letter} t1, (t0)`, { kind: 'read', offset, bytes: size });
    case 1:
    case 2:
      return one(`${at0(offset)}; ${li}; M s${letter} t1, (t0)`, {
        kind: 'write',
        offset,
        bytes: size,
        value: part(size),
      });
    case 3:
      return one(`${at0(aligned)}; ${li}; fmv.d.x fa0, t1; M fsd fa0, (t0)`, {
        kind: 'write',
        offset: aligned,
        bytes: 8,
        value,
      });
    case 4:
      return one(`${at0(aligned)}; ${li}; M amoadd.d t1, t1, (t0)`, {
        kind: 'update',
        offset: aligned,
        bytes: 8,
        value: (old) => BigInt.asUintN(64, old + value),
      });
    case 5:
      // Without a reservation nothing is written.
      return { code: `${at0(aligned)}; M sc.d t2, x0, (t0)`, accesses: [] };
    case 6:
      return [
        one(`${at0(aligned)}; M lr.d t2, (t0)`, { kind: 'read', offset: aligned, bytes: 8 }),
        one(`${li}; M sc.d t2, t1, (t0)`, { kind: 'write', offset: aligned, bytes: 8, value }),
      ];
    case 7:
      return {
        code: `${set}; ${at0(whole)}; M v${l}e${element}.v ${s}, (t0)`,
        accesses: vector((n) => whole + n * size, vl, direction),
      };
    case 8: {
      const stride = random.below(80);
      return {
        code: `${set}; ${at0(whole)}; li t2, ${stride}; M v${l}se${element}.v ${s}, (t0), t2`,
        accesses: vector((n) => whole + n * stride, vl, direction),
      };
    }
    case 9: {
      const mask = random.below(256);
      const active = Array.from({ length: vl }, (_, n) => n).filter((n) => (mask >> (n % 8)) & 1);
      return {
        code: `li t2, 32; vsetvli x0, t2, e8, m1, ta, ma; li t1, ${mask}; vmv.v.x v0, t1; ${set}; ${at0(whole)}; M v${l}e${element}.v ${s}, (t0), v0.t`,
        accesses: vector((n) => whole + active[n]! * size, active.length, direction),
      };
    }
    case 10: {
      // Two fields of four elements, e32.
      const at = somewhere(4);
      return {
        code: `li t2, 4; vsetvli x0, t2, e32, m1, ta, ma; ${li}; vmv.v.x v8, t1; vmv.v.x v9, t1; ${at0(at)}; M v${l}seg2e32.v ${s === 'v8' ? 'v8' : 'v16'}, (t0)`,
        accesses: vector((n) => at + 4 * n, 8, direction, 4),
      };
    }
    case 11: {
      const stride = 8 * random.below(30);
      return {
        code: `li t2, 4; vsetvli x0, t2, e64, m1, ta, ma; vid.v v24; li t2, ${stride}; vmul.vx v24, v24, t2; ${li}; vmv.v.x v8, t1; ${at0(aligned)}; M v${l}uxei64.v ${s}, (t0), v24`,
        accesses: vector((n) => aligned + n * stride, 4, direction, 8),
      };
    }
    default: {
      const block = somewhere(64);
      return one(`${at0(block)}; M cbo.zero (t0)`, { kind: 'write', offset: block, bytes: 64, value: 0n });
    }
  }
}

interface Told {
  /** Of the instruction. */
  readonly pc: bigint;
  readonly watch: number;
  readonly read: boolean;
  readonly written: boolean;
}

const ROUNDS = 3;

/** The program: the steps, several times over. In user mode's address space by MPRV. */
async function program(steps: readonly Step[], translated: boolean, engine: EngineChoice): Promise<Bare> {
  const lines = steps.flatMap(({ code }, n) => code.split('; ').map((line) => line.replace(/^M /, `m${n}: `)));
  const pages = translated
    ? `li t0, 0x80300000; li t1, 0x200000df; sd t1, 8(t0); li t1, 0x200000cf; sd t1, 16(t0)
       li t1, 0x1f; csrw pmpcfg0, t1; li t1, -1; csrw pmpaddr0, t1
       li t0, ${SATP}; csrw satp, t0; sfence.vma
       li t1, 0x1800; csrc mstatus, t1; li t1, 0x20000; csrs mstatus, t1
       li s0, ${VIRTUAL - 0x8000_0000n}`
    : 'li s0, 0';
  return load(
    `li t0, 0x6600; csrs mstatus, t0; li t0, 0x80000000000001f0; csrw menvcfg, t0
     li t1, 4; csrw mhpmevent3, t1
     ${pages}
     li s1, ${ROUNDS}
     again:
     .option arch, +zicboz
     .option norvc
     ${lines.join('\n')}
     addi s1, s1, -1; beqz s1, over; j again
     over:
     li t1, 0x20000; csrc mstatus, t1
     ${END}
     .balign 4096
     data: .zero ${PAGES * 4096}`,
    DESCRIPTION,
    { engine },
  );
}

/** What the model says is told, in order. */
function expected(bare: Bare, steps: readonly Step[], watches: readonly (Watchpoint & { offset: number })[]): Told[] {
  const memory = new Uint8Array(PAGES * 4096 + 4096);
  const told: Told[] = [];
  for (let round = 0; round < ROUNDS; round++)
    steps.forEach(({ accesses }, n) => {
      const before = memory.slice();
      for (const { kind, offset, bytes, value } of accesses) {
        if (kind === 'read') continue;
        const old = asNumber(memory.subarray(offset, offset + bytes));
        memory.set(asBytes(typeof value === 'function' ? value(old) : value!, bytes), offset);
      }
      watches.forEach(({ offset, bytes, reads, writes }, watch) => {
        const here = accesses.filter((each) => each.offset < offset + bytes && offset < each.offset + each.bytes);
        const read = here.some(({ kind }) => kind !== 'write');
        const written = here.some(({ kind }) => kind !== 'read');
        const changed = memory.subarray(offset, offset + bytes).some((byte, k) => byte !== before[offset + k]);
        if ((reads && read) || (writes === 'all' && written) || (writes === 'changes' && changed))
          told.push({ pc: bare.label(`m${n}`), watch, read, written });
      });
    });
  return told;
}

/** What the guest could tell of a hart; and its TLBs but for the marks, unless a history puts entries aside. */
function state(machine: Machine, tlbs = true) {
  const { u8 } = machine.memory;
  const block = u8.slice(machine.harts[0]!.block, machine.harts[0]!.block + HART);
  const own = [...engineNotes, [at.scratch, 64], [at.splat, 16]] as const;
  for (const [offset, count] of own) block.fill(0, offset, offset + count);
  const long = new BigInt64Array(block.buffer);
  for (let context = 0; context < 4; context++)
    for (const table of [tlb.load, tlb.store])
      for (let entry = 0; entry < tlb.bytes; entry += 16) {
        const index = (tlb.first + context * tlb.context + table + entry) >> 3;
        if ((long[index]! & 0x7ffn) === 0n) long[index] = long[index]! & ~0x800n;
      }
  // Where decoded code lies is the engine's own.
  for (let context = 0; context < 4; context++) {
    const fetch = tlb.first + context * tlb.context + tlb.fetch;
    block.fill(0, fetch, fetch + tlb.bytes);
  }
  const { map } = machine.memory;
  return {
    block: Buffer.from(tlbs ? block : block.subarray(0, tlb.first)).toString('base64'),
    registers: Buffer.from(u8.slice(0, REGISTERS)).toString('base64'),
    vectors: Buffer.from(u8.slice(map.vectors, map.vectors + map.vectorBytes)).toString('base64'),
    ram: Buffer.from(machine.memory.read(0x8000_0000, 0x40_0000)).toString('base64'),
  };
}

function runToEnd(machine: Machine, told: (stop: ReturnType<Machine['run']>) => void): void {
  for (let n = 0; n < 100_000; n++) {
    const stop = machine.run(1_000_000);
    if (stop.reason === 'power') return;
    assert.notEqual(stop.reason, 'budget');
    told(stop);
  }
  assert.fail('it does not end');
}

function watchesOf(random: Random, base: bigint, satp: bigint) {
  return Array.from({ length: 1 + random.below(6) }, () => {
    const bytes = random.oneIn(4) ? 1 + random.below(5000) : 1 + random.below(40);
    const offset = random.oneIn(3) ? 4096 - random.below(bytes + 1) : random.below(PAGES * 4096 - bytes - 1);
    const kind = random.below(4);
    return {
      offset,
      va: base + BigInt(offset),
      bytes,
      satp,
      ...(kind !== 1 && kind !== 2 && { reads: true }),
      ...(kind !== 0 && { writes: kind === 1 ? ('changes' as const) : ('all' as const) }),
    };
  });
}

for (const engine of ['interpreter', 'auto', 'translator'] as const)
  for (const translated of [false, true])
    test(
      `random accesses and random watchpoints (${engine}, ${translated ? 'page tables' : 'physical'})`,
      needs(...TOOLS),
      async () => {
        for (let seed = 1; seed <= 5; seed++) {
          const random = new Random(seed * 7 + (translated ? 1000 : 0));
          const steps = Array.from({ length: 60 }, () => step(random)).flat();
          const plain = await program(steps, translated, engine);
          runToEnd(plain.machine, () => assert.fail('nothing is watched'));
          const bare = await program(steps, translated, engine);
          const { machine } = bare;
          const base = translated ? bare.label('data') - 0x8000_0000n + VIRTUAL : bare.label('data');
          const watches = watchesOf(random, base, translated ? SATP : 0n);
          // The page tables are there when they are watched.
          if (translated) {
            machine.breakpoints.add({ va: bare.label('again') });
            const { reason } = machine.run(1_000_000);
            assert.equal(reason, 'breakpoint');
            machine.breakpoints.remove(1);
          }
          const ids = watches.map((watch) => machine.watchpoints.add(watch));
          const told: Told[] = [];
          runToEnd(machine, ({ reason, watched }) => {
            assert.equal(reason, 'watchpoint');
            for (const { id, pc, read, written } of watched!) {
              told.push({ pc, watch: ids.indexOf(id), read, written });

              assert.equal(machine.harts[0]!.pc - pc, 4n, `seed ${seed}`);
            }
          });
          assert.deepEqual(told, expected(bare, steps, watches), `seed ${seed}`);
          assert.deepEqual(state(machine), state(plain.machine), `seed ${seed}`);
        }
      },
    );

/** A counter that is stored 200 times, every second time with the value that it has, among stores to another page. */
const COUNTER = `
  la t0, counter; la t1, other; li t2, 400
again:
  srli t3, t2, 1; sd t3, (t0); sd t2, (t1); addi t1, t1, 8
  addi t2, t2, -1; bnez t2, again
  ${END}
  .balign 4096
counter: .dword 0
  .balign 4096
other: .zero 4096`;

for (const engine of ['interpreter', 'translator'] as const)
  test(`going back finds the last change of what is watched (${engine})`, needs(...TOOLS), async () => {
    const bare = await load(COUNTER, {}, { engine });
    const { machine } = bare;
    const history = new History(machine, { spacing: 300 });
    const plain = await load(COUNTER, {}, { engine });
    const watch = { va: bare.label('counter'), bytes: 8, satp: 0n, writes: 'changes' as const };
    // Set and removed in the middle of a run in which stores are told once a moment.
    for (let n = 0; n < 6; n++) {
      history.run(101);
      const id = machine.watchpoints.add(watch);
      history.run(7);
      machine.watchpoints.remove(id);
    }
    while (history.run(1_000_000).reason !== 'power');
    runToEnd(plain.machine, () => assert.fail('nothing is watched'));
    assert.deepEqual(state(machine, false), state(plain.machine, false));
    const id = machine.watchpoints.add(watch);
    let at = history.now;
    for (let value = 0n; value < 150n; value++) {
      const stop = await history.goToLastStop(at);
      assert.ok(stop && stop !== 'given up');
      assert.equal(stop.watched?.[0]?.id, id);
      assert.equal(bare.word('counter'), value);
      at = history.now;
    }
    machine.watchpoints.remove(id);
    while (history.run(1_000_000).reason !== 'power');
    assert.deepEqual(state(machine, false), state(plain.machine, false));
  });

for (const [engine, csrs] of [
  ['interpreter', false],
  ['auto', false],
  ['translator', false],
  ['translator', true],
] as const)
  test(
    `watched registers stop behind what changes them, as single steps see it (${engine}${csrs ? ', a CSR too' : ''})`,
    needs(...TOOLS),
    async () => {
      const random = new Random(99);
      const steps = Array.from({ length: 25 }, () => step(random)).flat();
      const watches: RegisterWatch[] = [
        { file: 'x', number: 6, offset: 0, bytes: 8, privilege: 3 },
        { file: 'v', number: 8, offset: 5, bytes: 40 },
        ...(csrs ? [{ file: 'csr', number: 0xc20, offset: 0, bytes: 8, hart: 0 } as const] : []),
      ];
      const stepped = await program(steps, false, 'interpreter');
      const read = ({ memory, harts: [hart] }: Machine) => [
        String(hart!.x(6)),
        Buffer.from(
          memory.u8.slice(hart!.vectorBytes(8).byteOffset + 5, hart!.vectorBytes(8).byteOffset + 45),
        ).toString('hex'),
        String(hart!.csr('vl')),
      ];
      const expected: string[] = [];
      for (let last = read(stepped.machine); ; ) {
        const { pc } = stepped.machine.harts[0]!;
        if (stepped.machine.stepHart(0).reason === 'power') break;
        const now = read(stepped.machine);
        now.slice(0, watches.length).forEach((value, n) => {
          if (value !== last[n]) expected.push(`${n} at ${pc.toString(16)}`);
        });
        last = now;
      }
      const { machine } = await program(steps, false, engine);
      const ids = watches.map((watch) => machine.watchpoints.addRegister(watch));
      const told: string[] = [];
      runToEnd(machine, ({ watched }) => {
        for (const { id, pc } of watched!) told.push(`${ids.indexOf(id)} at ${pc.toString(16)}`);
      });
      assert.deepEqual(told, expected);
      assert.deepEqual(state(machine), state(stepped.machine));
    },
  );
