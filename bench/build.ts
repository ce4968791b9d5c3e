/** How the programs become ELF files: C and assembly by clang-19, bare or for Linux; a file of assembly alone by our own assembler. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assembleFiles } from '../cli/assembled.js';

export const root = fileURLToPath(new URL('..', import.meta.url));

export interface Sources {
  /** Files of bench/. */
  readonly files: readonly string[];
  readonly march: string;
  readonly defines?: Readonly<Record<string, string | number>>;
}

/** Where it is to run: in machine mode on bare hardware, or as a program of a system. */
export type Home = 'bare' | 'user';

export class Builder {
  /**
   * @param folder where to put what is built
   * @param defines in place of those that programs have by themselves
   * @param only the one home that is of interest
   */
  constructor(
    private readonly folder: string,
    private readonly defines: Sources['defines'] = {},
    private readonly only?: Home,
  ) {}

  /** Are programs built for this home? */
  builds(home: Home): boolean {
    return this.only === undefined || home === this.only;
  }

  /** @returns the path of the ELF file. @throws Error with clang's message */
  compiled(name: string, home: Home, { files, march, defines = {} }: Sources): string {
    const elf = join(this.folder, `${name.replaceAll(/\W+/g, '-')}-${home}`);
    const abi = /rv64(g|\w*d)/.test(march) ? 'lp64d' : 'lp64';
    const target = ['--target=riscv64-unknown-elf', `-march=${march}`, `-mabi=${abi}`, '-mcmodel=medany', '-mno-relax'];
    const options = [
      '-O2',
      '-ffreestanding',
      '-nostdlib',
      '-fno-builtin',
      '-fno-vectorize',
      '-fno-slp-vectorize',
      '-fno-math-errno',
    ];
    const linked = ['-fuse-ld=lld', '-Wl,--no-relax', ...(home === 'bare' ? ['-T', 'bench/runtime/bare.ld'] : [])];
    const given = Object.entries({ ...defines, ...this.defines }).map(([key, value]) => `-D${key}=${value}`);
    const sources = [`runtime/${home}.S`, ...files].map((file) => resolve(root, 'bench', file));
    const words = [...target, ...options, ...linked, ...given, ...sources, '-o', elf];
    const { status, stderr, error } = spawnSync('clang-19', words, { cwd: root, encoding: 'utf8' });
    if (status !== 0) throw new Error(`clang-19 can't build ${name}: ${error?.message ?? stderr}`);
    return elf;
  }

  /** What only exits. */
  empty(home: Home): string {
    const source = join(this.folder, 'empty.c');
    writeFileSync(source, 'int main(void) { return 0; }\n');
    return this.compiled('empty', home, { files: [source], march: 'rv64im_zicsr' });
  }

  /** A program of assembly, by our own assembler. @throws Error */
  assembled(name: string, text: string): string {
    const source = join(this.folder, `${name}.S`);
    writeFileSync(source, text);
    const elf = join(this.folder, name);
    writeFileSync(elf, assembleFiles([source]), { mode: 0o755 });
    return elf;
  }
}
