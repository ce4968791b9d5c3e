/** Trap entry and return (privileged specification, "Machine-Level ISA" and "Supervisor-Level ISA"). */
import { causes, events } from '../../isa/csrs.js';
import type { Privilege } from '../events.js';
import { hart as at } from '../layout.js';
import { countEvent } from './counters.js';
import type { Hart } from './hart.js';
import { M, S, status, U } from './modes.js';
import { longs, words } from './words.js';

const INTERRUPT = 1n << 63n;

/** The instruction at pc raises an exception: it does not retire, and the hart is at the handler. */
export function raise(hart: Hart, cause: number, tval: bigint, pc: bigint): void {
  hart.setLong(at.notRetired, hart.long(at.notRetired) + 1n);
  countEvent(hart, events.exception);
  if (cause === causes.ecallS) sbiCalled(hart, pc);
  enter(hart, cause, false, tval, pc);
}

/** Take an interrupt before the instruction at pc. */
export function interrupt(hart: Hart, number: number): void {
  countEvent(hart, events.interrupt);
  enter(hart, number, true, 0n, hart.pc);
}

function enter(hart: Hart, cause: number, isInterrupt: boolean, tval: bigint, at: bigint): void {
  const pc = BigInt.asUintN(64, at);
  const from = hart.privilege;
  const delegation = hart.word(isInterrupt ? words.mideleg : words.medeleg);
  const to: Privilege = from < M && (delegation >> cause) & 1 ? S : M;
  const flags = hart.word(words.status);
  const [vector, cause_, epc, value] =
    to === S
      ? [longs.stvec, longs.scause, longs.sepc, longs.stval]
      : [longs.mtvec, longs.mcause, longs.mepc, longs.mtval];
  hart.setWord(words.status, to === S ? stackSupervisor(flags, from) : stackMachine(flags, from));
  hart.setLong(epc, pc);
  hart.setLong(cause_, isInterrupt ? INTERRUPT | BigInt(cause) : BigInt(cause));
  hart.setLong(value, BigInt.asUintN(64, tval));
  const handler = hart.long(vector);
  const base = handler & ~3n;
  hart.setPc(isInterrupt && handler & 1n ? BigInt.asUintN(64, base + 4n * BigInt(cause)) : base);
  hart.setPrivilege(to);
  const { events } = hart.board;
  if (!events.active) return;
  const trap = {
    hart: hart.id,
    cycle: hart.time,
    interrupt: isInterrupt,
    cause,
    tval: BigInt.asUintN(64, tval),
    pc,
    from,
    to,
  };
  events.emit({ kind: 'trap', ...trap });
  if (to === M && handler === 0n) events.emit({ kind: 'lost', ...trap });
}

/** The interrupt enable is kept and cleared, and so is the privilege that was interrupted. */
function stackSupervisor(flags: number, from: Privilege): number {
  const kept = flags & ~(status.SIE | status.SPIE | status.SPP);
  return kept | (flags & status.SIE ? status.SPIE : 0) | (from === S ? status.SPP : 0);
}
function stackMachine(flags: number, from: Privilege): number {
  const kept = flags & ~(status.MIE | status.MPIE | status.MPP);
  return kept | (flags & status.MIE ? status.MPIE : 0) | (from << 11);
}

/** mret or sret; the caller has checked that it is legal. */
export function trapReturn(hart: Hart, from: typeof S | typeof M): void {
  const flags = hart.word(words.status);
  let to: Privilege;
  let now: number;
  if (from === M) {
    to = ((flags & status.MPP) >> 11) as Privilege;
    now = (flags & ~(status.MIE | status.MPP)) | status.MPIE | (flags & status.MPIE ? status.MIE : 0);
  } else {
    to = flags & status.SPP ? S : U;
    now = (flags & ~(status.SIE | status.SPP)) | status.SPIE | (flags & status.SPIE ? status.SIE : 0);
  }
  hart.setWord(words.status, to === M ? now : now & ~status.MPRV);
  hart.setLong(at.reservation, ~0n);
  const was = hart.privilege;
  const pc = hart.long(from === M ? longs.mepc : longs.sepc);
  hart.setPc(pc);
  hart.setPrivilege(to);
  const { events } = hart.board;
  if (events.active) {
    events.emit({ kind: 'trap-return', hart: hart.id, cycle: hart.time, pc, from: was, to });
  }
  if (from === M && to === S) sbiReturned(hart, pc);
}

/** Remember the call, so that its answer is known when it comes, and tell of it. */
function sbiCalled(hart: Hart, pc: bigint): void {
  const [extension, fid] = [Number(BigInt.asUintN(32, hart.x(17))), Number(BigInt.asUintN(32, hart.x(16)))];
  hart.setWord(words.sbiExtension, extension);
  hart.setWord(words.sbiFid, fid);
  hart.setLong(longs.sbiPc, BigInt.asUintN(64, pc));
  const { events } = hart.board;
  if (!events.active) return;
  const args = [10, 11, 12, 13, 14, 15].map((n) => hart.x(n));
  events.emit({ kind: 'sbi', hart: hart.id, cycle: hart.time, extension, fid, args });
}

function sbiReturned(hart: Hart, pc: bigint): void {
  const extension = hart.word(words.sbiExtension);
  if (extension === -1 || pc !== hart.long(longs.sbiPc) + 4n) return;
  hart.setWord(words.sbiExtension, -1);
  const { events } = hart.board;
  if (!events.active) return;
  events.emit({
    kind: 'sbi-return',
    hart: hart.id,
    cycle: hart.time,
    extension: extension >>> 0,
    fid: hart.word(words.sbiFid) >>> 0,
    error: BigInt.asIntN(64, hart.x(10)),
    value: hart.x(11),
  });
}
