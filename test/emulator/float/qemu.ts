/** The same operations by real instructions under qemu-riscv64: an independent implementation to compare with. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { f64, widthOf } from '../../../emulator/float/format.js';
import { type OperationName, operationNames } from '../../../emulator/float/operations.js';
import { Rounding } from '../../../emulator/float/rounding.js';
import { QEMU } from '../../fuzz/machines.js';
import { qemuCpu } from '../../hart.js';
import { type Case, operandFormat, resultFormat } from './cases.js';

export const tools = ['riscv64-linux-gnu-gcc', QEMU];

/**
 * The instruction of an operation, from f1, f2, f3 or a1 to f0 or a0; undefined where there is none. Integers narrower than 32 bits,
 * rounding to odd and estimates are the vector unit's: there operand and result are element 0 of v2 and v1.
 */
function instruction(name: OperationName, odd: boolean): string | undefined {
  const [first, second, third, fourth] = name.split(' ') as [string, string, string?, string?];
  const suffix = (f: string) => (f === 'f64' ? 'd' : 's');
  if (odd) return name === 'f64 to f32' ? 'vfncvt.rod.f.f.w v1, v2' : undefined;
  if (second !== 'to' && third !== 'to') {
    const s = suffix(second);
    if (first === 'recip7') return 'vfrec7.v v1, v2';
    if (first === 'rsqrt7') return 'vfrsqrt7.v v1, v2';
    if (first === 'fma') return `fmadd.${s} f0, f1, f2, f3`;
    if (first === 'sqrt') return `fsqrt.${s} f0, f1`;
    if (first === 'classify') return `fclass.${s} a0, f1`;
    return `f${first}.${s} ${['eq', 'lt', 'le'].includes(first) ? 'a0' : 'f0'}, f1, f2`;
  }
  if (first === 'i64') return `fcvt.${suffix(fourth!)}.l${second === 'u' ? 'u' : ''} f0, a1, dyn`;
  if (third!.startsWith('f')) {
    return first === third ? undefined : `fcvt.${suffix(third!)}.${suffix(first)} f0, f1`;
  }
  const unsigned = fourth === 'u' ? 'u' : '';
  if (third === 'i32' || third === 'i64') {
    return `fcvt.${third === 'i32' ? 'w' : 'l'}${unsigned}.${suffix(first)} a0, f1, dyn`;
  }
  return third === 'i16' && first === 'f32' ? `vfncvt.x${unsigned}.f.w v1, v2` : undefined;
}

const code = (name: OperationName, odd = false) => operationNames.indexOf(name) + (odd ? 128 : 0);
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
      const sew = name.includes('f64') ? 64 : 32;
      const narrows = text.startsWith('vfn') ? `\\n vsetivli zero, 1, e${sew / 2}, mf2, ta, ma` : '';
      const before = `vsetivli zero, 1, e${sew}, m1, ta, ma\\n vfmv.s.f v2, f1${narrows}`;
      return [`case ${code(name, odd)}: RUN("${before}", "${text}", "vmv.x.s a0, v1"); break;`];
    }),
  );
  const singles = operationNames.flatMap((name) =>
    operandFormat(name) && operandFormat(name) !== f64 ? [`case ${code(name)}:`] : [],
  );
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
static int is_single(uint64_t op) { switch (op) { ${singles.join(' ')} return 1; } return 0; }
static int run(const struct request *r, struct answer *o) {
  uint64_t box = is_single(r->op) ? 0xffffffff00000000 : 0, a = r->a | box, b = r->b | box, c = r->c | box;
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
    '-march=rv64gcv',
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
