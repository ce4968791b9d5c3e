/** The platform-level interrupt controller (RISC-V PLIC specification 1.0.0): sources by priority, a context for M and one for S of each hart. */
import { interrupts as numbers } from '../../isa/csrs.js';
import type { Hart } from '../hart/hart.js';
import { type Interrupts, reg, type TreeBuilder } from '../soc/fdt.js';
import type { Device } from './bus.js';

/** Sources 1 to 31; 0 is none. */
const SOURCES = 32;
const PENDING = 0x1000;
const ENABLE = 0x2000;
const ENABLE_STRIDE = 0x80;
const CONTEXT = 0x20_0000;
const CONTEXT_STRIDE = 0x1000;

interface Context {
  readonly hart: Hart;
  /** The hart's interrupt that this context drives. */
  readonly line: number;
  enabled: number;
  threshold: number;
}

export class Plic implements Device {
  readonly base = 0xc00_0000;
  readonly size = 0x60_0000;
  private readonly priority = new Uint32Array(SOURCES);
  /** Levels of the sources, and those whose interrupt was taken and not completed. */
  private level = 0;
  private claimed = 0;
  private readonly contexts: Context[];

  /** @param now the machine's time, for waking a hart */
  constructor(
    harts: readonly Hart[],
    private readonly now: () => number,
  ) {
    this.contexts = harts.flatMap((hart) =>
      [numbers.MEI, numbers.SEI].map((line) => ({ hart, line, enabled: 0, threshold: 0 })),
    );
  }

  node(tree: TreeBuilder, interrupts: Interrupts): void {
    tree.node(`plic@${this.base.toString(16)}`, {
      compatible: ['sifive,plic-1.0.0', 'riscv,plic0'],
      reg: reg(this.base, this.size),
      '#interrupt-cells': 1,
      '#address-cells': 0,
      'interrupt-controller': true,
      'interrupts-extended': this.contexts.flatMap(({ hart, line }) => [interrupts.harts[hart.id]!, line]),
      'riscv,ndev': SOURCES - 1,
      phandle: interrupts.plic,
    });
  }

  /** A device raises or lowers its line. */
  raise(source: number, on: boolean): void {
    const before = this.level;
    this.level = on ? before | (1 << source) : before & ~(1 << source);
    if (this.level !== before) this.update();
  }

  /** All as after reset. */
  reset(): void {
    this.priority.fill(0);
    this.level = this.claimed = 0;
    for (const context of this.contexts) context.enabled = context.threshold = 0;
    this.update();
  }

  save() {
    const contexts = this.contexts.map(({ enabled, threshold }) => ({ enabled, threshold }));
    return { priority: this.priority.slice(), level: this.level, claimed: this.claimed, contexts };
  }
  /** The lines that it drives lie in the harts' blocks. */
  restore({ priority, level, claimed, contexts }: ReturnType<Plic['save']>): void {
    this.priority.set(priority);
    this.level = level;
    this.claimed = claimed;
    contexts.forEach((saved, n) => Object.assign(this.contexts[n]!, saved));
  }

  read(offset: number, bytes: number): bigint | undefined {
    if (bytes !== 4) return undefined;
    return BigInt(this.readWord(offset) >>> 0);
  }

  private readWord(offset: number): number {
    if (offset < PENDING) return this.priority[offset / 4] ?? 0;
    if (offset < ENABLE) return offset === PENDING ? this.level & ~this.claimed : 0;
    const context = this.contextAt(offset);
    if (!context) return 0;
    if (offset < CONTEXT) return (offset - ENABLE) % ENABLE_STRIDE === 0 ? context.enabled : 0;
    const register = (offset - CONTEXT) % CONTEXT_STRIDE;
    return register === 0 ? context.threshold : register === 4 ? this.claim(context) : 0;
  }

  write(offset: number, bytes: number, value: bigint): boolean {
    if (bytes !== 4) return false;
    const word = Number(value & 0xffff_ffffn);
    if (offset < PENDING) {
      if (offset / 4 > 0 && offset / 4 < SOURCES) this.priority[offset / 4] = word & 7;
    } else if (offset >= ENABLE) {
      const context = this.contextAt(offset);
      if (context && offset < CONTEXT) {
        if ((offset - ENABLE) % ENABLE_STRIDE === 0) context.enabled = word & ~1;
      } else if (context) {
        const register = (offset - CONTEXT) % CONTEXT_STRIDE;
        if (register === 0) context.threshold = word & 7;
        else if (register === 4 && word < SOURCES) this.claimed &= ~(1 << word);
      }
    }
    this.update();
    return true;
  }

  private contextAt(offset: number): Context | undefined {
    const n = offset < CONTEXT ? (offset - ENABLE) / ENABLE_STRIDE : (offset - CONTEXT) / CONTEXT_STRIDE;
    return this.contexts[Math.floor(n)];
  }

  /** The source that a context would take: highest priority above the threshold, lowest number. */
  private best(context: Context): number {
    const ready = this.level & ~this.claimed & context.enabled;
    if (ready === 0) return 0;
    let best = 0;
    let priority = context.threshold;
    for (let n = 1; n < SOURCES; n++) {
      if ((ready >> n) & 1 && this.priority[n]! > priority) {
        best = n;
        priority = this.priority[n]!;
      }
    }
    return best;
  }

  private claim(context: Context): number {
    const source = this.best(context);
    if (source) this.claimed |= 1 << source;
    this.update();
    return source;
  }

  private update(): void {
    for (const context of this.contexts) {
      const { hart, line } = context;
      const on = this.best(context) !== 0;
      if (on !== hart.driven(line)) hart.drive(line, on, this.now());
    }
  }
}
