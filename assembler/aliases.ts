/**
 * Other names of single instructions, once for assembler and disassembler. Each line: what is written, and what it stands for.
 * Of several that stand for the same row, the disassembler takes the first that matches, so the particular ones come first.
 */
import { csrNamed } from '../isa/csrs.js';
import { instructionNamed } from '../isa/table.js';
import { type Form, formOfAlias } from './form.js';

/** `written` stands for `meaning`, whose operands are operand names of `written`, registers, numbers or `csr:name`. */
interface Alias {
  readonly written: string;
  readonly meaning: string;
  readonly bits?: number;
  /** Understood, but never printed. */
  readonly inputOnly?: boolean;
}

const alias = (written: string, meaning: string, bits = 0): Alias => ({ written, meaning, bits });
const input = (written: string, meaning: string): Alias => ({ written, meaning, inputOnly: true });
/** What an instruction was called in drafts and earlier versions of the specifications. @param now its name, where that is not the row's */
const former = (written: string, meaning: string, now = /^\S+/.exec(meaning)![0]): Alias => {
  replaced.set(/^\S+/.exec(written)![0], now);
  return input(written, meaning);
};
const replaced = new Map<string, string>();
/** Mnemonics that are not used any more, and those that took their place. */
export const replacedMnemonics: ReadonlyMap<string, string> = replaced;

const integer: Alias[] = [
  alias('nop', 'addi zero, zero, 0'),
  alias('li rd, imm12', 'addi rd, zero, imm12'),
  alias('mv rd, rs1', 'addi rd, rs1, 0'),
  input('move rd, rs1', 'addi rd, rs1, 0'),
  alias('not rd, rs1', 'xori rd, rs1, -1'),
  alias('zext.b rd, rs1', 'andi rd, rs1, 255'),
  alias('zext.w rd, rs1', 'add.uw rd, rs1, zero'),
  alias('neg rd, rs2', 'sub rd, zero, rs2'),
  alias('negw rd, rs2', 'subw rd, zero, rs2'),
  alias('sext.w rd, rs1', 'addiw rd, rs1, 0'),
  alias('seqz rd, rs1', 'sltiu rd, rs1, 1'),
  alias('snez rd, rs2', 'sltu rd, zero, rs2'),
  alias('sltz rd, rs1', 'slt rd, rs1, zero'),
  alias('sgtz rd, rs2', 'slt rd, zero, rs2'),
  input('sgt rd, rs2, rs1', 'slt rd, rs1, rs2'),
  input('sgtu rd, rs2, rs1', 'sltu rd, rs1, rs2'),
  // The register forms also take an immediate.
  ...['add', 'and', 'or', 'xor', 'slt', 'addw'].map((name) =>
    input(`${name} rd, rs1, imm12`, `${name.replace(/w?$/, 'i$&')} rd, rs1, imm12`),
  ),
  input('sltu rd, rs1, imm12', 'sltiu rd, rs1, imm12'),
  ...['ror', 'bclr', 'bext', 'binv', 'bset'].map((name) =>
    input(`${name} rd, rs1, shamt6`, `${name}i rd, rs1, shamt6`),
  ),
  input('rorw rd, rs1, shamt5', 'roriw rd, rs1, shamt5'),
  ...['sll', 'srl', 'sra'].flatMap((name) => [
    input(`${name} rd, rs1, shamt6`, `${name}i rd, rs1, shamt6`),
    input(`${name}w rd, rs1, shamt5`, `${name}iw rd, rs1, shamt5`),
  ]),
];

const control: Alias[] = [
  alias('beqz rs1, branch13', 'beq rs1, zero, branch13'),
  alias('bnez rs1, branch13', 'bne rs1, zero, branch13'),
  alias('blez rs2, branch13', 'bge zero, rs2, branch13'),
  alias('bgez rs1, branch13', 'bge rs1, zero, branch13'),
  alias('bltz rs1, branch13', 'blt rs1, zero, branch13'),
  alias('bgtz rs2, branch13', 'blt zero, rs2, branch13'),
  input('bgt rs2, rs1, branch13', 'blt rs1, rs2, branch13'),
  input('ble rs2, rs1, branch13', 'bge rs1, rs2, branch13'),
  input('bgtu rs2, rs1, branch13', 'bltu rs1, rs2, branch13'),
  input('bleu rs2, rs1, branch13', 'bgeu rs1, rs2, branch13'),
  alias('j jump21', 'jal zero, jump21'),
  alias('jal jump21', 'jal ra, jump21'),
  alias('ret', 'jalr zero, 0, ra'),
  alias('jr rs1', 'jalr zero, 0, rs1'),
  alias('jalr rs1', 'jalr ra, 0, rs1'),
  alias('jr imm12(rs1)', 'jalr zero, imm12, rs1'),
  alias('jalr imm12(rs1)', 'jalr ra, imm12, rs1'),
  input('jr rs1, imm12', 'jalr zero, imm12, rs1'),
  alias('jalr rd, rs1', 'jalr rd, 0, rs1'),
  input('jalr rd, rs1, imm12', 'jalr rd, imm12, rs1'),
  alias('fence', 'fence 15, 15'),
  alias('fence.tso', 'fence 3, 3', 0x8000_0000),
  // On an architecture without Zihintpause too: there it is a fence that orders nothing.
  input('pause', 'fence 1, 0'),
  former('scall', 'ecall'),
  former('sbreak', 'ebreak'),
  alias('sfence.vma', 'sfence.vma zero, zero'),
  alias('sfence.vma rs1', 'sfence.vma rs1, zero'),
];

/** Counters that are read by a name of their own. */
const counters = ['cycle', 'time', 'instret'];

const system: Alias[] = [
  alias('unimp', 'csrrw zero, csr:cycle, zero'),
  ...counters.map((name) => alias(`rd${name} rd`, `csrrs rd, csr:${name}, zero`)),
  ...(
    [
      ['csr', 'fcsr'],
      ['rm', 'frm'],
      ['flags', 'fflags'],
    ] as const
  ).flatMap(([name, csr]) => [
    alias(`fr${name} rd`, `csrrs rd, csr:${csr}, zero`),
    alias(`fs${name} rs1`, `csrrw zero, csr:${csr}, rs1`),
    alias(`fs${name} rd, rs1`, `csrrw rd, csr:${csr}, rs1`),
    ...(csr === 'fcsr'
      ? []
      : [
          alias(`fs${name}i zimm5`, `csrrwi zero, csr:${csr}, zimm5`),
          alias(`fs${name}i rd, zimm5`, `csrrwi rd, csr:${csr}, zimm5`),
        ]),
  ]),
  input('frsr rd', 'csrrs rd, csr:fcsr, zero'),
  input('fssr rs1', 'csrrw zero, csr:fcsr, rs1'),
  input('fssr rd, rs1', 'csrrw rd, csr:fcsr, rs1'),
  alias('csrr rd, csr', 'csrrs rd, csr, zero'),
  alias('csrw csr, rs1', 'csrrw zero, csr, rs1'),
  alias('csrs csr, rs1', 'csrrs zero, csr, rs1'),
  alias('csrc csr, rs1', 'csrrc zero, csr, rs1'),
  alias('csrwi csr, zimm5', 'csrrwi zero, csr, zimm5'),
  alias('csrsi csr, zimm5', 'csrrsi zero, csr, zimm5'),
  alias('csrci csr, zimm5', 'csrrci zero, csr, zimm5'),
  ...['w', 's', 'c'].flatMap((letter) => [
    input(`csr${letter} csr, zimm5`, `csrr${letter}i zero, csr, zimm5`),
    input(`csrr${letter} rd, csr, zimm5`, `csrr${letter}i rd, csr, zimm5`),
  ]),
];

const float: Alias[] = ['h', 's', 'd'].flatMap((format) => [
  alias(`fmv.${format} fd, fs1`, `fsgnj.${format} fd, fs1, fs1`),
  alias(`fneg.${format} fd, fs1`, `fsgnjn.${format} fd, fs1, fs1`),
  alias(`fabs.${format} fd, fs1`, `fsgnjx.${format} fd, fs1, fs1`),
  input(`fgt.${format} rd, fs2, fs1`, `flt.${format} rd, fs1, fs2`),
  input(`fge.${format} rd, fs2, fs1`, `fle.${format} rd, fs1, fs2`),
  input(`fgtq.${format} rd, fs2, fs1`, `fltq.${format} rd, fs1, fs2`),
  input(`fgeq.${format} rd, fs2, fs1`, `fleq.${format} rd, fs1, fs2`),
]);
float.push(former('fmv.x.s rd, fs1', 'fmv.x.w rd, fs1'), former('fmv.s.x fd, rs1', 'fmv.w.x fd, rs1'));

const vector: Alias[] = [
  alias('vneg.v vd, vs2, vm', 'vrsub.vx vd, vs2, zero, vm'),
  alias('vnot.v vd, vs2, vm', 'vxor.vi vd, vs2, -1, vm'),
  alias('vwcvt.x.x.v vd, vs2, vm', 'vwadd.vx vd, vs2, zero, vm'),
  alias('vwcvtu.x.x.v vd, vs2, vm', 'vwaddu.vx vd, vs2, zero, vm'),
  alias('vncvt.x.x.w vd, vs2, vm', 'vnsrl.wx vd, vs2, zero, vm'),
  alias('vfneg.v vd, vs2, vm', 'vfsgnjn.vv vd, vs2, vs2, vm'),
  alias('vfabs.v vd, vs2, vm', 'vfsgnjx.vv vd, vs2, vs2, vm'),
  ...['slt', 'sltu', 'sle', 'sleu'].map((name) =>
    input(`vm${name.replace('sl', 'sg')}.vv vd, vs1, vs2, vm`, `vm${name}.vv vd, vs2, vs1, vm`),
  ),
  ...['lt', 'le'].map((name) =>
    input(`vmf${name.replace('l', 'g')}.vv vd, vs1, vs2, vm`, `vmf${name}.vv vd, vs2, vs1, vm`),
  ),
  alias('vmmv.m vd, vs2', 'vmand.mm vd, vs2, vs2'),
  former('vmcpy.m vd, vs2', 'vmand.mm vd, vs2, vs2', 'vmmv.m'),
  alias('vmclr.m vd', 'vmxor.mm vd, vd, vd'),
  alias('vmset.m vd', 'vmxnor.mm vd, vd, vd'),
  alias('vmnot.m vd, vs2', 'vmnand.mm vd, vs2, vs2'),
  former('vmandnot.mm vd, vs2, vs1', 'vmandn.mm vd, vs2, vs1'),
  former('vmornot.mm vd, vs2, vs1', 'vmorn.mm vd, vs2, vs1'),
  former('vpopc.m rd, vs2, vm', 'vcpop.m rd, vs2, vm'),
  former('vle1.v vd, (rs1)', 'vlm.v vd, rs1'),
  former('vse1.v vs3, (rs1)', 'vsm.v vs3, rs1'),
  ...[1, 2, 4, 8].map((n) => input(`vl${n}r.v vd, (rs1)`, `vl${n}re8.v vd, rs1`)),
  former('vfredsum.vs vd, vs2, vs1, vm', 'vfredusum.vs vd, vs2, vs1, vm'),
  former('vfwredsum.vs vd, vs2, vs1, vm', 'vfwredusum.vs vd, vs2, vs1, vm'),
];

/** c.mv stands for an addition, which is not what it is called. Hints as other disassemblers write them: additions to x0, and shifts by 0, which they name after their 128-bit meaning. */
const compressed: Alias[] = [
  alias('mv rd, rs2Nonzero', 'c.mv rd, rs2Nonzero'),
  input('c.nop cimm6', 'c.addi zero, cimm6'),
  input('c.slli64 rd', 'c.slli rd, 0'),
  input('c.srli64 rs1c', 'c.srli rs1c, 0'),
  input('c.srai64 rs1c', 'c.srai rs1c, 0'),
];

/** The alias as a form, or undefined while the table lacks its row. */
function toForm({ written, meaning, bits = 0 }: Alias): Form | undefined {
  const [, mnemonic, syntax] = /^(\S+) ?(.*)$/.exec(written)!;
  const [, name, list] = /^(\S+) ?(.*)$/.exec(meaning)!;
  const row = instructionNamed(name!);
  if (!row) return undefined;
  const fixed = list ? list.split(', ').map((text) => (text.startsWith('csr:') ? csrNumber(text.slice(4)) : text)) : [];
  return formOfAlias(mnemonic!, syntax!, row, fixed, bits);
}

function csrNumber(name: string): string {
  const csr = csrNamed(name);
  if (!csr) throw new Error(`an alias names the unknown CSR ${name}`);
  return String(csr.number);
}

const all = [...integer, ...control, ...system, ...float, ...vector, ...compressed].flatMap((each) => {
  const form = toForm(each);
  return form ? [{ form, printed: !each.inputOnly }] : [];
});

/** Every alias that is one instruction. */
export const aliases: readonly Form[] = all.map(({ form }) => form);

/** Those that the disassembler prints. */
export const printedAliases: readonly Form[] = all.filter(({ printed }) => printed).map(({ form }) => form);
