/** Operations in writing, as hovers show them: made from the rows' own meanings. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instructionNamed, instructions } from '../../isa/table.js';
import { operationOf } from '../../language-server/syntax/operation.js';

const expected: Readonly<Record<string, string | undefined>> = {
  add: 'rd = rs1 + rs2',
  addi: 'rd = rs1 + imm',
  addw: 'rd = sext32(rs1[31:0] + rs2[31:0])',
  lui: 'rd = imm',
  auipc: 'rd = pc + imm',
  slt: 'rd = rs1 < rs2',
  sltu: 'rd = rs1 <u rs2',
  srai: 'rd = rs1 >>s imm',
  beq: 'if (rs1 == rs2) pc = pc + offset',
  bgeu: 'if (rs1 >=u rs2) pc = pc + offset',
  jalr: 'rd = pc + 4; pc = rs1 + offset',
  lh: 'rd = sext16(memory.i16[rs1 + imm])',
  lhu: 'rd = memory.i16[rs1 + imm]',
  sd: 'memory.i64[rs1 + imm] = rs2',
  'amoadd.d': 'old = memory.i64[rs1]; memory.i64[rs1] = old + rs2; rd = old',
  sh1add: 'rd = (rs1 << 1) + rs2',
  'add.uw': 'rd = rs1[31:0] + rs2',
  'czero.eqz': 'rd = (rs2 == 0) ? 0 : rs1',
  'fadd.d': 'fd = fs1 + fs2',
  'fmsub.s': 'fd = fma(fs1, fs2, -fs3)',
  'vadd.vv': 'vd[i] = vs2[i] + vs1[i]',
  'vrsub.vx': 'vd[i] = rs1 - vs2[i]',
  'vmacc.vv': 'vd[i] = vd[i] + (vs2[i] * vs1[i])',
  'vfmacc.vf': 'vd[i] = fma(fs1, vs2[i], vd[i])',
  'vmerge.vim': 'vd[i] = v0[i] ? imm : vs2[i]',
  'vmseq.vx': 'vd[i] = vs2[i] == rs1',
  'vredsum.vs': 'sum = vs1[0]; for each i: sum = sum + vs2[i]; vd[0] = sum',
  'vmandn.mm': 'vd = vs2 & ~vs1, bit by bit',
  'vslideup.vx': 'vd[i] = (i <u rs1) ? vd[i] : vs2[i - rs1]',
  'vle8.v': 'vd[i] = memory.i8[rs1 + i]',
  'vse64.v': 'memory.i64[rs1 + 8 * i] = vs3[i]',
  'vlse32.v': 'vd[i] = memory.i32[rs1 + i * rs2]',
  'vsuxei16.v': 'memory[rs1 + vs2[i]] = vs3[i]',
  // What a line does not hold, or is no computation.
  aes64es: undefined,
  ecall: undefined,
  vsetvli: undefined,
};

test('operations are written as the rows mean them', () => {
  for (const [name, text] of Object.entries(expected)) assert.equal(operationOf(instructionNamed(name)!), text, name);
});

test('most rows that compute have one, and none is long', () => {
  const all = instructions.map(operationOf).filter((each) => each !== undefined);
  assert.ok(all.length > 500, `${all.length}`);
  assert.ok(all.every((each) => each.length < 120 && !/undefined|NaN|\[object/.test(each)));
});
