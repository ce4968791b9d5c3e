/** Random programs over every row of the table. What makes an instruction safe to run is put before it. */
import { usesFloat, vectorOf, whyIllegal } from '../../isa/vector/legality.js';
import { rowOf } from '../../isa/decode.js';
import { extract, type OperandName, operandNames, operands } from '../../isa/operands.js';
import { extensions, instructionNamed, instructions } from '../../isa/table.js';
import type { Instruction } from '../../isa/types.js';
import { type Vtype, vlmaxOf, vtypeOf } from '../../isa/vector/vtype.js';
import { Draft, draft, everything, freeRegister } from './draft.js';
import { fault } from './faults.js';
import {
  type Atom,
  address,
  BUFFER,
  indexTable,
  type Program,
  reserved,
  SP,
  STOPS,
  TABLES,
  type Word,
  word,
} from './program.js';
import { maybeMisaligned, readsBoxedBf16, refusesFraction, spoilsX0, wholeAccessOverruns } from './qemu-bugs.js';
import { Random } from './random.js';

/** Extensions whose rows a program of this kind can't run, and why. */
const excluded = [
  { when: /^X/, why: 'is our own' },
  { when: /^(Privileged|S[msv].*)$/, why: 'is privileged' },
  { when: /^Zicbom$/, why: "is forbidden by QEMU's user mode, as by Linux" },
] as const;
const leftOut = new Map(
  extensions.flatMap(({ name, rows }) => {
    const why = excluded.find(({ when }) => when.test(name))?.why;
    return why ? rows.map((row) => [row.name, why] as const) : [];
  }),
);
export const whyLeftOut = (row: string) => leftOut.get(row);

/**
 * Is a row's result the same whether its pages are there or come in at a fault? Reservations do not outlive a fault, and fault-only-first
 * loads end at one: programs for paged.ts do without them.
 */
const survivesFaults = (row: Instruction) => !/^(lr|sc)\.|ff\.v$/.test(row.name);

const CSR = {
  fflags: 1,
  frm: 2,
  fcsr: 3,
  vstart: 8,
  vxsat: 9,
  vxrm: 10,
  vcsr: 15,
  vl: 0xc20,
  vtype: 0xc21,
  vlenb: 0xc22,
};

/** The end of every program is an ecall. */
const candidates = instructions.filter(({ name }) => !leftOut.has(name) && !STOPS.has(name) && name !== 'ecall');
/** It names its address without an offset, and in RAM only, aligned. */
const isAtomic = (row: Instruction) => row.requires.some((each) => /\bZa/.test(each));
/** Rows that may stand under a branch: they change registers only. */
const simple = candidates.filter(
  (row) => row.semantics.kind === 'plain' && !row.syntax.includes('(') && !isAtomic(row) && !readsBoxedBf16(row),
);

/** What compiled code consists of: runs of these meet whatever an engine does for instructions that follow each other. */
const common = candidates.filter((row) =>
  /^(c\.)?(add|addi|addiw|addw|sub|li|mv|lui|slli|srli|andi|mul|auipc|ld|lw|lbu|lwu|sd|sw|sb|beqz?|bnez?|blt|bge|bltu|bgeu|j|jal|fld|fsd|fmadd\.d|fadd\.d|fmul\.d)$/.test(
    row.name,
  ),
);

/** Elements of a row's groups, of which vl and vstart are multiples; 1 where elements stand alone. */
function sizeOf(row: Instruction): number {
  const v = vectorOf(row);
  return v.shape === 'element-group' ? v.size : 1;
}

export class Generator {
  private readonly r: Random;
  /** How many more rows are to be of the most common ones. */
  private common = 0;
  private readonly groups = new Map<string, Instruction[]>();
  private readonly chances: Instruction[][] = [];
  /** vtype in force. */
  private vtype: bigint = 0n;

  /** @param favoured rows that every other atom is about */
  constructor(
    private readonly seed: number,
    private readonly vlen: number,
    private readonly paged = false,
    private readonly favoured: readonly Instruction[] = [],
  ) {
    this.r = new Random(seed);
    for (const row of paged ? candidates.filter(survivesFaults) : candidates) {
      const extension = row.requires[0]!;
      this.groups.set(extension, [...(this.groups.get(extension) ?? []), row]);
    }
    // An extension as often as the root of its rows' number: the many of V do not push out the few of others.
    for (const rows of this.groups.values()) this.chances.push(...Array(Math.ceil(Math.sqrt(rows.length))).fill(rows));
  }

  program(length: number): Program {
    const atoms: Atom[] = [];
    while (atoms.length < length) {
      const row = this.pickRow();
      const words = this.atom(row);
      if (words) atoms.push({ row: row.name, words, checked: this.r.oneIn(6) || atoms.length === length - 1 });
    }
    if (this.r.oneIn(2)) atoms.push(fault(this.r, this.vtype));
    return { seed: this.seed, vlen: this.vlen, paged: this.paged, atoms };
  }

  private pickRow(): Instruction {
    if (this.favoured.length && this.r.oneIn(2)) return this.r.pick(this.favoured);
    if (this.r.oneIn(12)) this.common = 4 + this.r.below(12);
    if (this.common-- > 0) return this.r.pick(common);
    if (this.r.oneIn(12)) return instructionNamed(this.r.pick(['vsetvli', 'vsetivli', 'vsetvl']))!;
    return this.r.pick(this.r.pick(this.chances));
  }

  /** A row's instruction and what it needs, or undefined when the dice fell badly. */
  private atom(row: Instruction): Word[] | undefined {
    const { r } = this;
    if (row.name === 'c.addi16sp') return this.stackAdjustment(row);
    if (row.semantics.kind === 'system' && row.name.startsWith('csrr')) return this.csrAccess(row);
    if (row.semantics.kind === 'vector') return this.vector(row);
    if (row.name === 'fence.i') return this.modification(row);
    if (/^(c\.)?bnez?$/.test(row.name) && r.oneIn(3)) return this.loop(row);
    // An access that needs nothing before it, every other time.
    const atOnce = row.length === 4 && /12\(rs1\)/.test(row.syntax) && r.oneIn(2);
    const d = draft(r, row, atOnce ? { rs1: BUFFER } : {});
    if (!d || reserved.some((x) => d.writes(x))) return undefined;
    const { kind } = d.executed.semantics;
    if (kind === 'branch' || kind === 'jump') return this.control(row, d);
    if (d.executed.syntax.includes('(rs1)')) return this.memory(row, d);
    if (!this.usesFloat(d.executed)) return [d.word];
    return [...this.freshFloats(d), d.word, ...this.flags()];
  }

  private usesFloat = (row: Instruction) => operandNames(row).some((name) => operands[name].class === 'f');

  /** Interesting numbers into the operands, now and then. */
  private freshFloats(d: Draft): Word[] {
    if (readsBoxedBf16(d.row)) return [word('flh', d.get('fs1'), 8 * (this.r.below(256) - 256), TABLES)];
    return (['fs1', 'fs2', 'fs3'] as const).flatMap((name) =>
      d.has(name) && this.r.oneIn(3) ? [word('fld', d.get(name), 8 * (this.r.below(256) - 256), TABLES)] : [],
    );
  }

  /** Read and clear the flags: only then are the next ones seen. */
  private flags(): Word[] {
    return this.r.oneIn(2) ? [word('csrrw', freeRegister(this.r), CSR.fflags, 0)] : [];
  }

  private stackAdjustment(row: Instruction): Word[] | undefined {
    const d = draft(this.r, row);
    return d && [d.word, word('addi', freeRegister(this.r), SP, 0), word('addi', SP, BUFFER, 0)];
  }

  private csrAccess(row: Instruction): Word[] | undefined {
    const { r } = this;
    const writes = row.name.startsWith('csrrw');
    const immediate = row.name.endsWith('i');
    const readable = [CSR.vl, CSR.vtype, CSR.vlenb, CSR.vstart, CSR.frm, CSR.fcsr, CSR.vcsr];
    const anyValue = [CSR.fflags, CSR.vxsat, CSR.vxrm, CSR.vcsr];
    const source = (value?: number) => (value === undefined ? {} : immediate ? { zimm5: value } : { rs1: value });
    let fixed: Partial<Record<OperandName, number>>;
    let before: Word[] = [];
    if (r.oneIn(3)) {
      if (writes) {
        // Only valid rounding modes: every instruction with `dyn` is illegal under others.
        const [csr, value] = r.oneIn(2) ? [CSR.frm, r.below(5)] : [CSR.fcsr, r.below(immediate ? 32 : 5 * 32)];
        const register = freeRegister(r);
        before = immediate ? [] : [word('addi', register, 0, value)];
        fixed = { csr, ...source(immediate ? value : register) };
      } else fixed = { csr: r.pick(readable), ...source(0) };
    } else {
      fixed = { csr: r.pick(anyValue) };
    }
    const d = draft(r, row, fixed);
    return d && !reserved.some((x) => d.writes(x)) ? [...before, d.word] : undefined;
  }

  /** One or two instructions that change registers only. */
  private inner(): Word[] {
    const words: Word[] = [];
    while (!words.length || this.r.oneIn(3)) {
      const d = draft(this.r, this.r.pick(simple));
      if (d && !reserved.some((x) => d.writes(x))) words.push(d.word);
    }
    return words;
  }

  /** A few turns around instructions that change registers only. */
  private loop(row: Instruction): Word[] | undefined {
    const { r } = this;
    const compressed = row.length === 2;
    const counter = compressed ? 8 + r.below(8) : freeRegister(r);
    const body = this.inner();
    if (body.some(({ bits }) => new Draft(rowOf(bits, everything)!, bits).writes(counter))) return undefined;
    body.push(word('addi', counter, counter, -1));
    const distance = -body.reduce((n, { length }) => n + length, 0);
    const fixed = compressed ? { rs1c: counter, cbranch9: distance } : { rs1: counter, rs2: 0, branch13: distance };
    const back = draft(r, row, fixed);
    return back && [word('addi', counter, 0, 1 + r.below(9)), ...body, back.word];
  }

  /** An instruction written over by another one, made visible by the fence and executed. */
  private modification(row: Instruction): Word[] | undefined {
    const { r } = this;
    const [before, after] = [this.inner()[0]!, this.inner()[0]!];
    const fence = draft(r, row);
    if (before.length !== 4 || after.length !== 4 || !fence) return undefined;
    const value = freeRegister(r);
    const place = freeRegister(r, value);
    const low = (after.bits << 20) >> 20;
    const high = ((after.bits - low) >>> 12) & 0xfffff;
    return [
      word('lui', value, high),
      word('addiw', value, value, low),
      word('auipc', place, 0),
      word('sw', value, 12, place),
      fence.word,
      before,
    ];
  }

  /** A branch or jump forward, over instructions that it may skip. */
  private control(row: Instruction, d: Draft): Word[] | undefined {
    const skipped = this.inner();
    const distance = d.length + skipped.reduce((n, { length }) => n + length, 0);
    const target = operandNames(row).find((name) => operands[name].class === 'target');
    if (target) {
      const fields = Object.fromEntries(operandNames(row).map((name) => [name, extract(operands[name], d.bits)]));
      const near = draft(this.r, row, { ...fields, [target]: distance });
      return near && [near.word, ...skipped];
    }
    // To a register: it gets the address, less the immediate, which is even or odd.
    const register = d.get('rs1');
    if (register === 0 || reserved.includes(register)) return undefined;
    const setUp = [word('auipc', register, 0), word('addi', register, register, 0)];
    const imm = d.has('imm12') ? Math.max(-1024, Math.min(1023, d.get('imm12'))) : 0;
    const jump =
      d.has('imm12') && row.length === 4 ? draft(this.r, row, { rd: d.get('rd'), rs1: register, imm12: imm }) : d;
    if (!jump) return undefined;
    setUp[1] = word('addi', register, register, 8 + distance - imm);
    return [...setUp, jump.word, ...skipped];
  }

  /** From the buffer's middle, which is a page's start: often close to it. */
  private offset(): number {
    return this.r.oneIn(3) ? this.r.below(64) - 48 : this.r.below(2048) - 1024;
  }

  /** A load, store or atomic: its address register is set first. */
  private memory(row: Instruction, d: Draft): Word[] | undefined {
    const { r } = this;
    const register = d.get('rs1');
    if (register === 0 || register === TABLES) return undefined;
    const atomic = isAtomic(row);
    // Misaligned within 16 bytes, now and then (Zama16b).
    const within = atomic && maybeMisaligned(row) && r.oneIn(4) ? r.below(9) : 0;
    const setUp = reserved.includes(register)
      ? []
      : address(register, BUFFER, atomic ? 16 * (r.below(32) - 16) + within : this.offset());
    if (d.has('rs2') && atomic && d.get('rs2') === register) return undefined;
    if (spoilsX0(row, d.get(d.has('rdPair') ? 'rdPair' : 'rd'))) return undefined;
    if (!row.name.startsWith('lr.')) return [...setUp, d.word];
    // A reservation is used at once: what else may end it differs between implementations.
    if (d.writes(register)) return undefined;
    const store = draft(r, instructionNamed(row.name.replace('lr', 'sc'))!, { rs1: register });
    if (!store || reserved.some((x) => store.writes(x))) return undefined;
    const between = r.oneIn(2) ? [word('addi', freeRegister(r, register), freeRegister(r), 1)] : [];
    return [...setUp, d.word, ...between, store.word];
  }

  // Vectors

  private get type(): Vtype {
    return vtypeOf(this.vtype)!;
  }

  private vector(row: Instruction): Word[] | undefined {
    const { r } = this;
    if (vectorOf(row).shape === 'configure') return this.configure(row);
    // Low register numbers and multiples of eight are legal under more settings.
    const fixed: Partial<Record<OperandName, number>> = {};
    for (const name of ['vd', 'vs1', 'vs2', 'vs3'] as const) {
      if (operandNames(row).includes(name) && r.oneIn(2)) fixed[name] = r.pick([0, 2, 4, 8, 16, 24, 12, 20]);
    }
    const d = draft(r, row, fixed);
    if (!d || reserved.some((x) => d.writes(x))) return undefined;
    const size = sizeOf(row);
    const vstart = r.oneIn(12) ? size * (1 + r.below(r.oneIn(3) ? this.vlen / 8 : 6)) : 0;
    const state = { vstart, vs: 3, fs: 3, frm: 0, vl: 0, vlenb: this.vlen / 8, has: everything };
    const isLegal = (vtype: bigint) =>
      !refusesFraction(row, Number(vtype)) && !whyIllegal(row, d.executedWord, { ...state, vtype });
    const before = this.vtype;
    const types = [this.vtype, ...Array.from({ length: 12 }, () => BigInt(r.below(256)))];
    const type = types.find((each) => vtypeOf(each) && isLegal(each));
    if (type === undefined) return undefined;
    this.vtype = type;
    const retyped =
      size > 1
        ? [this.wholeGroups(size, Number(type))]
        : type === before
          ? []
          : [word('vsetvli', freeRegister(r), r.oneIn(2) ? 0 : freeRegister(r), Number(type))];
    const overruns = wholeAccessOverruns(row, vstart, this.vlen);
    const setUp = overruns
      ? undefined
      : vectorOf(row).shape === 'memory'
        ? this.vectorMemory(row, d)
        : this.freshVectors(d);
    if (!setUp) {
      this.vtype = before;
      return undefined;
    }
    const float = usesFloat(row) !== 'no';
    return [
      ...retyped,
      ...setUp,
      ...(float ? this.freshFloats(d) : []),
      ...(vstart ? [word('csrrwi', 0, CSR.vstart, vstart)] : []),
      d.word,
      ...(float ? this.flags() : []),
    ];
  }

  /** vl to a multiple of an element group's size: VLMAX or a few groups. */
  private wholeGroups(size: number, type: number): Word {
    const { r } = this;
    if (r.oneIn(2)) return word('vsetvli', freeRegister(r), 0, type);
    return word('vsetivli', freeRegister(r), size * r.below(32 / size), type);
  }

  /** Initial contents back into a source, now and then: results of results lose their variety. */
  private freshVectors(d: Draft): Word[] {
    return (['vs1', 'vs2'] as const).flatMap((name) => {
      if (!d.has(name) || !this.r.oneIn(3)) return [];
      const x = freeRegister(this.r, d.has('rs1') ? d.get('rs1') : 0);
      return [...address(x, TABLES, -8 * (1 + this.r.below(200)) - 256), word('vl1re8.v', d.get(name), x)];
    });
  }

  private vectorMemory(row: Instruction, d: Draft): Word[] | undefined {
    const { r } = this;
    const v = vectorOf(row);
    if (v.shape !== 'memory') throw new Error(`${row.name} is no memory access`);
    const register = d.get('rs1');
    if (register === 0 || reserved.includes(register)) return undefined;
    const { sew, lmul } = this.type;
    const words: Word[] = [];
    if (v.address === 'indexed') {
      const count = Math.max(1, (v.eew / sew) * lmul);
      const group = instructionNamed(`vl${count}re8.v`)!;
      words.push(...address(register, TABLES, indexTable(v.eew)), word(group.name, d.get('vs2'), register));
    }
    if (v.address === 'strided') {
      const stride = d.get('rs2');
      if (stride === register || reserved.includes(stride)) return undefined;
      const most = Math.floor(8000 / vlmaxOf(this.type, this.vlen / 8));
      const step = r.oneIn(2) ? (v.eew / 8) * (r.below(5) - 2) : r.below(2 * most + 1) - most;
      if (stride)
        words.push(word('addi', stride, 0, Math.max(-most, Math.min(most, Math.max(-2048, Math.min(2047, step))))));
    }
    const unit = r.oneIn(8) ? 1 : 8;
    words.push(...address(register, BUFFER, unit * Math.floor(this.offset() / unit)));
    return words;
  }

  private configure(row: Instruction): Word[] | undefined {
    const { r } = this;
    const bits = r.below(256);
    const type = vtypeOf(BigInt(bits));
    if (!type) return undefined;
    const source = freeRegister(r);
    const fixed = { vtype11: bits, vtype10: bits, rs2: source };
    const d = draft(
      r,
      row,
      Object.fromEntries(Object.entries(fixed).filter(([name]) => operandNames(row).includes(name as OperandName))),
    );
    if (!d || reserved.some((x) => d.writes(x))) return undefined;
    // vl stays as it is: only where VLMAX does.
    const keeps = row.name !== 'vsetivli' && d.get('rd') === 0 && d.get('rs1') === 0;
    if (keeps && type.sew / type.lmul !== this.type.sew / this.type.lmul) return undefined;
    const words = row.name === 'vsetvl' ? [word('addi', source, 0, bits)] : [];
    if (row.name !== 'vsetivli' && r.oneIn(2)) {
      const avl = d.get('rs1');
      if (avl && avl !== source && !reserved.includes(avl))
        words.push(word('addi', avl, 0, r.below(2 * vlmaxOf(type, this.vlen / 8) + 2) % 2048));
    }
    this.vtype = BigInt(bits);
    return [...(r.oneIn(8) ? this.unsupported() : []), ...words, d.word];
  }

  /** A vtype that is reserved everywhere (see also qemu-bugs.ts): vill is set, vl is 0. Not left in force. */
  private unsupported(): Word[] {
    const { r } = this;
    const [x, y, z] = [freeRegister(r), freeRegister(r), freeRegister(r)];
    const reservedBits = r.pick([0b100, 0b100000 | r.below(32), 1 << (8 + r.below(2))]) | (r.below(4) << 6);
    const set = r.oneIn(2)
      ? [word('vsetvli', x, y, reservedBits)]
      : [word('addi', z, 0, reservedBits), word('slli', z, z, r.oneIn(4) ? 40 : 0), word('vsetvl', x, y, z)];
    return [...set, word('csrrs', y, CSR.vtype, 0), word('csrrs', z, CSR.vl, 0)];
  }
}
