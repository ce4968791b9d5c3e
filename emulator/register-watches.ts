/**
 * Which registers are watched. Instructions that write one are decoded so that they are executed aside, as those with a breakpoint are, and registers are
 * compared before and after; all others run as ever. CSRs change by more than instructions that name them: the harts concerned run one
 * instruction at a time.
 */
import { extract, operandNames, operands } from '../isa/operands.js';
import type { Instruction } from '../isa/types.js';
import type { Hart } from './hart/hart.js';
import { rootOf } from './hart/translation.js';
import { longs } from './hart/words.js';
import type { WatchHit } from './watchpoints.js';

export interface RegisterWatch {
  readonly file: 'x' | 'f' | 'v' | 'csr';
  /** The register, and which of its bytes; of a vector register as many as may lie behind it. */
  readonly number: number;
  readonly offset: number;
  readonly bytes: number;
  /** Of a CSR: the bits that count. */
  readonly mask?: bigint;
  /** Only what this hart does; undefined: every one. */
  readonly hart?: number;
  /** Only what is done in this privilege; undefined: in all. */
  readonly privilege?: number;
  /** Only what is done in this address space; undefined: in all. */
  readonly satp?: bigint;
}

interface Watched extends RegisterWatch {
  readonly id: number;
  readonly root: number | undefined;
}

/** What watched registers hold before an instruction, and where that stands. */
export interface Before {
  readonly pc: bigint;
  readonly privilege: number;
  readonly satp: bigint;
  readonly values: ReadonlyMap<Watched, Uint8Array>;
}

export class RegisterWatches {
  private readonly byId = new Map<number, Watched>();
  /** Is a CSR among them? */
  private csrs = false;
  /** Of the instruction that is executed aside now. */
  private aside: Before | undefined;

  /** @param decodeAnew is called when other instructions than before are to be executed aside */
  constructor(
    private readonly harts: () => readonly Hart[],
    private readonly decodeAnew: () => void,
  ) {}

  add(id: number, watch: RegisterWatch): void {
    const root = watch.satp === undefined ? undefined : rootOf(watch.satp);
    this.byId.set(id, { ...watch, id, root });
    this.arm();
  }

  /** @returns whether there was such a watch */
  remove(id: number): boolean {
    const known = this.byId.delete(id);
    this.arm();
    return known;
  }

  private arm(): void {
    this.csrs = [...this.byId.values()].some(({ file }) => file === 'csr');
    // Turns end where the privilege changes, so that none begins to count within one.
    for (const hart of this.harts()) hart.cutAtPrivilege = this.csrs;
    this.decodeAnew();
  }

  /** Memory was replaced, or the run begins anew. */
  reset(): void {
    this.aside = undefined;
  }

  /** Does the instruction write a watched register, of whichever hart? */
  written(row: Instruction, word: number): boolean {
    if (this.byId.size === 0) return false;
    for (const watch of this.byId.values()) if (writes(watch, row, word)) return true;
    return false;
  }

  /** Are there harts that must run one instruction at a time? */
  get steps(): boolean {
    return this.csrs;
  }

  /** What is there before an instruction, where it must be executed by itself because of a CSR. */
  beforeStep(hart: Hart): Before | undefined {
    return this.csrs ? this.before(hart, hart.pc) : undefined;
  }

  /** An instruction is about to be executed aside. @returns whether the turn is to end behind it */
  beforeAside(hart: Hart, pc: bigint): boolean {
    if (this.byId.size === 0) return false;
    this.aside = this.before(hart, pc);
    return this.aside !== undefined;
  }

  /** The instruction is over. @param stepped what was there before it, where it was a step */
  settle(hart: Hart, stepped: Before | undefined): WatchHit[] {
    const before = stepped ?? this.aside;
    this.aside = undefined;
    return before ? this.after(hart, before) : [];
  }

  private before(hart: Hart, pc: bigint): Before | undefined {
    const values = new Map<Watched, Uint8Array>();
    for (const watch of this.byId.values()) {
      const value = this.concerns(watch, hart) && read(hart, watch);
      if (value) values.set(watch, value);
    }
    if (values.size === 0) return undefined;
    return { pc, privilege: hart.privilege, satp: hart.long(longs.satp), values };
  }

  private concerns({ hart, privilege, root }: Watched, candidate: Hart): boolean {
    return (
      (hart === undefined || hart === candidate.id) &&
      (privilege === undefined || privilege === candidate.privilege) &&
      (root === undefined || root === candidate.double(longs.root))
    );
  }

  /** The watched registers that the instruction (or the interrupt that was taken before it) has changed. */
  private after(hart: Hart, { pc, privilege, satp, values }: Before): WatchHit[] {
    const hits: WatchHit[] = [];
    for (const [watch, old] of values) {
      const now = read(hart, watch);
      const first = now ? old.findIndex((byte, n) => byte !== now[n]) : -1;
      if (!now || first < 0) continue;
      const about = { id: watch.id, hart: hart.id, pc: BigInt.asUintN(64, pc), privilege, satp };
      hits.push({ ...about, read: false, written: true, va: BigInt(first), bytes: 1, parts: [{ va: 0n, old, now }] });
    }
    return hits;
  }
}

/** May the instruction write the register? A vector instruction may write any, by its group. */
function writes({ file, number }: Watched, row: Instruction, word: number): boolean {
  const names = operandNames(row);
  const destination = (name: 'rd' | 'rdPair' | 'fd') => (names.includes(name) ? extract(operands[name], word) : -1);
  if (file === 'v') return names.includes('vd');
  if (file === 'f') return destination('fd') === number;
  if (file === 'csr') return false;
  const pair = destination('rdPair');
  return destination('rd') === number || (pair >= 0 && (pair === number || pair + 1 === number));
}

/** The bytes that are watched; undefined: the hart has no such register. */
function read(hart: Hart, { file, number, offset, bytes, mask }: RegisterWatch): Uint8Array | undefined {
  if (file === 'v') {
    const { vlenb } = hart;
    if (vlenb === 0 || number * vlenb + offset + bytes > 32 * vlenb) return undefined;
    const { u8 } = hart.memory;
    const start = hart.vectorBytes(0).byteOffset + number * vlenb + offset;
    return u8.slice(start, start + bytes);
  }
  if (file === 'f' && !hart.hasFloat) return undefined;
  const whole = file === 'x' ? hart.x(number) : file === 'f' ? hart.f(number) : csr(hart, number);
  if (whole === undefined) return undefined;
  const all = new Uint8Array(8);
  new DataView(all.buffer).setBigUint64(0, BigInt.asUintN(64, whole & (mask ?? -1n)), true);
  return all.subarray(offset, offset + bytes);
}

function csr(hart: Hart, number: number): bigint | undefined {
  try {
    return hart.csr(number);
  } catch {
    return undefined;
  }
}
