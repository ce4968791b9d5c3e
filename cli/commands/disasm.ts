/** `harthop disasm`: the code of an ELF file as assembly. */
import { disassemble } from '../../assembler/disassemble.js';
import type { ElfFile } from '../../emulator/elf.js';
import type { Command } from '../command.js';
import { readElfFile } from '../files.js';
import { nearestSymbol } from '../symbols.js';

export const disasm: Command = {
  name: 'disasm',
  operands: 'ELF',
  doc: 'Print the executable segments of a riscv64 ELF file as assembly.',
  options: {},
  async run(line) {
    const elf = readElfFile(line.one('ELF'));
    for (const text of lines(elf)) process.stdout.write(`${text}\n`);
    return 0;
  },
};

const hex = (n: bigint, digits: number) => n.toString(16).padStart(digits, '0');

function* lines(elf: ElfFile): Generator<string> {
  const labels = new Map<bigint, string[]>();
  for (const { name, value, kind } of elf.symbols) {
    if (kind !== 'object') labels.set(value, [...(labels.get(value) ?? []), name]);
  }
  const symbols = nearestSymbol(elf);
  for (const { va, data } of code(elf)) {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    for (let at = 0; at + 2 <= data.length; ) {
      const pc = va + BigInt(at);
      for (const name of labels.get(pc) ?? []) yield `\n${hex(pc, 16)} <${name}>:`;
      const word = at + 4 <= data.length ? view.getUint32(at, true) : view.getUint16(at, true);
      const { text, length } = disassemble(word, pc, { symbols });
      const raw = length === 2 ? hex(BigInt(word & 0xffff), 4) : hex(BigInt(word), 8);
      yield `${hex(pc, 8).padStart(12)}:  ${raw.padEnd(10)}${text}`;
      at += length;
    }
  }
}

/** Sections with code where there are sections, else the executable segments (which may hold headers and data too). */
function code(elf: ElfFile): { va: bigint; data: Uint8Array }[] {
  const executable = elf.segments.filter(({ executable }) => executable);
  const inside = (va: bigint) => executable.some((each) => va >= each.va && va < each.va + each.size);
  const sections = [...elf.sections]
    .filter(([name, { va, data }]) => /^\.(?:text|init|fini|plt)\b/.test(name) && data.length && inside(va))
    .map(([, section]) => section)
    .sort((a, b) => (a.va < b.va ? -1 : 1));
  return sections.length ? sections : executable;
}
