/**
 * Which registers are watched. No memory access tells of a change, so the harts that a watch is about run one instruction at a time while they are where it
 * counts, and are compared before and after. All others run as ever.
 */
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

  constructor(private readonly harts: () => readonly Hart[]) {}

  get active(): boolean {
    return this.byId.size > 0;
  }

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

  /** While something is watched, turns are cut where the privilege changes, so that none begins to count within one. */
  private arm(): void {
    for (const hart of this.harts()) hart.cutAtPrivilege = this.active;
  }

  /** What the hart is about to do is watched: what is there before. Undefined: none of its registers is watched now. */
  before(hart: Hart): Before | undefined {
    if (this.byId.size === 0) return undefined;
    const values = new Map<Watched, Uint8Array>();
    for (const watch of this.byId.values()) {
      const value = this.concerns(watch, hart) && read(hart, watch);
      if (value) values.set(watch, value);
    }
    if (values.size === 0) return undefined;
    return { pc: hart.pc, privilege: hart.privilege, satp: hart.long(longs.satp), values };
  }

  private concerns({ hart, privilege, root }: Watched, candidate: Hart): boolean {
    return (
      (hart === undefined || hart === candidate.id) &&
      (privilege === undefined || privilege === candidate.privilege) &&
      (root === undefined || root === candidate.double(longs.root))
    );
  }

  /** @returns the watched registers that the instruction (or the interrupt that was taken before it) has changed */
  after(hart: Hart, { pc, privilege, satp, values }: Before): WatchHit[] {
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
