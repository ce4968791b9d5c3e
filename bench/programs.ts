/** What is measured: programs, and how QEMU runs the same. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assembleFiles } from '../cli/program.js';

export const root = fileURLToPath(new URL('..', import.meta.url));

export interface Program {
  readonly name: string;
  readonly what: string;
  /** Arguments of `harthop`. */
  readonly harthop: readonly string[];
  /** QEMU's program and arguments for the same ELF file. */
  readonly qemu: readonly [tool: string, ...args: string[]];
  /** QEMU's program does so many times the work: it would be over too soon to be measured. */
  readonly qemuTimes?: number;
  /** The same way of running with nothing to do: its time is start-up, taken off on both sides. */
  readonly empty: Omit<Program, 'empty'>;
}

/** Enough of each that start-up is a small part. */
const MIX_SCALE = 8;
const DGEMM_SIZE = 250;
const PINGPONG_ROUNDS = 20_000;
const PINGPONG_QEMU_TIMES = 50;

const system: [string, ...string[]] = ['qemu-system-riscv64', '-M', 'virt', '-bios', 'none', '-display', 'none'];
const user: [string, ...string[]] = ['qemu-riscv64', '-cpu', 'rv64,v=true,vlen=256,vext_spec=v1.0'];

/** Compile the scalar mix, or with `sources` another bare program. */
function bare(folder: string, name: string, sources: readonly string[], scale: number): string {
  const elf = join(folder, name);
  const target = ['--target=riscv64-unknown-elf', '-march=rv64im_zicsr', '-mabi=lp64', '-mcmodel=medany', '-mno-relax'];
  const options = ['-O2', '-ffreestanding', '-nostdlib', '-fno-builtin', `-DSCALE=${scale}`, '-fuse-ld=lld'];
  const script = ['-T', join(root, 'bench/mix/link.ld'), '-Wl,--no-relax'];
  const { status, stderr } = spawnSync('clang-19', [...target, ...options, ...script, ...sources, '-o', elf], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`clang-19 can't build ${name}: ${stderr}`);
  return elf;
}

/** The mix as it runs by default, and on the interpreter alone. */
function mix(folder: string): Program[] {
  const sources = readdirSync(join(root, 'bench/mix'))
    .filter((file) => /\.[cS]$/.test(file))
    .map((file) => join(root, 'bench/mix', file));
  writeFileSync(join(folder, 'empty.c'), 'int main(void) { return 0; }\n');
  const entry = join(root, 'bench/mix/entry.S');
  const made = (name: string, elf: string) => ({
    name,
    what: 'seven scalar kernels, RV64IM, bare',
    harthop: ['run', '--bare', elf, '--isa', 'rv64im_zicsr'],
    qemu: [...system, '-serial', 'stdio', '-monitor', 'none', '-kernel', elf] as Program['qemu'],
  });
  const empty = made('empty', bare(folder, 'empty-mix', [entry, join(folder, 'empty.c')], 1));
  const whole = { ...made('scalar mix', bare(folder, 'mix', sources, MIX_SCALE)), empty };
  const interpreted = { name: 'scalar mix, interpreted', harthop: [...whole.harthop, '--engine', 'interpreter'] };
  return [whole, { ...whole, ...interpreted }];
}

/** An example with a larger number in one `.equ`. */
function enlarged(folder: string, example: string, name: string, constant: string, value: number): string {
  const path = join(folder, `${name}.S`);
  const text = readFileSync(join(root, 'examples', example), 'utf8');
  const larger = text.replace(new RegExp(`(\\.equ\\s+${constant},\\s*)\\d+`), `$1${value}`);
  if (larger === text) throw new Error(`examples/${example} has no .equ ${constant}`);
  writeFileSync(path, larger);
  return assembled(folder, path, name);
}

function assembled(folder: string, source: string, name: string): string {
  const elf = join(folder, name);
  writeFileSync(elf, assembleFiles([source]), { mode: 0o755 });
  return elf;
}

function onChip(name: string, what: string, elf: string): Omit<Program, 'empty'> {
  return { name, what, harthop: ['run', '--soc', 'app2-vec1', elf], qemu: [...user, elf] };
}

/** @param folder where to put what is built */
export function programs(folder: string): Program[] {
  const nothing = join(folder, 'nothing.S');
  writeFileSync(nothing, '.globl _start\n_start: li a0, 0\n  li a7, 93\n  ecall\n');
  const empty = onChip('empty', '', assembled(folder, nothing, 'nothing'));
  const dgemm = enlarged(folder, 'dgemm.S', 'dgemm', 'N', DGEMM_SIZE);
  const pingpong = enlarged(folder, 'pingpong.S', 'pingpong', 'ROUNDS', PINGPONG_ROUNDS);
  const longer = enlarged(folder, 'pingpong.S', 'longer', 'ROUNDS', PINGPONG_ROUNDS * PINGPONG_QEMU_TIMES);
  return [
    ...mix(folder),
    { ...onChip('dgemm', `${DGEMM_SIZE} × ${DGEMM_SIZE} doubles on the vector hart`, dgemm), empty },
    {
      ...onChip('pingpong', `${PINGPONG_ROUNDS} trips there and back; QEMU has one hart, and makes none`, pingpong),
      qemu: [...user, longer],
      qemuTimes: PINGPONG_QEMU_TIMES,
      empty,
    },
  ];
}
