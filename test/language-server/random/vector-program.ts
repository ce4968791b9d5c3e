/**
 * Random programs of vector code as a server meets it: vset instructions with valid and invalid types, known and unknown; branches, loops and
 * functions between; and vector instructions whose operands are as often wrong as right. Made from a seed, the same for the same seed.
 */
import { disassemble } from '../../../assembler/disassemble.js';
import type { OperandName } from '../../../isa/operands.js';
import { operandNames } from '../../../isa/operands.js';
import { instructions } from '../../../isa/table.js';
import { vectorOf } from '../../../isa/vector/legality.js';
import { draft } from '../../fuzz/draft.js';
import { Random } from '../../fuzz/random.js';

const vectors = instructions.filter(
  (row) => row.semantics.kind === 'vector' && vectorOf(row).shape !== 'configure' && !/^X/.test(row.requires[0]!),
);
const grouped = vectors.filter((row) => vectorOf(row).shape === 'element-group');

/** Registers that nothing else needs: t0 to t2, t3 to t6. Counters of loops are s2 on, by depth. */
const temporaries = [5, 6, 7, 28, 29, 30, 31];
const FIRST_COUNTER = 18;
const FUNCTIONS = 3;

export class VectorPrograms {
  private readonly r: Random;
  private labels = 0;

  constructor(seed: number) {
    this.r = new Random(seed);
  }

  /** The source; its end is the label `end`. */
  program(statements: number): string {
    const main = this.block(statements, 0, true);
    const functions = Array.from({ length: FUNCTIONS }, (_, n) => [
      `part${n}:`,
      ...this.block(2 + this.r.below(6), 2, false),
      '  ret',
    ]);
    return ['.globl _start', '_start:', ...main, 'end: j end', ...functions.flat(), ''].join('\n');
  }

  private block(statements: number, depth: number, calls: boolean): string[] {
    return Array.from({ length: statements }, () => this.statement(depth, calls)).flat();
  }

  private statement(depth: number, calls: boolean): string[] {
    const { r } = this;
    const kind = r.below(40);
    if (kind < 12) return this.configuration();
    if (kind < 14) return this.csr();
    if (kind < 16 && calls) return [`  call part${r.below(FUNCTIONS)}`];
    if (kind < 19 && depth < 3) return this.branch(depth, calls);
    if (kind < 21 && depth < 3) return this.loop(depth, calls);
    return this.vector();
  }

  private temporary = () => `x${this.r.pick(temporaries)}`;
  private label = () => `.L${this.labels++}`;

  /** All combinations of SEW and LMUL, the impossible ones too; one in sixteen is no vtype at all. */
  private type = () => (this.r.oneIn(16) ? 0x100 + this.r.below(0x100) : this.r.below(0x20) | (this.r.below(4) << 6));

  private configuration(): string[] {
    const { r } = this;
    const rd = r.oneIn(2) ? 'x0' : this.temporary();
    const type = `${this.type()}`;
    switch (r.below(6)) {
      case 0:
        return [`  vsetivli ${rd}, ${r.below(32)}, ${type}`];
      case 1:
        return [`  li x5, ${r.below(40)}`, `  vsetvli ${rd}, x5, ${type}`];
      case 2:
        return [`  li x6, ${type}`, `  vsetvl ${rd}, ${r.oneIn(2) ? 'x0' : this.temporary()}, x6`];
      case 3:
        // A type from memory, which the flow cannot know.
        return r.oneIn(4) ? ['  lbu x7, 0(gp)', `  vsetvl ${rd}, x0, x7`] : [`  vsetvli x0, x0, ${type}`];
      default:
        return [`  vsetvli ${rd}, ${r.oneIn(2) ? 'x0' : this.temporary()}, ${type}`];
    }
  }

  private csr(): string[] {
    const { r } = this;
    switch (r.below(4)) {
      case 0:
        return [`  csrwi vstart, ${r.below(4)}`];
      case 1:
        return [`  li x5, ${r.below(4)}`, '  csrw vstart, x5'];
      case 2:
        return [`  fsrmi ${r.below(8)}`, ...(r.oneIn(2) ? this.vector() : []), '  fsrmi 0'];
      default:
        return [`  li x5, ${r.below(8)}`, '  fsrm x5', ...(r.oneIn(2) ? this.vector() : []), '  fsrm x0'];
    }
  }

  private branch(depth: number, calls: boolean): string[] {
    const [other, end] = [this.label(), this.label()];
    const some = () => this.block(1 + this.r.below(3), depth + 1, calls);
    const test = `  beq ${this.temporary()}, ${this.r.oneIn(3) ? 'x0' : this.temporary()}, ${other}`;
    if (this.r.oneIn(2)) return [test, ...some(), `${other}:`];
    return [test, ...some(), `  j ${end}`, `${other}:`, ...some(), `${end}:`];
  }

  private loop(depth: number, calls: boolean): string[] {
    const counter = `x${FIRST_COUNTER + depth}`;
    const head = this.label();
    const body = this.block(1 + this.r.below(4), depth + 1, calls);
    return [
      `  li ${counter}, ${1 + this.r.below(3)}`,
      `${head}:`,
      ...body,
      `  addi ${counter}, ${counter}, -1`,
      `  bnez ${counter}, ${head}`,
    ];
  }

  private vector(): string[] {
    const { r } = this;
    for (;;) {
      const row = r.pick(r.oneIn(6) ? grouped : vectors);
      const fixed: Partial<Record<OperandName, number>> = {};
      for (const name of operandNames(row)) {
        // Numbers at which groups can start, three times in four.
        const size = r.pick([1, 2, 8, 8]);
        if (/^v[ds]\d?$/.test(name)) fixed[name] = size * r.below(32 / size);
        // Addresses are near zero, where there is nothing: what is legal faults.
        if (name === 'rs1' && /\(rs1\)/.test(row.syntax)) fixed.rs1 = 0;
        if (name === 'rd') fixed.rd = r.pick(temporaries);
      }
      const made = draft(r, row, fixed);
      if (made) return [`  ${disassemble(made.bits, 0n, { aliases: false }).text}`];
    }
  }
}
