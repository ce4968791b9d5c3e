/** What an ELF file was compiled for: the architecture string in its `.riscv.attributes` (RISC-V ELF psABI, "Attributes"). */
import { extensionsNamed } from '../isa/isa-string.js';
import { Bytes } from './bytes.js';
import type { ElfFile } from './elf.js';

const FILE_ATTRIBUTES = 1;
const ARCH = 5;

/** The extensions that the file's code may use, spelled as in the table, with all that they imply; none when it does not say. */
export function extensionsUsed(elf: ElfFile): ReadonlySet<string> {
  const arch = archOf(elf);
  return arch ? extensionsNamed(arch) : new Set();
}

function archOf(elf: ElfFile): string | undefined {
  const section = elf.sections.get('.riscv.attributes');
  if (!section) return undefined;
  try {
    const at = new Bytes(section.data);
    if (at.u8() !== 'A'.charCodeAt(0)) return undefined;
    at.skip(4);
    if (at.cstring() !== 'riscv' || at.u8() !== FILE_ATTRIBUTES) return undefined;
    at.skip(4);
    while (at.more) {
      const tag = Number(at.uleb());
      // Odd tags hold text, even ones a number.
      if (tag % 2 === 0) at.uleb();
      else {
        const text = at.cstring();
        if (tag === ARCH) return text;
      }
    }
  } catch {
    // A damaged section says nothing; the code may run all the same.
  }
  return undefined;
}
