/**
 * What a supervisor's every trap comes down to, without a call of the host: calls from user mode that it takes itself, accesses to pages that are not there, its
 * return, the fence for one page, and the CSRs that handlers save and restore. Each does what emulator/hart/ does (traps.ts, csr-file.ts) in the usual case. Any other, and what somebody wants to be told of, is
 * left to the host, with nothing changed.
 */
import { causes, csrNamed, events } from '../../isa/csrs.js';
import { OCCURRING } from '../hart/counters.js';
import { M, MSTATUS, S, SSTATUS, status, U } from '../hart/modes.js';
import { heldCsrs, longs, words } from '../hart/words.js';
import { hart as at, REGISTERS, record, TOLD, tlb, told } from '../layout.js';
import { units } from '../units.js';
import type { Code } from '../wasm/code.js';
import { get, i32, i64, kept, load, type Val } from '../wasm/value.js';
import type { HeadFunction, systemHandlers } from './handlers.js';

/** Where CSRs lie in the hart's block that are read as they lie there. */
const held = new Map(heldCsrs.map((name) => [csrNamed(name)!.number, longs[name]]));
const addresses = new Map((['sepc', 'mepc'] as const).map((name) => [csrNamed(name)!.number, longs[name]]));
const statuses = new Set(['sstatus', 'mstatus'].map((name) => csrNamed(name)!.number));

/** Which function serves an instruction that is not a row of the loop; and of a CSR instruction that a path serves where the register lies in the hart's block. */
export function pathOf(
  handler: (typeof systemHandlers)[number],
  word: number,
): { readonly name: HeadFunction; readonly held?: number } {
  if (handler === 'ecall' || handler === 'sret' || handler === 'sfence.vma' || handler === 'mret')
    return { name: handler };
  if (!handler.startsWith('csr')) return { name: 'system' };
  const csr = word >>> 20;
  if (statuses.has(csr)) return { name: 'statusCsr', held: words.status };
  const address = addresses.get(csr);
  if (address !== undefined) return { name: 'epcCsr', held: address };
  const place = held.get(csr);
  return place === undefined ? { name: 'system' } : { name: 'heldCsr', held: place };
}

const bit = (value: Val, mask: number) => value.and(mask).ne(0);
const isTold = (hart: Val, what: number) => bit(load('i32', load('i32', hart, at.id).mul(4), TOLD), what);
/** No interrupt is both pending and enabled: whatever the global enables become, none is taken. */
const noInterrupt = (hart: Val) =>
  load('i32', hart, words.lines)
    .or(load('i32', hart, words.software))
    .and(load('i32', hart, words.mie))
    .eq(0);
/** Counters care neither for the mode nor for how often something happens. */
const uncounted = (hart: Val) =>
  load('i32', hart, words.filtered)
    .or(load('i32', hart, words.armed))
    .eq(0);

/** Hart.chooseContexts: the TLB contexts of privilege, MPRV and SUM. */
function chooseContexts(c: Code, hart: Val): void {
  const { contexts } = tlb;
  const privilege = kept(c, load('i32', hart, at.privilege));
  const flags = kept(c, load('i32', hart, words.status));
  const of = (mode: Val) => mode.gtU(S).choose(contexts.machine, mode.eq(U).choose(contexts.user, contexts.supervisor));
  const address = (context: Val) => hart.add(context.mul(tlb.context)).add(tlb.first);
  const lent = privilege.gtU(S).and(bit(flags, status.MPRV));
  const data = kept(c, of(kept(c, lent.choose(flags.shrU(11).and(3), privilege))));
  const sum = data.eq(contexts.supervisor).and(bit(flags, status.SUM));
  c.store('i32', hart, address(of(privilege)), at.fetchTlb);
  c.store('i32', hart, address(sum.choose(contexts.supervisorSum, data)), at.dataTlb);
}

/** The fields of a CSR instruction, and what it writes when `old` is what was read. */
function csrInstruction(c: Code, rec: Val) {
  const word = kept(c, load('i32', rec, record.word));
  const field = (high: number, low: number) => word.shrU(low).and(2 ** (high - low + 1) - 1);
  const operation = kept(c, field(13, 12));
  const [isWrite, isClear] = [operation.eq(1), operation.eq(3)];
  return {
    /** The lowest privilege that may touch the register; 3: it is one of machine mode's. */
    needs: field(29, 28),
    writes: kept(c, isWrite.or(field(19, 15).ne(0))),
    written(old: Val): Val {
      const operand = c.local('i64');
      const value = get(operand, 'i64');
      c.if(
        field(14, 14),
        () => c.set(operand, field(19, 15).to('i64', false)),
        () => c.set(operand, load('i64', load('i16', rec, record.rs1))),
      );
      return kept(c, isWrite.choose(value, isClear.choose(old.and(value.not()), old.or(value))));
    },
    give: (old: Val) => c.store('i64', load('i16', rec, record.rd), old),
  };
}

/** A register that lies in the hart's block as it is read. @param cleared bits that are not kept */
function heldCsr(c: Code, hart: Val, rec: Val, cleared?: Val): void {
  const csr = csrInstruction(c, rec);
  const allowed = load('i32', hart, at.privilege).geU(csr.needs);
  c.if(allowed.and(csr.writes.eq(0).or(noInterrupt(hart))), () => {
    const place = kept(c, hart.add(load('i16', rec, record.rs2)));
    const old = kept(c, load('i64', place));
    c.if(csr.writes, () => {
      const value = csr.written(old);
      c.store('i64', place, cleared ? value.and(cleared.not().to('i64', true)) : value);
    });
    csr.give(old);
    c.return(i32(0));
  });
}

/** mstatus and sstatus; a change of FS, VS or MXR is the host's. */
function statusCsr(c: Code, hart: Val, rec: Val, pc: Val): void {
  const csr = csrInstruction(c, rec);
  const machine = kept(c, csr.needs.gtU(S));
  const mask = kept(c, machine.choose(MSTATUS, SSTATUS));
  const flags = kept(c, load('i32', hart, words.status));
  const [fs, vs] = [kept(c, load('i32', hart, at.fs)), kept(c, load('i32', hart, at.vs))];
  const xs = kept(
    c,
    units.reduce((most: Val, { statusAt }) => most.maxU(load('i32', hart, statusAt)), i32(0)),
  );
  const states = vs.shl(9).or(fs.shl(13)).or(xs.shl(15));
  const dirty = fs.eq(3).or(vs.eq(3)).or(xs.eq(3));
  const widths = machine.choose(i64((2n << 32n) | (2n << 34n)), i64(2n << 32n));
  const old = kept(c, flags.and(mask).or(states).to('i64', false).or(widths).or(dirty.to('i64', false).shl(63)));
  c.if(load('i32', hart, at.privilege).geU(csr.needs), () => {
    c.if(csr.writes.eq(0), () => {
      csr.give(old);
      c.return(i32(0));
    });
    const wanted = kept(c, csr.written(old).to('i32', false));
    const merged = kept(c, flags.and(mask.not()).or(wanted.and(mask)));
    const reserved = merged.and(status.MPP).eq(2 << 11);
    const now = kept(c, reserved.choose(merged.and(~status.MPP).or(flags.and(status.MPP)), merged));
    const changed = kept(c, now.xor(flags).and(status.MXR).or(wanted.xor(states).and(FS_VS)));
    c.if(changed.eq(0).and(noInterrupt(hart)), () => {
      c.store('i32', hart, now, words.status);
      csr.give(old);
      c.if(
        now
          .xor(flags)
          .and(status.SUM | status.MPRV | status.MPP)
          .eq(0),
        () => c.return(i32(0)),
      );
      chooseContexts(c, hart);
      c.store('i64', hart, pc.add(4), at.pc);
      c.return(i32(1));
    });
  });
}
const FS_VS = (3 << 13) | (3 << 9);

/** Add one to how often something that the host counts has happened. */
function countEvent(c: Code, hart: Val, event: (typeof OCCURRING)[number]): void {
  const count = longs.occurred + 8 * OCCURRING.indexOf(event);
  c.store('f64', hart, load('f64', hart, count).add(1), count);
}

/** An exception that the supervisor takes, in user mode or its own, unless somebody is to be told of it. @param also what belongs to it */
function supervisorTrap(c: Code, hart: Val, pc: Val, cause: number, value: Val, also: () => void): void {
  const privilege = kept(c, load('i32', hart, at.privilege));
  const delegated = privilege.leU(S).and(load('i32', hart, words.medeleg).shrU(cause).and(1));
  const quiet = isTold(hart, told.traps).eq(0);
  c.if(delegated.and(quiet).and(uncounted(hart)), () => {
    const flags = kept(c, load('i32', hart, words.status));
    const rest = flags.and(~(status.SIE | status.SPIE | status.SPP)).or(privilege.eq(S).choose(status.SPP, 0));
    c.store('i64', hart, load('i64', hart, at.notRetired).add(1), at.notRetired);
    countEvent(c, hart, events.exception);
    c.store('i32', hart, rest.or(bit(flags, status.SIE).choose(status.SPIE, 0)), words.status);
    c.store('i64', hart, pc, longs.sepc);
    c.store('i64', hart, i64(BigInt(cause)), longs.scause);
    c.store('i64', hart, value, longs.stval);
    c.store('i64', hart, load('i64', hart, longs.stvec).and(~3n), at.pc);
    c.store('i32', hart, i32(S), at.privilege);
    chooseContexts(c, hart);
    also();
  });
}

/** A call from user mode that the supervisor takes. */
function ecall(c: Code, hart: Val, pc: Val): void {
  c.if(load('i32', hart, at.privilege).eq(U), () =>
    supervisorTrap(c, hart, pc, causes.ecallU, i64(0n), () => c.return(i32(1))),
  );
}

/** A load or store, translated by page tables, finds no page. The function ends with 0 if that could be done here (see refill.ts). */
export function pageFault(c: Code, hart: Val, pc: Val, va: Val, access: 'load' | 'store'): void {
  const cause = access === 'load' ? causes.loadPage : causes.storePage;
  supervisorTrap(c, hart, pc, cause, va, () => {
    countEvent(c, hart, access === 'load' ? events.loadTlbMiss : events.storeTlbMiss);
    c.return(i32(0));
  });
}

/** sfence.vma of one address that no large page is at: Hart.flushPage. */
function fence(c: Code, hart: Val, rec: Val, pc: Val): void {
  const privilege = load('i32', hart, at.privilege);
  const trapped = privilege.eq(S).and(bit(load('i32', hart, words.status), status.TVM));
  const source = kept(c, load('i32', rec, record.word).shrU(15).and(31));
  const quiet = isTold(hart, told.fences)
    .or(load('i32', hart, words.shadowed))
    .eq(0);
  const usual = privilege.ne(U).and(trapped.eq(0)).and(source.ne(0)).and(quiet).and(noInterrupt(hart));
  c.if(usual, () => {
    const va = kept(c, load('i64', load('i32', hart, at.id).mul(REGISTERS).add(source.shl(3))));
    const large = va.geU(load('i64', hart, longs.largeFrom)).and(va.leU(load('i64', hart, longs.largeTo)));
    c.if(large.eq(0), () => {
      const page = va.shrU(8).to('i32', false);
      const entry = kept(c, hart.add(page.and((tlb.entries - 1) << 4)));
      for (const context of [tlb.contexts.supervisor, tlb.contexts.user, tlb.contexts.supervisorSum])
        for (const table of [tlb.fetch, tlb.load, tlb.store])
          c.store('i64', entry, i64(tlb.empty), tlb.first + context * tlb.context + table);
      c.store('i64', hart, pc.add(4), at.pc);
      c.return(i32(1));
    });
  });
}

/** A call that machine mode takes. What a supervisor asks for is remembered (traps.ts, sbiCalled). */
function machineCall(c: Code, hart: Val, pc: Val): void {
  const privilege = kept(c, load('i32', hart, at.privilege));
  const cause = kept(c, privilege.add(causes.ecallU));
  const delegated = privilege.leU(S).and(load('i32', hart, words.medeleg).shrU(cause).and(1));
  const quiet = isTold(hart, told.traps | told.machine).eq(0);
  const handled = load('i64', hart, longs.mtvec).ne(0);
  c.if(delegated.eq(0).and(quiet).and(uncounted(hart)).and(handled), () => {
    c.if(privilege.eq(S), () => {
      const x = (n: number) => load('i32', load('i32', hart, at.id).mul(REGISTERS), 8 * n);
      c.store('i32', hart, x(17), words.sbiExtension);
      c.store('i32', hart, x(16), words.sbiFid);
      c.store('i64', hart, pc, longs.sbiPc);
    });
    const flags = kept(c, load('i32', hart, words.status));
    const rest = flags.and(~(status.MIE | status.MPIE | status.MPP)).or(privilege.shl(11));
    c.store('i64', hart, load('i64', hart, at.notRetired).add(1), at.notRetired);
    countEvent(c, hart, events.exception);
    c.store('i32', hart, rest.or(bit(flags, status.MIE).choose(status.MPIE, 0)), words.status);
    c.store('i64', hart, pc, longs.mepc);
    c.store('i64', hart, cause.to('i64', false), longs.mcause);
    c.store('i64', hart, i64(0n), longs.mtval);
    c.store('i64', hart, load('i64', hart, longs.mtvec).and(~3n), at.pc);
    c.store('i32', hart, i32(M), at.privilege);
    chooseContexts(c, hart);
    c.return(i32(1));
  });
}

/** Machine mode's return. */
function mret(c: Code, hart: Val): void {
  const flags = kept(c, load('i32', hart, words.status));
  const quiet = isTold(hart, told.returns | told.machine).eq(0);
  c.if(load('i32', hart, at.privilege).eq(M).and(quiet).and(uncounted(hart)).and(noInterrupt(hart)), () => {
    const to = kept(c, flags.shrU(11).and(3));
    const pc = kept(c, load('i64', hart, longs.mepc));
    const rest = flags.and(~(status.MIE | status.MPP)).or(status.MPIE);
    const enabled = rest.or(bit(flags, status.MPIE).choose(status.MIE, 0));
    c.store('i32', hart, to.eq(M).choose(enabled, enabled.and(~status.MPRV)), words.status);
    c.store('i32', hart, to, at.privilege);
    c.store('i64', hart, i64(-1n), at.reservation);
    c.store('i64', hart, pc, at.pc);
    // A call of the supervisor is answered.
    const answers = to.eq(S).and(pc.eq(load('i64', hart, longs.sbiPc).add(4)));
    c.if(answers, () => void c.store('i32', hart, i32(-1), words.sbiExtension));
    chooseContexts(c, hart);
    c.return(i32(1));
  });
}

/** The supervisor's return. */
function sret(c: Code, hart: Val): void {
  const flags = kept(c, load('i32', hart, words.status));
  const legal = load('i32', hart, at.privilege).eq(S).and(bit(flags, status.TSR).eq(0));
  const quiet = isTold(hart, told.returns).eq(0);
  c.if(legal.and(quiet).and(uncounted(hart)).and(noInterrupt(hart)), () => {
    const rest = flags.and(~(status.SIE | status.SPP | status.MPRV)).or(status.SPIE);
    c.store('i32', hart, rest.or(bit(flags, status.SPIE).choose(status.SIE, 0)), words.status);
    c.store('i32', hart, bit(flags, status.SPP).choose(S, U), at.privilege);
    c.store('i64', hart, i64(-1n), at.reservation);
    c.store('i64', hart, load('i64', hart, longs.sepc), at.pc);
    chooseContexts(c, hart);
    c.return(i32(1));
  });
}

/** What each function at the table's head tries before it calls the host; a path that succeeds returns. */
export const paths: Readonly<Record<Exclude<HeadFunction, 'system'>, (c: Code, hart: Val, rec: Val, pc: Val) => void>> =
  {
    heldCsr: (c, hart, rec) => heldCsr(c, hart, rec),
    epcCsr: (c, hart, rec) => heldCsr(c, hart, rec, load('i32', hart, at.oddTargets).or(1)),
    statusCsr,
    ecall: (c, hart, _, pc) => {
      ecall(c, hart, pc);
      machineCall(c, hart, pc);
    },
    'sfence.vma': fence,
    sret: (c, hart) => sret(c, hart),
    mret: (c, hart) => mret(c, hart),
  };
