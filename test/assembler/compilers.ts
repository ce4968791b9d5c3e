/** C programs for tests of assembler and linker: compiled to assembly or objects by GCC and Clang, linked with the C library. */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assemble, type Binary, formatDiagnostic, type Source } from '../../assembler/assemble.js';
import { hasTool } from '../tools.js';
import { inFolder, run } from './other-tools.js';

export interface Compiler {
  readonly name: string;
  readonly tools: readonly string[];
  /** Command and arguments, without input and output. */
  readonly command: readonly [string, ...string[]];
  /** The assembler that the compiler's output is written for. */
  readonly assembler: readonly [string, ...string[]];
}

const GCC = 'riscv64-linux-gnu-gcc';
const CLANG = 'clang-19';
const mc = ['m', 'a', 'f', 'd', 'c', 'v', 'zicsr', 'zifencei'].map((each) => `+${each}`).join(',');

/** GCC with more arguments. */
export const gcc = (...args: string[]): Compiler => ({
  name: `gcc ${args.join(' ')}`,
  tools: [GCC],
  command: [GCC, ...args],
  assembler: ['riscv64-linux-gnu-as', '-mno-relax'],
});

/** Clang for chips with V, with the headers of GCC's C library. */
export const clang = (...args: string[]): Compiler => ({
  name: `clang ${args.join(' ')}`,
  tools: [CLANG, 'llvm-mc-19', GCC],
  command: [CLANG, '--target=riscv64-linux-gnu', '-march=rv64gcv', '-I/usr/riscv64-linux-gnu/include', ...args],
  assembler: ['llvm-mc-19', '-triple=riscv64', `-mattr=${mc}`, '-filetype=obj'],
});

export const cFile = (name: string) => fileURLToPath(new URL(`c/${name}.c`, import.meta.url));

/** Run a tool that makes a file. @throws with its complaints */
function make(command: readonly [string, ...string[]], args: readonly string[], output: string): Uint8Array {
  const [tool, ...first] = command;
  const { ok, errors } = run(tool, [...first, ...args, '-o', output]);
  if (!ok) throw new Error(`${tool} ${args.join(' ')}: ${errors}`);
  return new Uint8Array(readFileSync(output));
}

/** A C file as assembly. */
export function toAssembly({ command }: Compiler, file: string): Source {
  const name = basename(file).replace(/\.c$/, '.s');
  const text = inFolder((folder) => new TextDecoder().decode(make(command, ['-w', '-S', file], join(folder, name))));
  return { name, text };
}

/** A C file as an object. */
export function toObject({ command }: Compiler, file: string): Binary {
  const name = basename(file).replace(/\.c$/, '.o');
  return { name, data: inFolder((folder) => make(command, ['-w', '-c', file], join(folder, name))) };
}

/** C text as an object. */
export function textToObject(compiler: Compiler, name: string, text: string): Binary {
  return inFolder((folder) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return toObject(compiler, file);
  });
}

/** Assembly as an object, by another assembler. */
export function assembled({ assembler }: Compiler, { name, text }: Source, ...args: string[]): Binary {
  return inFolder((folder) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return { name: name.replace(/\.s$/, '.o'), data: make(assembler, [...args, file], join(folder, 'out.o')) };
  });
}

/** A file of GCC's own, such as crt1.o. */
const library = (name: string): Binary => {
  const path = run(GCC, [`-print-file-name=${name}`]).out.trim();
  return { name, data: new Uint8Array(readFileSync(path)) };
};
let parts: { start: Binary[]; end: Binary[] } | undefined;

/** Link with the C library as GCC does for -static. @throws with the diagnostics */
export function linkWithLibrary(inputs: readonly (Source | Binary)[]): Uint8Array<ArrayBuffer> {
  parts ??= {
    start: ['crt1.o', 'crti.o', 'crtbeginT.o'].map(library),
    end: ['libm.a', 'libc.a', 'libgcc.a', 'libgcc_eh.a', 'crtend.o', 'crtn.o'].map(library),
  };
  return link([...parts.start, ...inputs, ...parts.end]);
}

/** Link. @throws with the diagnostics */
export function link(
  inputs: readonly (Source | Binary)[],
  options: Parameters<typeof assemble>[1] = {},
): Uint8Array<ArrayBuffer> {
  const { elf, diagnostics } = assemble(inputs, options);
  if (!elf) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  return elf;
}

/** What a program prints on QEMU, and its exit status. */
export function onQemu(elf: Uint8Array): string {
  return inFolder((folder) => {
    const file = join(folder, 'program');
    writeFileSync(file, elf, { mode: 0o755 });
    const { out } = run('sh', ['-c', `timeout 60 qemu-riscv64 -cpu rv64,v=true,vlen=128 ${file}; echo "status $?"`]);
    return out;
  });
}

/** The program as GCC links it. */
export function linkedByGcc(objects: readonly Binary[]): Uint8Array {
  return inFolder((folder) => {
    const files = objects.map(({ name, data }) => {
      writeFileSync(join(folder, name), data);
      return join(folder, name);
    });
    return make([GCC, '-static'], [...files, '-lm'], join(folder, 'program'));
  });
}

/** Is the C library for riscv64 there, with GCC? */
export const hasLibrary = () => hasTool(GCC);
