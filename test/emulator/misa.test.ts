/** What a hart says of itself in misa (privileged specification, "Machine ISA Register"). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Machine } from '../../emulator/machine.js';
import { readSoc } from '../../emulator/soc/soc.js';

/** The letters that a hart's misa has, in the alphabet's order. */
async function letters(isa: string): Promise<string> {
  const { harts } = await Machine.create(readSoc({ harts: [{ isa }] }, 'test'));
  const misa = harts[0]!.csr('misa');
  assert.equal(misa >> 62n, 2n, 'XLEN is 64');
  assert.equal((misa >> 26n) & ((1n << 36n) - 1n), 0n);
  return [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].filter((_, n) => (misa >> BigInt(n)) & 1n).join('');
}

test('a letter for each extension of one letter, whatever brings it, and for the modes', async () => {
  assert.equal(await letters('rv64i'), 'ISU');
  assert.equal(await letters('rv64gc'), 'ACDFIMSU');
  assert.equal(await letters('rv64iv'), 'DFISUV');
  assert.equal(await letters('rv64ima_zca'), 'ACIMSU');
  assert.equal(await letters('rv64imafd_zca'), 'ADFIMSU', 'without its loads and stores of doubles that is not C');
  assert.equal(await letters('rv64gc_zba_zbb'), 'ACDFIMSU');
  assert.equal(await letters('rv64gc_zba_zbb_zbs'), 'ABCDFIMSU');
  assert.equal(await letters('rv64i_zmmul_zaamo'), 'ISU', 'parts are not the whole');
  assert.equal(await letters('rva23s64'), 'ABCDFIMSUV');
});

test('X stands for extensions of vendors', async () => {
  assert.equal(await letters('rv64i_xhartdot'), 'ISUX');
});
