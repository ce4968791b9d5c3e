/** `harthop asm`: assemble and link. */
import { DEFAULT_ARCH } from '../../assembler/assemble.js';
import { type Command, InputError } from '../command.js';
import { writeOutput } from '../files.js';
import { assembleFiles } from '../assembled.js';

export const asm: Command = {
  name: 'asm',
  operands: 'FILES…',
  doc: [
    'Assemble sources and link them, with objects and archives, to a static riscv64 ELF program with symbols and',
    'line numbers.',
  ].join('\n'),
  options: {
    output: { value: 'FILE', doc: 'The program to write. Default: the first file with .elf for its ending.' },
    march: { value: 'STRING', doc: `The instructions to know. Default: ${DEFAULT_ARCH}.` },
    entry: { value: 'SYMBOL', doc: 'Where execution starts. Default: _start.' },
    base: { value: 'ADDRESS', doc: 'Where the first section lies. Default: the program starts at 0x10000.' },
  },
  notes: [
    'FILES are sources (.S is preprocessed, .s is not), relocatable objects (.o) and archives (.a) for riscv64, from',
    'GCC or Clang. Of archives the members are taken that something asks for, wherever the archive stands.',
    'Status 2: mistakes in the files, each told as FILE:LINE:COLUMN, in objects as FILE: FUNCTION+OFFSET.',
  ].join('\n'),

  async run(line) {
    const [first] = line.operands;
    if (first === undefined) throw new InputError('which FILES? See harthop asm --help');
    const base = line.text('base');
    if (base !== undefined && !/^(0x[0-9a-f]+|\d+)$/i.test(base)) {
      throw new InputError(`--base: ${JSON.stringify(base)} is no address such as 0x10000`);
    }
    const elf = assembleFiles(line.operands, {
      ...(line.text('march') && { arch: line.text('march') }),
      ...(line.text('entry') && { entry: line.text('entry') }),
      ...(base && { base: BigInt(base) }),
    });
    writeOutput(line.text('output') ?? first.replace(/(\.[^./\\]*)?$/, '.elf'), elf, true);
    return 0;
  },
};
