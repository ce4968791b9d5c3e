import type { MachineEvent, TrapEvent } from '../emulator/events.js';
import { rootOf } from '../emulator/hart/translation.js';
import { causes } from '../isa/csrs.js';
import { rowOf } from '../isa/decode.js';
import { needsOf } from '../isa/needs.js';
import { lacking, spoken } from '../isa/requires.js';
import { whyIllegal } from '../isa/vector/legality.js';
import type { Target, TargetHart } from './target.js';
import { vectorTypeOf } from './values/vector-register.js';

/** An exception of a user thread, with what its hart was like then. */
export interface Fault {
  readonly hart: number;
  readonly pc: bigint;
  readonly cause: number;
  readonly tval: bigint;
  readonly sp: bigint;
  /** Of an illegal instruction: why its hart refused it. */
  readonly refused?: Refusal;
}

export type Refusal =
  | { readonly why: 'lacks'; readonly extensions: readonly string[] }
  | { readonly why: 'state'; readonly reason: string }
  | { readonly why: 'no instruction' };

/** Exceptions of an address space that are remembered. */
const REMEMBERED = 8;
/** Address spaces of which they are. */
const MOST_SPACES = 64;
const SP = 2;

/** The last exceptions of user threads. */
export class Faults {
  private readonly byRoot = new Map<number, Fault[]>();

  constructor(private readonly target: Target) {}

  hear(event: MachineEvent): void {
    if (event.kind !== 'trap' || event.interrupt || event.from !== 0 || event.cause === causes.ecallU) return;
    const hart = this.target.harts[event.hart]!;
    const root = rootOf(hart.csr('satp'));
    const list = this.byRoot.get(root) ?? [];
    if (this.byRoot.size >= MOST_SPACES) this.byRoot.clear();
    this.byRoot.set(root, list);
    const { pc, cause, tval } = event;
    const refused = cause === causes.illegal ? refusal(hart, event) : undefined;
    list.push({ hart: event.hart, pc, cause, tval, sp: hart.x(SP), ...(refused && { refused }) });
    if (list.length > REMEMBERED) list.shift();
  }

  /** The last one of these causes in an address space, at this address (of the instruction, or what it accessed). */
  last(satp: bigint, wanted: readonly number[], address: bigint): Fault | undefined {
    const list = this.byRoot.get(rootOf(satp)) ?? [];
    return list.findLast(({ pc, cause, tval }) => wanted.includes(cause) && (pc === address || tval === address));
  }
}

/** Why the hart, which has just trapped, refused an instruction. */
export function refusal(hart: TargetHart, { tval }: Pick<TrapEvent, 'tval'>): Refusal {
  const word = Number(BigInt.asUintN(32, tval));
  const has = (extension: string) => hart.isa.extensions.has(extension);
  const missing = lacking(needsOf(word) ?? [], has).map(spoken);
  if (missing.length) return { why: 'lacks', extensions: missing };
  const row = rowOf(word);
  if (!row) return { why: 'no instruction' };
  const status = hart.csr('mstatus');
  const [vs, fs] = [Number((status >> 9n) & 3n), Number((status >> 13n) & 3n)];
  if (row.semantics.kind === 'vector') {
    const frm = has('F') ? Number((hart.csr('fcsr') >> 5n) & 7n) : 0;
    const { vtype, vl, vstart, vlenb } = hart;
    const reason = whyIllegal(row, word, { vtype: BigInt.asUintN(64, vtype), vstart, vs, fs, frm, vl, vlenb, has });
    const type = vectorTypeOf(vtype)?.text;
    if (reason) return { why: 'state', reason: type ? `${reason}, under vtype ${type}` : reason };
  }
  if (fs === 0 && row.requires.some((each) => /^(F|D|Zfh|Zfhmin|Zfbfmin)$/.test(each)))
    return { why: 'state', reason: 'the floating-point unit is off (mstatus.FS is 0)' };
  return { why: 'state', reason: 'it is not permitted here, or an operand is reserved' };
}

/** A refusal in words, behind `which hart 0 (rv64gc)`. */
export function refusalText(refused: Refusal): string {
  if (refused.why === 'lacks') return `lacks: it needs ${refused.extensions.join(', ')}`;
  if (refused.why === 'state') return `refuses: ${refused.reason}`;
  return 'does not know: it is no instruction';
}
