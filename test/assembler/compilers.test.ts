/** What GCC and Clang write assembles unchanged: to the bytes that GNU as and LLVM make of it, and to programs that do the same. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Binary, Source } from '../../assembler/assemble.js';
import { readElf } from '../../emulator/elf.js';
import { socNamed } from '../../emulator/soc/presets.js';
import { onMachine } from '../kernel/boards.js';
import { needs } from '../tools.js';
import {
  assembled,
  cFile,
  clang,
  type Compiler,
  gcc,
  link,
  linkedByGcc,
  linkWithLibrary,
  onQemu,
  toAssembly,
  toObject,
} from './compilers.js';
import { inFolder, run } from './other-tools.js';
import { hex } from './ours.js';

const names = [
  'assembly',
  'atomics',
  'calls',
  'control',
  'floats',
  'integers',
  'intrinsics',
  'loops',
  'sorting',
  'storage',
  'strings',
  'unwinding',
];
/** GCC 12 has no vector intrinsics. */
const compilersOf = (name: string): Compiler[] => [
  ...(name === 'intrinsics' ? [] : [gcc('-O2', '-funwind-tables'), gcc('-O1', '-g', '-fPIC', '-fcommon')]),
  clang('-O2'),
  clang('-O1', '-g', '-fPIE'),
  clang('-O3', '-march=rv64gcv_zicond_zfa_zfh_zcb_zba_zbb_zbc_zbs_zvbb_zvfh_zvkng'),
];

/** Names that an object has no definition for. */
function undefinedIn(object: Binary): string[] {
  const wanted = new Set<string>();
  const found = /undefined symbol (\S+?)(?:;|$)/;
  for (;;) {
    try {
      link([stubs([...wanted]), object], { entry: null });
      return [...wanted];
    } catch (error) {
      const before = wanted.size;
      for (const line of String(error).split('\n')) {
        const name = found.exec(line)?.[1];
        if (name) wanted.add(name);
      }
      if (wanted.size === before) throw error;
    }
  }
}

/** With code filled up, as the other assemblers do or do not: what follows it in the image lies in one place. */
const padded = ({ name, text }: Source): Source => ({ name, text: `${text}\n\t.text\n\t.p2align 4\n` });

/** Something to call by each name. */
const stubs = (list: readonly string[]): Source => ({
  name: 'stubs.s',
  text: [...list.map((each) => `.globl ${each}\n${each}: .word 0`), '.balign 4096', ''].join('\n'),
});

/** Sections whose bytes must be the same; unwind tables and debugging information are written in more than one way. */
const compared = /^\.(text|rodata|srodata|data|sdata|tdata|init_array|fini_array|own_section|got)|^own_section/;

for (const name of names) {
  for (const compiler of compilersOf(name)) {
    test(
      `${name}.c by ${compiler.name}: the same bytes as by the compiler's own assembler`,
      needs(...compiler.tools),
      () => {
        const source = padded(toAssembly(compiler, cFile(name)));
        const object = assembled(compiler, source);
        const more = stubs(undefinedIn(object));
        // The sections of the one lie where the other's do, so that all addresses are the same.
        const [ours, theirs] = [source, object].map(
          (input) => readElf(link([more, input], { entry: null, base: 0x10000n }), 'a.elf').sections,
        );
        for (const [section, { va, data }] of theirs!) {
          if (!compared.test(section)) continue;
          assert.equal(ours!.get(section)?.va, va, section);
          const length = Math.min(ours!.get(section)!.data.length, data.length);
          assert.equal(hex(ours!.get(section)!.data.subarray(0, length)), hex(data.subarray(0, length)), section);
          // The other assembler may fill up its section.
          assert.ok(data.length - length < 16 && ours!.get(section)!.data.length === length, `length of ${section}`);
        }
      },
    );
  }
}

/** How the caller is found from each place, as another tool reads it. */
function frameRules(elf: Uint8Array): string[] {
  return inFolder((folder) => {
    const file = join(folder, 'a.elf');
    writeFileSync(file, elf);
    const { out, errors } = run('riscv64-linux-gnu-readelf', ['--debug-dump=frames-interp', file]);
    assert.equal(errors, '');
    const lines = out.split('\n').map((line) => line.trim().replace(/^\w+ \w+ \w+ FDE cie=\w+/, 'FDE'));
    // Where nothing changes, a row may be written again or not.
    const rows = lines
      .filter((line) => /^FDE|^[0-9a-f]{16} /.test(line))
      .map((line) => line.replace(/(\s+u)+\s*$/, ''));
    return rows.filter((row, i) => row.slice(16) !== rows[i - 1]?.slice(16));
  });
}

for (const compiler of [
  gcc('-O2', '-funwind-tables'),
  gcc('-Os', '-fexceptions', '-march=rv64g'),
  clang('-O2'),
  clang('-O0'),
])
  test(
    `unwind tables by ${compiler.name} say what the other assembler's say`,
    needs(...compiler.tools, 'riscv64-linux-gnu-readelf'),
    () => {
      for (const name of ['calls', 'sorting', 'unwinding', 'control']) {
        const source = padded(toAssembly(compiler, cFile(name)));
        const object = assembled(compiler, source);
        const more = stubs(undefinedIn(object));
        const [ours, theirs] = [source, object].map((input) =>
          frameRules(link([more, input], { entry: null, base: 0x10000n })),
        );
        assert.ok(ours!.length > 10, name);
        assert.deepEqual(ours, theirs, name);
      }
    },
  );

const tools = needs('riscv64-linux-gnu-gcc', 'clang-19', 'qemu-riscv64');
for (const name of names) {
  test(`${name}.c from assembly and linked here does what it does linked by GCC`, tools, () => {
    const [compiler] = compilersOf(name) as [Compiler];
    const expected = onQemu(linkedByGcc([toObject(compiler, cFile(name))]));
    assert.match(expected, /^status 0$/m);
    for (const each of [compiler, clang('-O2', '-fPIE')])
      assert.equal(onQemu(linkWithLibrary([toAssembly(each, cFile(name))])), expected, each.name);
  });
}

for (const name of ['loops', 'unwinding', 'storage'])
  test(`${name}.c linked here runs on the chip`, tools, async () => {
    const object = toObject(clang('-O2'), cFile(name));
    const elf = linkWithLibrary([object]);
    const { console, status } = await onMachine(socNamed('app2-vec1'), {
      program: { name, tools: [], elf: () => elf },
    });
    assert.equal(`${console.replaceAll('\r', '')}status ${status}\n`, onQemu(linkedByGcc([object])));
  });
