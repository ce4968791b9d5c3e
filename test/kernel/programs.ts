/** Programs that tests run on the kernel: the examples, by our assembler; C programs of test/programs, by the cross compiler. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assemble, formatDiagnostic } from '../../assembler/assemble.js';

export interface Program {
  readonly name: string;
  /** What must be installed to make it. */
  readonly tools: readonly string[];
  elf(): Uint8Array;
}

const compiler = 'riscv64-linux-gnu-gcc';

function made(name: string, tools: readonly string[], make: () => Uint8Array): Program {
  let kept: Uint8Array | undefined;
  return { name, tools, elf: () => (kept ??= make()) };
}

/** Assembly text. */
export const assembly = (name: string, text: string): Program =>
  made(name, [], () => {
    const { elf, diagnostics } = assemble([{ name: `${name}.S`, text }]);
    if (!elf) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
    return elf;
  });

/** examples/NAME.S */
export const example = (name: string): Program => assembly(name, readFileSync(`examples/${name}.S`, 'utf8'));

/** test/programs/NAME.c */
export const compiled = (name: string, flags = ['-O2', '-static', '-pthread', '-w']): Program =>
  made(name, [compiler], () => {
    const folder = mkdtempSync(join(tmpdir(), 'harthop-program-'));
    try {
      const output = join(folder, name);
      const { status, stderr, error } = spawnSync(compiler, [...flags, `test/programs/${name}.c`, '-o', output]);
      if (error) throw error;
      if (status !== 0) throw new Error(`${compiler}: ${stderr}`);
      return readFileSync(output);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
