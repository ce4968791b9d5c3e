/** What compilers say of their code is understood: of every name that they write into an ELF file. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { extensionsUsed } from '../../emulator/attributes.js';
import { readElf } from '../../emulator/elf.js';
import { available } from '../../isa/names/known.js';
import { extensionsNamed } from '../../isa/isa-string.js';
import { needs, trixie } from '../tools.js';

/** The extensions of an object file that a tool makes of nothing. */
function used(tool: string, flags: readonly string[], source: string): ReadonlySet<string> {
  const folder = mkdtempSync(join(tmpdir(), 'harthop-attributes-'));
  try {
    const [input, output] = [join(folder, 'nothing.s'), join(folder, 'nothing.o')];
    writeFileSync(input, source);
    execFileSync(tool, [...flags, input, '-o', output], { stdio: 'pipe' });
    return extensionsUsed(readElf(readFileSync(output), output));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const clang = ['--target=riscv64-unknown-elf', '-menable-experimental-extensions', '-c'];

for (const arch of ['rv64gc', 'rv64imac_zicsr_zifencei', 'rv64gcv_zvl512b_zba_zbb_zbs_zvkng', 'rva22u64', 'rva23u64'])
  test(`clang's attributes for ${arch}`, needs('clang-19'), () => {
    const ours = extensionsNamed(arch);
    const theirs = used('clang-19', [...clang, `-march=${arch}`], '');
    for (const name of theirs) assert.ok(ours.has(name), `${arch} has no ${name}`);
    // What clang 19 does not know of, or does not write.
    const silent = new Set(['Supm']);
    for (const name of ours) assert.ok(theirs.has(name) || silent.has(name), `clang says nothing of ${name}`);
  });

test(
  'every name that a hart may have, with a version, as GNU as writes it',
  needs(trixie('riscv64-unknown-elf-as')),
  () => {
    const as = trixie('riscv64-unknown-elf-as');
    let known = 0;
    for (const name of available.filter((each) => each.length > 1)) {
      let theirs: ReadonlySet<string>;
      try {
        theirs = used(as, [], `.attribute arch, "rv64imafdcv_zicsr_${name.toLowerCase()}"\n`);
      } catch {
        continue; // newer than this assembler
      }
      known++;
      assert.ok(theirs.has(name), `${name} is lost`);
    }
    assert.ok(known > available.length / 2, `${known} names of ${available.length}`);
  },
);

test('names that nobody here knows are passed over', () => {
  assert.deepEqual([...extensionsNamed('rv64i2p1_m2p0_xvendor1p0_zunheard2p1')].sort(), ['I', 'M', 'Zmmul']);
  assert.deepEqual([...extensionsNamed('nonsense')], []);
});
