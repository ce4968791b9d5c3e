/** The same operations by real instructions under qemu-riscv64: an independent implementation to compare with. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { widthOf } from '../../../emulator/float/format.js';
import { type OperationName, operationNames } from '../../../emulator/float/operations.js';
import { Rounding } from '../../../emulator/float/rounding.js';
import { encode } from '../../../isa/encode.js';
import { operandNames } from '../../../isa/operands.js';
import { instructionNamed } from '../../../isa/table.js';
import { QEMU } from '../../fuzz/machines.js';
import { qemuCpu } from '../../hart.js';
import { type Case, operandFormat, resultFormat } from './cases.js';

export const tools = ['riscv64-linux-gnu-gcc', QEMU];

/** Of mnemonics. */
const suffixes: Record<string, string> = { f16: 'h', bf16: 'bf16', f32: 's', f64: 'd' };
/** Zfa's, by the names of the operations. */
const additional: Record<string, string> = { minimum: 'fminm', maximum: 'fmaxm', ltQuiet: 'fltq', leQuiet: 'fleq' };
const A0 = 10;
const DYN = 7;
/** An instruction that the assembler does not know. */
const word = (name: string, ...values: number[]) =>
  `.word ${encode(instructionNamed(name)!, values.slice(0, operandNames(instructionNamed(name)!).length))}`;

/**
 * The instruction of an operation, from f1, f2, f3 or a1 to f0 or a0; undefined where there is none. Integers narrower than 32 bits,
 * rounding to odd and estimates are the vector unit's: there operand and result are element 0 of v2 and v1.
 */
function instruction(name: OperationName, odd: boolean): string | undefined {
  const [first, second, third, fourth] = name.split(' ') as [string, string, string?, string?];
  const suffix = (f: string) => suffixes[f]!;
  if (odd) return /^(f64 to f32|f32 to f16)$/.test(name) ? 'vfncvt.rod.f.f.w v1, v2' : undefined;
  if (second === 'modulo') return word('fcvtmod.w.d', A0, 1);
  if (/^b?f.* to bf16|^bf16/.test(name)) return word(`fcvt.${suffix(third!)}.${suffix(first)}`, 0, 1, DYN);
  if (second !== 'to' && third !== 'to') {
    const s = suffix(second);
    if (first === 'recip7') return 'vfrec7.v v1, v2';
    if (first === 'rsqrt7') return 'vfrsqrt7.v v1, v2';
    if (first === 'fma') return `fmadd.${s} f0, f1, f2, f3`;
    if (first === 'sqrt') return `fsqrt.${s} f0, f1`;
    if (first.startsWith('round')) return word(`f${first}.${s}`, 0, 1, DYN);
    if (first in additional) return word(`${additional[first]!}.${s}`, first.endsWith('Quiet') ? A0 : 0, 1, 2);
    if (first === 'classify') return `fclass.${s} a0, f1`;
    return `f${first}.${s} ${['eq', 'lt', 'le'].includes(first) ? 'a0' : 'f0'}, f1, f2`;
  }
  if (first === 'i64') return `fcvt.${suffix(fourth!)}.l${second === 'u' ? 'u' : ''} f0, a1, dyn`;
  if (third!.startsWith('f')) return `fcvt.${suffix(third!)}.${suffix(first)} f0, f1`;
  const unsigned = fourth === 'u' ? 'u' : '';
  if (third === 'i32' || third === 'i64') {
    return `fcvt.${third === 'i32' ? 'w' : 'l'}${unsigned}.${suffix(first)} a0, f1, dyn`;
  }
  return /^f32 to i16|^f16 to i8/.test(name) ? `vfncvt.x${unsigned}.f.w v1, v2` : undefined;
}

const code = (name: OperationName, odd = false) => operationNames.indexOf(name) + (odd ? operationNames.length : 0);
const isEstimate = (name: OperationName) => /^r\w+7 /.test(name);
const isOdd = (mode: number) => mode === Rounding.odd;

/** Can the case be run by an instruction? */
export const hasInstruction = (name: OperationName, odd = false) => instruction(name, odd) !== undefined;

/** A program that answers requests { op, mode, a, b, c } with { f0, a0, flags }, u64 each. */
function source(): string {
  const cases = [false, true].flatMap((odd) =>
    operationNames.flatMap((name) => {
      const text = instruction(name, odd);
      if (!text) return [];
      if (!text.startsWith('v')) return [`case ${code(name, odd)}: RUN("", "${text}", ""); break;`];
      const sew = widthOf(operandFormat(name)!);
      const narrows = text.startsWith('vfn') ? `\\n vsetivli zero, 1, e${sew / 2}, mf2, ta, ma` : '';
      const before = `vsetivli zero, 1, e${sew}, m1, ta, ma\\n vfmv.s.f v2, f1${narrows}`;
      return [`case ${code(name, odd)}: RUN("${before}", "${text}", "vmv.x.s a0, v1"); break;`];
    }),
  );
  /** The ones above an operand that is narrower than the register. */
  const boxes = operationNames.flatMap((name) => {
    const width = operandFormat(name) && widthOf(operandFormat(name)!);
    if (!width || width === 64) return [];
    return [`case ${code(name)}: case ${code(name, true)}: return -1ull << ${width};`];
  });
  return `
#include <stdint.h>
#include <unistd.h>
struct request { uint64_t op, mode, a, b, c; };
struct answer { uint64_t f, x, flags; };
static struct request in[4096];
static struct answer out[4096];
#define RUN(before, text, after) __asm__ volatile( \\
  "fmv.d.x f1, %[a]\\n fmv.d.x f2, %[b]\\n fmv.d.x f3, %[c]\\n mv a1, %[a]\\n" before "\\n" \\
  "fsrm %[mode]\\n fsflags zero\\n" text "\\n frflags %[flags]\\n" after "\\n" \\
  "fsrmi 0\\n fmv.x.d %[f], f0\\n mv %[x], a0" \\
  : [f] "=&r"(f), [x] "=&r"(x), [flags] "=&r"(flags) \\
  : [a] "r"(a), [b] "r"(b), [c] "r"(c), [mode] "r"(r->mode) : "a0", "a1", "f0", "f1", "f2", "f3")
static uint64_t box_of(uint64_t op) { switch (op) { ${boxes.join(' ')} } return 0; }
static int run(const struct request *r, struct answer *o) {
  uint64_t box = box_of(r->op), a = r->a | box, b = r->b | box, c = r->c | box;
  uint64_t f, x, flags;
  switch (r->op) {
${cases.join('\n')}
  default: return 1;
  }
  o->f = f; o->x = x; o->flags = flags;
  return 0;
}
int main(void) {
  for (;;) {
    long have = 0, n;
    while (have < (long)sizeof in && (n = read(0, (char *)in + have, sizeof in - have)) > 0) have += n;
    long count = have / (long)sizeof in[0];
    for (long i = 0; i < count; i++) if (run(&in[i], &out[i])) return 2;
    for (long done = 0, all = count * (long)sizeof out[0]; done < all; done += n)
      if ((n = write(1, (char *)out + done, all - done)) <= 0) return 3;
    if (have < (long)sizeof in) return 0;
  }
}
`;
}

let program: string | undefined;

/** The compiled program, made once and deleted at the end. */
function compiled(): string {
  if (program) return program;
  const folder = mkdtempSync(join(tmpdir(), 'harthop-float-'));
  process.on('exit', () => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'operations.c'), source());
  program = join(folder, 'operations');
  // gcc has no vector registers of its own to lose.
  execFileSync('riscv64-linux-gnu-gcc', [
    '-O1',
    '-static',
    '-march=rv64gcv_zfh',
    '-o',
    program,
    join(folder, 'operations.c'),
  ]);
  return program;
}

/** Run cases in QEMU. @returns the result's bits (an integer's as 64, sign-extended) and the flags of each */
export function runInQemu(cases: readonly Case[]): { bits: bigint; flags: number }[] {
  const request = new BigUint64Array(cases.length * 5);
  cases.forEach((each, n) => {
    const odd = isOdd(each.mode);
    request.set([BigInt(code(each.operation, odd)), BigInt(odd ? 0 : each.mode), ...each.operands], n * 5);
  });
  const answer = execFileSync(QEMU, ['-cpu', qemuCpu(128), compiled()], {
    input: new Uint8Array(request.buffer),
    maxBuffer: 2 ** 30,
  });
  return cases.map(({ operation, mode }, n) => {
    const f = resultFormat(operation);
    const [fromF, fromX] = [answer.readBigUInt64LE(n * 24), answer.readBigUInt64LE(n * 24 + 8)];
    return {
      bits: f ? BigInt.asUintN(widthOf(f), isOdd(mode) || isEstimate(operation) ? fromX : fromF) : fromX,
      flags: Number(answer.readBigUInt64LE(n * 24 + 16)),
    };
  });
}
