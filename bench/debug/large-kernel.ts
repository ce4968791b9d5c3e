/** A file like a kernel's with debug information, of 300 MB, made by Clang and lld when it is first wanted: thousands of units of DWARF 5. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cache = fileURLToPath(new URL('../../.cache/bench', import.meta.url));
/** Sources that are compiled, structs and functions in each, and copies of all, each with symbols of its own. */
const [UNITS, PARTS, COPIES] = [12, 60, 456];
const options = ['--target=riscv64-unknown-elf', '-O2', '-gdwarf-5', '-mcmodel=medany', '-mno-relax'];
/** A source that is compiled once, as most are, and a line of it: the loop's. */
export const ONCE = { name: 'once.c', line: 8 };

/** One source: structs that point at each other, a table of each, and functions into which others are inlined. */
function unit(u: number): string {
  const part = (p: number) => `struct part_${u}_${p}`;
  const parts = Array.from({ length: PARTS }, (_, p) => {
    const other = part(Math.max(0, p - 1));
    return `
${part(p)} { ${part(p)} *next; ${other} *inner[2]; void (*call)(${other} *, unsigned long, int); int state; unsigned long flags : 12; union { long count; double ratio; }; unsigned char name[${8 + (p % 50)}]; };
${part(p)} table_${u}_${p}[4];
static inline long step_${u}_${p}(${part(p)} *p, long by) { long old = p->count; p->count = old + by; return old ^ by; }
__attribute__((noinline)) long work_${u}_${p}(${part(p)} *p, long n) {
  long sum = 0;
  for (long i = 0; i < n; i++) {
    if (p->state == ${p}) sum += step_${u}_${p}(p, i);
    else sum -= step_${u}_${p}(p->next, sum);
    p = p->next;
  }
  table_${u}_${p}[n & 3].count = sum;
  return sum;
}`;
  });
  return `${parts.join('\n').trim()}\n`;
}

/** Its path. */
export function largeKernel(): string {
  const path = join(cache, `kernel-${UNITS}x${PARTS}x${COPIES}.elf`);
  if (existsSync(path)) return path;
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'making-'));
  const run = (tool: string, ...args: string[]) => execFileSync(tool, args, { cwd: folder });
  try {
    const compiled = (name: string, text: string) => {
      writeFileSync(join(folder, `${name}.c`), text);
      run('clang-19', ...options, '-c', `${name}.c`, '-o', `${name}.o`);
      return `${name}.o`;
    };
    const once = compiled('once', unit(UNITS));
    const objects = Array.from({ length: UNITS }, (_, u) => compiled(`unit${u}`, unit(u)));
    run('ld.lld-19', '-r', ...objects, '-o', 'all.o');
    const copies = Array.from({ length: COPIES }, (_, n) => {
      // The first keeps the names that its debug information has.
      run('llvm-objcopy-19', ...(n ? [`--prefix-symbols=c${n}_`] : []), 'all.o', `copy${n}.o`);
      return `copy${n}.o`;
    });
    // Without the labels that compilers make: with a prefix they don't look like such.
    run('ld.lld-19', '-x', once, ...copies, '-Ttext=0xffffffff80000000', '-e', 'work_0_0', '-o', 'kernel.elf');
    renameSync(join(folder, 'kernel.elf'), path);
  } finally {
    rmSync(folder, { recursive: true });
  }
  return path;
}

/** In MB of 10⁶ bytes. */
export const megabytes = (path: string) => statSync(path).size / 1e6;
