/** What an ELF file was compiled for: the architecture string in its `.riscv.attributes` (RISC-V ELF psABI, "Attributes"). */
import { Bytes } from './bytes.js';
import type { ElfFile } from './elf.js';

const FILE_ATTRIBUTES = 1;
const ARCH = 5;

/** The letters and names of the extensions that the file's code may use, capitals as in the table (`M`, `Zifencei`); empty when it does not say. */
export function extensionsUsed(elf: ElfFile): string[] {
  const arch = archOf(elf);
  if (!arch) return [];
  const [base, ...rest] = arch.replace(/^rv\d+/, '').split('_');
  const names = [...base!.replaceAll(/\d+(p\d+)?/g, ''), ...rest.map((name) => name.replace(/\d+p\d+$/, ''))];
  return names.map((name) => name[0]!.toUpperCase() + name.slice(1));
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
