/** Cases of vector instructions, run by the engine and by qemu-riscv64: after each one registers, memory and CSRs must be the same. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vectorOf, whyIllegal } from '../../../isa/vector/legality.js';
import { encode } from '../../../isa/encode.js';
import { operandNames, operands, range } from '../../../isa/operands.js';
import type { Instruction } from '../../../isa/types.js';
import { vlmaxOf, vtypeOf } from '../../../isa/vector/vtype.js';
import { QEMU } from '../../fuzz/machines.js';
import { executesReserved, readsBoxedBf16, refusesFraction, wholeAccessOverruns } from '../../fuzz/qemu-bugs.js';
import { Random } from '../../fuzz/random.js';
import { qemuCpu } from '../../hart.js';
import { NX } from '../../../emulator/float/rounding.js';
import { RAM_BASE, runUser } from './user-host.js';

/** One instruction and the state that it meets. */
export interface Case {
  readonly row: Instruction;
  readonly word: number;
  readonly vtype: number;
  readonly vl: number;
  readonly vstart: number;
  readonly frm: number;
  /** Raised before. */
  readonly fflags: number;
  readonly vxrm: number;
  /** Where in the pool v0 to v31 come from, and the values of rs1, rs2 and fs1 (raw). */
  readonly pool: number;
  readonly rs1: bigint;
  readonly rs2: bigint;
  readonly fs1: bigint;
}

/** Registers that the operands x and f are; the program keeps out of them. */
const X = { rd: 13, rs1: 11, rs2: 12, fd: 13, fs1: 11 } as const;
const POOL_QUADS = 0x1400;
const AREA = 0x10000;

const special = [0n, 1n, -1n, 1n << 63n, (1n << 63n) - 1n, 0x80n, 0x7fffn, 0x80000000n, 0xffffffff7fc00000n];
/** Interesting floating-point numbers: zeros, ones, infinities, NaNs, subnormals, extremes, pairs of singles. */
const floats = [
  0x3ff0000000000000n,
  0x8000000000000000n,
  0x7ff0000000000000n,
  0xfff0000000000000n,
  0x7ff8000000000000n,
  0x7ff0000000000001n,
  0x0000000000000001n,
  0x7fefffffffffffffn,
  0x3f8000007f800000n,
  0x7f800001ff800000n,
  0x0000000180000000n,
  0x7f7fffff00800000n,
  0x4000000000000000n,
  0xbff8000000000000n,
  // Halves and BF16 numbers: infinities, NaNs, the largest, the smallest, ones.
  0x7c00fc007e007c01n,
  0x7bff000104003c00n,
  0x7f80ff807fc07f81n,
  0x7f7f000100803f80n,
  0x40490fdb3eaaaaabn,
];

/** The values that registers are loaded with. */
export function pool(seed: number): bigint[] {
  const random = new Random(seed);
  const moderate = () => (BigInt(0x3c0 + random.below(0x80)) << 52n) | (random.long() >> 12n);
  const singles = () =>
    [0, 1].reduce((bits) => (bits << 32n) | BigInt(((0x70 + random.below(0x20)) << 23) | random.below(1 << 23)), 0n);
  const halves = (field: number, spread: number, fraction: number) =>
    [0, 1, 2, 3].reduce(
      (bits) =>
        (bits << 16n) |
        BigInt((random.below(2) << 15) | ((field + random.below(spread)) * fraction + random.below(fraction))),
      0n,
    );
  return Array.from({ length: POOL_QUADS }, () => {
    switch (random.below(9)) {
      case 0:
        return BigInt.asUintN(64, random.pick(special));
      case 1:
        return random.pick(floats);
      case 2:
        return BigInt.asUintN(64, moderate());
      case 3:
        return BigInt.asUintN(64, singles());
      case 4:
        return halves(8, 14, 1 << 10);
      case 5:
        return halves(0x70, 0x20, 1 << 7);
      default:
        return random.long();
    }
  });
}

/** Random cases of a row: `legal` ones and `illegal` ones, as far as they are found. */
export function casesOf(row: Instruction, vlen: number, random: Random, legal: number, illegal: number): Case[] {
  const found: Case[] = [];
  const left = { legal, illegal };
  for (let tries = 0; tries < 400 && (left.legal || left.illegal); tries++) {
    const c = randomCase(row, vlen, random);
    if (refusesFraction(row, c.vtype) || wholeAccessOverruns(row, c.vstart, vlen)) continue;
    const vtype = BigInt(c.vtype);
    const why = whyIllegal(row, c.word, { ...c, vtype, vlenb: vlen / 8, vs: 3, fs: 3, has: () => true });
    if (executesReserved(row, why)) continue;
    const kind = why === undefined ? 'legal' : 'illegal';
    if (left[kind] === 0) continue;
    left[kind]--;
    found.push(c);
  }
  return found;
}

const boxedHalf = (random: Random) => 0xffffffffffff0000n | (random.pick(floats) & 0xffffn);
/** Any bits, a double, a boxed single or half. */
function scalar(random: Random): bigint {
  if (random.oneIn(3)) return random.long();
  if (random.oneIn(2)) return random.pick(floats);
  return random.oneIn(2) ? 0xffffffff00000000n | (random.pick(floats) >> 32n) : boxedHalf(random);
}

function randomCase(row: Instruction, vlen: number, random: Random): Case {
  let vtype: number;
  do vtype = random.below(256);
  while (!vtypeOf(BigInt(vtype)));
  const type = vtypeOf(BigInt(vtype))!;
  const vlmax = vlmaxOf(type, vlen / 8);
  const vl = random.oneIn(3) ? vlmax : random.below(vlmax + 1);
  const vstart = random.oneIn(6) ? random.below(vlmax) : 0;
  const align = random.oneIn(8) ? 1 : random.pick([1, 2, 4, 8]);
  const values = operandNames(row).map((name) => {
    const kind = operands[name];
    if (kind.class === 'x' || kind.class === 'f') return X[name as keyof typeof X];
    if (kind.class === 'v') return random.below(32) & -align;
    const { min, max } = range(kind);
    return min + random.below(max - min + 1);
  });
  const v = vectorOf(row);
  const memory = v.shape === 'memory';
  const width = memory ? v.eew / 8 : 1;
  const aligned = random.oneIn(4) ? 0 : -width;
  return {
    row,
    word: encode(row, values),
    vtype,
    vl,
    vstart,
    frm: random.oneIn(2) ? 0 : random.below(5),
    fflags: random.oneIn(2) ? 0 : NX,
    vxrm: random.below(4),
    pool: random.below(16) * 8,
    rs1: memory
      ? BigInt(random.below(64) & (aligned || -1))
      : random.oneIn(3)
        ? BigInt(random.below(40))
        : random.pick(special),
    rs2: memory ? BigInt(random.below(17) - 8) : random.long(),
    fs1: readsBoxedBf16(row) ? boxedHalf(random) : scalar(random),
  };
}

const stores = (row: Instruction) => operandNames(row).includes('vs3');

function caseText(c: Case): string {
  const v = vectorOf(c.row);
  const memory = v.shape === 'memory';
  const lines = [`la s0, pool + ${c.pool}`, 'call loadregs'];
  if (stores(c.row)) lines.push('call fill');
  if (memory && v.address === 'indexed') {
    // Indices below 512, so that they stay within the area.
    const vs2 = (c.word >>> 20) & 31;
    lines.push(`la s0, indices${v.eew} + ${c.pool}`);
    for (let n = vs2; n < Math.min(vs2 + 8, 32); n++)
      lines.push(`vl1re8.v v${n}, (s0)`, 'csrr t0, vlenb', 'add s0, s0, t0');
  }
  lines.push(`csrwi vcsr, ${c.vxrm << 1}`, `li t0, ${c.vl}`, `li t1, ${c.vtype}`, 'vsetvl x0, t0, t1');
  lines.push(
    `li t0, ${(c.frm << 5) | c.fflags}`,
    'csrw fcsr, t0',
    `li t0, ${c.fs1}`,
    `fmv.d.x f${X.fs1}, t0`,
    `fmv.d.x f${X.fd}, x0`,
    'fmv.d.x f0, x0',
  );
  lines.push(
    memory ? `la x${X.rs1}, area + ${AREA / 2 + Number(c.rs1)}` : `li x${X.rs1}, ${c.rs1}`,
    `li x${X.rs2}, ${c.rs2}`,
  );
  lines.push(`li x${X.rd}, 0x55`, `li t0, ${c.vstart}`, 'csrw vstart, t0');
  lines.push(`.word ${c.word >>> 0} # ${c.row.name}`);
  lines.push(stores(c.row) ? 'call dumpall' : 'call dump');
  return lines.join('\n');
}

const HEADER = 80;

function program(cases: readonly Case[], seed: number, vlen: number): string {
  const data = pool(seed);
  const indices = [8, 16, 32, 64].map((eew) => {
    const per = 64 / eew;
    const values = data.map((quad) => {
      const mask = Array.from({ length: per }, (_, k) => 0x1ffn << BigInt(k * eew)).reduce((a, b) => a | b);
      return eew === 8 ? quad : quad & mask;
    });
    return `indices${eew}: .quad ${values.slice(0, vlen + 128).join(',')}`;
  });
  const quarter = (what: string) => [0, 8, 16, 24].map((n) => `${what} v${n}, (s0)\nadd s0, s0, t0`).join('\n');
  return `.option norvc
.option norelax
.globl _start
_start:
  li a0, 4
  la a1, action
  li a2, 0
  li a3, 8
  li a7, 134
  ecall
  call fill
${cases.map(caseText).join('\n')}
  li a0, 0
  li a7, 93
  ecall
loadregs:
  csrr t0, vlenb
  slli t0, t0, 3
${quarter('vl8re8.v')}
  ret
# The area, from a generator, so that every store starts from the same bytes.
fill:
  la t0, area
  li t1, ${AREA / 8}
  li t2, 0x123456789abcdef
  li t3, 6364136223846793005
1:sd t2, 0(t0)
  mul t2, t2, t3
  addi t2, t2, 1011
  addi t0, t0, 8
  addi t1, t1, -1
  bnez t1, 1b
  ret
dumpall:
  la t0, area
  li t1, ${AREA / 8}
  li t2, 0
  li t3, 0x100000001b3
1:ld t4, 0(t0)
  xor t2, t2, t4
  mul t2, t2, t3
  addi t0, t0, 8
  addi t1, t1, -1
  bnez t1, 1b
  j 2f
dump:
  li t2, 0
2:la s0, out
  csrr t0, vstart
  sd t0, 0(s0)
  csrr t0, vl
  sd t0, 8(s0)
  csrr t0, vtype
  sd t0, 16(s0)
  csrr t0, fcsr
  sd t0, 24(s0)
  sd x${X.rd}, 32(s0)
  fmv.x.d t0, f${X.fd}
  sd t0, 40(s0)
  la t0, illegal
  ld t0, 0(t0)
  sd t0, 48(s0)
  sd t2, 56(s0)
  csrr t0, vcsr
  sd t0, 72(s0)
  csrr t0, vlenb
  sd t0, 64(s0)
  mv a1, s0
  addi s0, s0, ${HEADER}
  slli t0, t0, 3
${quarter('vs8r.v')}
  li a0, 1
  sub a2, s0, a1
  li a7, 64
  ecall
  ret
# SIGILL: count it and go on behind the instruction (the pc is the first of the machine context's registers).
handler:
  ld t0, 176(a2)
  addi t0, t0, 4
  sd t0, 176(a2)
  la t0, illegal
  ld t1, 0(t0)
  addi t1, t1, 1
  sd t1, 0(t0)
  ret
.data
.balign 8
.globl illegal
illegal: .quad 0
action: .quad handler, 4, 0, 0
pool: .quad ${data.join(',')}
${indices.join('\n')}
.bss
.balign 4096
area: .space ${AREA}
out: .space ${HEADER + 4 * vlen}
`;
}

/** A difference between the engine and QEMU. */
export interface Difference {
  readonly case: Case;
  readonly what: string;
}

/** Run the cases in both; gives the differences. @param fused on an engine with the platform's multiply-add */
export async function differences(
  cases: readonly Case[],
  vlen: number,
  seed: number,
  fused = false,
): Promise<Difference[]> {
  const folder = mkdtempSync(join(tmpdir(), 'harthop-vector-'));
  try {
    const path = (name: string) => join(folder, name);
    const run = (tool: string, ...args: string[]) =>
      execFileSync(tool, args, { cwd: folder, maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'pipe'] });
    writeFileSync(path('p.s'), program(cases, seed, vlen));
    run('riscv64-linux-gnu-as', '-march=rv64gcv', 'p.s', '-o', 'p.o');
    run('riscv64-linux-gnu-ld', '--no-relax', '-N', `-Ttext=0x${RAM_BASE.toString(16)}`, 'p.o', '-o', 'p');
    run('riscv64-linux-gnu-objcopy', '-O', 'binary', 'p', 'p.bin');
    const symbol = (name: string) => {
      const line = run('riscv64-linux-gnu-nm', 'p')
        .toString()
        .split('\n')
        .find((l) => l.endsWith(` ${name}`));
      return Number.parseInt(line!, 16);
    };
    const expected = run(QEMU, '-cpu', qemuCpu(vlen), './p');
    const actual = await runUser(
      readFileSync(path('p.bin')),
      symbol('_start'),
      vlen,
      { illegal: symbol('illegal') },
      fused,
    );
    return explain(cases, vlen, expected, actual);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function explain(cases: readonly Case[], vlen: number, expected: Buffer, actual: Buffer): Difference[] {
  const size = HEADER + 4 * vlen;
  const names = ['vstart', 'vl', 'vtype', 'fcsr', 'rd', 'fd', 'illegal', 'memory', 'vlenb', 'vcsr'];
  const result: Difference[] = [];
  let [countExpected, countActual] = [0n, 0n];
  cases.forEach((c, n) => {
    const [e, a] = [expected, actual].map((b) => b.subarray(n * size, (n + 1) * size)) as [Buffer, Buffer];
    if (a.length < size) throw new Error(`the engine ran ${Math.floor(actual.length / size)} of ${cases.length} cases`);
    const what: string[] = [];
    names.forEach((name, k) => {
      let [x, y] = [e.readBigUInt64LE(8 * k), a.readBigUInt64LE(8 * k)];
      if (name === 'illegal') [x, y, countExpected, countActual] = [x - countExpected, y - countActual, x, y];
      if (x !== y) what.push(`${name}: ${y.toString(16)} instead of ${x.toString(16)}`);
    });
    for (let r = 0; r < 32; r++) {
      const at = HEADER + (r * vlen) / 8;
      const [x, y] = [e, a].map((b) => b.subarray(at, at + vlen / 8).toString('hex')) as [string, string];
      if (x !== y) what.push(`v${r}: ${y} instead of ${x}`);
    }
    if (what.length) result.push({ case: c, what: what.join('\n') });
  });
  return result;
}
