/** What is read of an ELF file for the forecast: all code and all data, whatever their sections are called. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assemble } from '../../assembler/assemble.js';
import { builtOf } from '../../cli/built.js';
import { codeOf } from '../../language-server/built/built.js';

test('code and data are what sections say they are, not what they are called', async () => {
  const text = `        .globl  _start
_start: ret
        .section mine, "ax"
other:  ret
        .section .srodata.cst8, "aM", @progbits, 8
        .quad   1
        .section tables, "aw"
        .quad   2
        .bss
        .zero   8
`;
  const { elf } = assemble([{ name: 'sections.S', text }]);
  const built = await builtOf(elf!, 'sections');
  const code = codeOf(built);
  const other = built.symbols.find(({ name }) => name === 'other')!;
  assert.equal(code.at(other.address)?.row?.name, 'jalr');
  assert.deepEqual(
    built.data.map(({ size }) => size),
    [8, 8, 8],
  );
  assert.equal(code.instructions.length, 2);
});
