/** The CSRs of a hart: what each reads as and what a write does (privileged specification; WARL fields take legal values only). */
import { causes, csrNumbered, csrPrivilege, csrReadOnly, csrs, fieldOf, interrupts, mseccfg } from '../../isa/csrs.js';
import { satisfied } from '../../isa/requires.js';
import { hart as at } from '../layout.js';
import { chooseEvent, eventRegister, hasCounter, inhibit, overflowed, readCounter, writeCounter } from './counters.js';
import { hasSupervisorTimer, reservedValues, writeEnvironment } from './environment.js';
import type { Hart } from './hart.js';
import { M, MSTATUS, S, SSTATUS, status } from './modes.js';
import { PMP_ENTRIES } from './pmp.js';
import { chooseMasking } from './pointer-masking.js';
import { spaceOf, translationModes } from './translation.js';
import { unitCsr, unitsStatus } from './unit-csrs.js';
import { heldCsrs, longs, words } from './words.js';

interface Register {
  read(hart: Hart): bigint;
  write?(hart: Hart, value: bigint): void;
  /** What csrrs and csrrc change, where that is not what is read. */
  base?(hart: Hart): bigint;
  /** May the hart's privilege touch it, apart from what its number says? */
  permitted?(hart: Hart): boolean;
}

const bits = (...numbers: number[]) => numbers.reduce((set, n) => set | (1 << n), 0);
const low32 = (value: bigint) => Number(BigInt.asIntN(32, value));
const unsigned = (value: number) => BigInt(value >>> 0);

const { SSI, STI, SEI, LI16 } = interrupts;
const LCOFI = 1 << interrupts.LCOFI;
const local = (hart: Hart) => (hart.has('Sscofpmf') ? LCOFI : 0);
const supervisorInterrupts = (hart: Hart) => bits(SSI, STI, SEI, LI16) | local(hart);
const { MSI, MTI, MEI, LI17 } = interrupts;
const allInterrupts = (hart: Hart) => supervisorInterrupts(hart) | bits(MSI, MTI, MEI, LI17);
/** What a supervisor may set and clear in sip. STIP and SEIP are driven for it. */
const SIP_WRITABLE = bits(SSI, LI16) | LCOFI;
/** Every exception but an environment call from M-mode and reserved causes; of custom ones, hints. */
const delegable = (hart: Hart) => 0xb3ff | (hart.has('Xharthint') ? bits(causes.hint) : 0);

// Ways in which registers are stored

/** A four-byte word of the hart's block, of which the bits in `mask` can be written. */
const word = (offset: number, mask: number | ((hart: Hart) => number)): Register => ({
  read: (hart) => unsigned(hart.word(offset)),
  write: (hart, value) => hart.setWord(offset, low32(value) & (typeof mask === 'number' ? mask : mask(hart))),
});
const long = (offset: number, mask = ~0n): Register => ({
  read: (hart) => hart.long(offset),
  write: (hart, value) => hart.setLong(offset, value & mask),
});
const constant = (value: bigint): Register => ({ read: () => value, write: () => {} });
/** A return address: no hart with C has bit 0, and one without has no bit 1 either. */
const returnAddress = (offset: number): Register => ({
  read: (hart) => hart.long(offset),
  write: (hart, value) => hart.setLong(offset, value & (hart.has('Zca') ? ~1n : ~3n)),
});
/** A trap handler's address; bit 1 of the mode is reserved. */
const handlerAddress = (offset: number) => long(offset, ~2n);

/** Some bits of a word, seen through mideleg. */
const delegated = (
  read: (hart: Hart) => number,
  write: (hart: Hart, value: number, mask: number) => void,
): Register => ({
  read: (hart) => unsigned(read(hart) & hart.word(words.mideleg)),
  write: (hart, value) => write(hart, low32(value), hart.word(words.mideleg)),
});
const merge = (old: number, value: number, mask: number) => (old & ~mask) | (value & mask);

// mstatus and sstatus

function readStatus(hart: Hart, mask: number): bigint {
  const [fs, vs] = [hart.word(at.fs), hart.word(at.vs)];
  const xs = unitsStatus(hart);
  const low = unsigned((hart.word(words.status) & mask) | (vs << 9) | (fs << 13) | (xs << 15));
  return low | (2n << 32n) | (mask === MSTATUS ? 2n << 34n : 0n) | ([fs, vs, xs].includes(3) ? 1n << 63n : 0n);
}

function writeStatus(hart: Hart, value: bigint, mask: number): void {
  const wanted = low32(value);
  const old = hart.word(words.status);
  let now = merge(old, wanted, mask);
  if ((now & status.MPP) >> 11 === 2) now = merge(now, old, status.MPP);
  hart.setWord(words.status, now);
  if (hart.hasFloat) hart.setWord(at.fs, (wanted >> 13) & 3);
  if (hart.hasVector) hart.setWord(at.vs, (wanted >> 9) & 3);
  if ((old ^ now) & status.MXR) hart.flushTlb();
  hart.chooseContexts();
}

/** satp: no translation, or one that the hart has; a write of another mode changes nothing. */
function writeSatp(hart: Hart, value: bigint): void {
  const number = Number(value >> 60n);
  const mode = translationModes.get(number);
  if (number !== 0 && (!mode || (mode.requires && !hart.has(mode.requires)))) return;
  if (hart.long(longs.satp) === value) return;
  hart.setLong(longs.satp, value);
  const { root, levels } = spaceOf(value);
  hart.setDouble(longs.root, root);
  hart.setWord(words.levels, levels);
  hart.flushTlb();
  if (hart.board.events.active)
    hart.board.events.emit({ kind: 'address-space', hart: hart.id, cycle: hart.time, satp: value });
}

function writeSip(hart: Hart, value: number, mask: number): void {
  const before = hart.word(words.software);
  const after = merge(before, value, mask & SIP_WRITABLE);
  hart.setWord(words.software, after);
  const { events } = hart.board;
  if (!events.active || hart.privilege !== S) return;
  for (const interrupt of [SSI, LI16])
    if (((before & ~after) >> interrupt) & 1)
      events.emit({ kind: 'acknowledge', hart: hart.id, cycle: hart.time, interrupt });
}

const CYCLE = 0;
const TIME = 1;
const INSTRET = 2;

// Counters: see counters.ts. Without Zihpm the programmable ones are read-only zero.

const counter = (n: number): Register => ({
  read: (hart) => (hasCounter(hart, n) ? readCounter(hart, n) : 0n),
  write(hart, value) {
    if (hasCounter(hart, n)) writeCounter(hart, n, value);
  },
});
/** A counter as lower modes read it, where mcounteren and scounteren let them. */
const shadow = (n: number, read = counter(n).read): Register => ({
  read,
  permitted(hart) {
    const { privilege } = hart;
    const lets = (enables: number) => ((hart.word(enables) >>> n) & 1) !== 0;
    return privilege === M || (lets(words.mcounteren) && (privilege === S || lets(words.scounteren)));
  },
});
const eventSelector = (n: number): Register => ({
  read: (hart) => eventRegister(hart, n),
  write: (hart, value) => chooseEvent(hart, n, value),
});
/** Cycles, time and retired instructions, and the programmable counters of harts that have them. */
const enables = (hart: Hart) => (hart.has('Zihpm') ? ~0 : 0b111);

// Floating-point and vector state

const fcsr = (shift: number, mask: number): Register => ({
  read: (hart) => BigInt((((hart.word(at.frm) << 5) | hart.word(at.fflags)) >> shift) & mask),
  write(hart, value) {
    const all = merge((hart.word(at.frm) << 5) | hart.word(at.fflags), low32(value) << shift, mask << shift);
    hart.setWord(at.fflags, all & 31);
    hart.setWord(at.frm, (all >> 5) & 7);
    hart.setWord(at.fs, 3);
  },
});
const vcsr = (shift: number, mask: number): Register => ({
  read: (hart) => BigInt((hart.word(at.vcsr) >> shift) & mask),
  write(hart, value) {
    hart.setWord(at.vcsr, merge(hart.word(at.vcsr), low32(value) << shift, mask << shift));
    hart.setWord(at.vs, 3);
  },
});

/** misa: MXL is 64 bits, a letter for each extension of one letter, S and U modes, X for what is no standard's. */
function misa(hart: Hart): bigint {
  const names = [...hart.isa.extensions];
  const vendors = names.some((name) => /^X./.test(name)) ? ['X'] : [];
  const letters = [...names.filter((name) => name.length === 1), 'S', 'U', ...vendors];
  return letters.reduce((set, letter) => set | (1n << BigInt(letter.charCodeAt(0) - 65)), 2n << 62n);
}

/** menvcfg and senvcfg. */
const environment = (name: 'menvcfg' | 'senvcfg'): Register => ({
  read: (hart) => hart.long(longs[name]),
  write: (hart, value) => writeEnvironment(hart, name, value),
});

// State enables (privileged specification, "Smstateen and Ssstateen Extensions"). Custom state is let through always (C, bit 0 of both
// first registers, is one where a hart has any): its units have switches of their own.

const ENVCFG = 1n << 62n;
const SE = 1n << 63n;
const custom = (hart: Hart, n: number) => (n === 0 && hart.units.length ? 1n : 0n);
function stateEnable(n: number): Register {
  const { read, write } = long(longs.mstateen + 8 * n, n === 0 ? SE | ENVCFG : SE);
  return { read: (hart) => read(hart) | custom(hart, n), ...(write && { write }) };
}
/** Does mstateen let lower modes touch this state? */
const enabled = (hart: Hart, n: number, bit: bigint) =>
  hart.privilege === M || !hart.has('Smstateen') || (hart.long(longs.mstateen + 8 * n) & bit) !== 0n;

// mseccfg: machine-mode lockdown and its own pointer masking

function writeSecurity(hart: Hart, value: bigint): void {
  if (hart.has('Smepmp')) hart.pmp.secure(value);
  const mask = fieldOf(value, mseccfg.PMM);
  if (hart.has('Smmpm') && mask !== reservedValues.PMM)
    hart.setLong(longs.mseccfg, (hart.long(longs.mseccfg) & ~(3n << 32n)) | (mask << 32n));
  chooseMasking(hart);
  hart.flushTlb(true);
}

// PMP settings lie in the even pmpcfg registers, eight entries each.

const pmpcfg = (first: number): Register => ({
  read: (hart) =>
    eight.reduce(
      (value, i) => value | (first + i < PMP_ENTRIES ? BigInt(hart.pmp.setting(first + i)) << BigInt(8 * i) : 0n),
      0n,
    ),
  write(hart, value) {
    for (const i of eight)
      if (first + i < PMP_ENTRIES) hart.pmp.configure(first + i, Number((value >> BigInt(8 * i)) & 0xffn));
    hart.flushTlb(true);
  },
});
const eight = [0, 1, 2, 3, 4, 5, 6, 7];
const pmpaddr = (entry: number): Register => ({
  read: (hart) => (entry < PMP_ENTRIES ? hart.pmp.address(entry) : 0n),
  write(hart, value) {
    if (entry < PMP_ENTRIES) hart.pmp.place(entry, value);
    hart.flushTlb(true);
  },
});

const named: Readonly<Record<string, Register>> = {
  ...Object.fromEntries(heldCsrs.map((name) => [name, long(longs[name])])),

  fflags: fcsr(0, 31),
  frm: fcsr(5, 7),
  fcsr: fcsr(0, 255),
  vstart: {
    read: (hart) => BigInt(hart.vstart),
    write(hart, value) {
      hart.setWord(at.vstart, low32(value) & (hart.isa.vlen - 1));
      hart.setWord(at.vs, 3);
    },
  },
  vxsat: vcsr(0, 1),
  vxrm: vcsr(1, 3),
  vcsr: vcsr(0, 7),
  vl: { read: (hart) => unsigned(hart.vl) },
  vtype: { read: (hart) => hart.vtype },
  vlenb: { read: (hart) => BigInt(hart.vlenb) },

  sstatus: { read: (hart) => readStatus(hart, SSTATUS), write: (hart, value) => writeStatus(hart, value, SSTATUS) },
  sie: delegated(
    (hart) => hart.word(words.mie),
    (hart, value, mask) => hart.setWord(words.mie, merge(hart.word(words.mie), value, mask)),
  ),
  sip: delegated((hart) => hart.pending, writeSip),
  stvec: handlerAddress(longs.stvec),
  scounteren: word(words.scounteren, enables),
  senvcfg: { ...environment('senvcfg'), permitted: (hart) => enabled(hart, 0, ENVCFG) },
  sepc: returnAddress(longs.sepc),
  stimecmp: {
    read: (hart) => hart.long(longs.stimecmp),
    write(hart, value) {
      hart.setLong(longs.stimecmp, value);
      hart.board.timerChanged(hart);
    },
    permitted: (hart) =>
      hart.privilege === M || (hasSupervisorTimer(hart) && ((hart.word(words.mcounteren) >> TIME) & 1) !== 0),
  },
  satp: {
    read: (hart) => hart.long(longs.satp),
    write: writeSatp,
    permitted: (hart) => !(hart.privilege === S && hart.word(words.status) & status.TVM),
  },

  mstatus: { read: (hart) => readStatus(hart, MSTATUS), write: (hart, value) => writeStatus(hart, value, MSTATUS) },
  misa: { read: misa, write: () => {} },
  medeleg: word(words.medeleg, delegable),
  mideleg: word(words.mideleg, supervisorInterrupts),
  mie: word(words.mie, allInterrupts),
  mip: {
    read: (hart) => unsigned(hart.pending),
    // A device's SEIP must not become software's when csrrs writes back what it read.
    base: (hart) => unsigned(hart.word(words.software)),
    write(hart, value) {
      const driven = hasSupervisorTimer(hart) ? bits(STI) : 0;
      hart.setWord(words.software, low32(value) & supervisorInterrupts(hart) & ~driven);
    },
  },
  mtvec: handlerAddress(longs.mtvec),
  mcounteren: word(words.mcounteren, enables),
  menvcfg: environment('menvcfg'),
  mcountinhibit: {
    read: (hart) => unsigned(hart.word(words.mcountinhibit)),
    write: (hart, value) => inhibit(hart, low32(value)),
  },
  mepc: returnAddress(longs.mepc),

  mseccfg: { read: (hart) => hart.long(longs.mseccfg), write: writeSecurity },

  mhint: word(words.hints, 1),

  tselect: constant(0n),
  tdata1: constant(0n),
  tdata2: constant(0n),

  mcycle: counter(CYCLE),
  minstret: counter(INSTRET),
  cycle: shadow(CYCLE),
  time: shadow(TIME, (hart) => hart.board.mtime(hart)),
  instret: shadow(INSTRET),
  scountovf: {
    read: (hart) => overflowed(hart) & (hart.privilege === M ? ~0n : unsigned(hart.word(words.mcounteren))),
  },

  mvendorid: constant(0n),
  marchid: constant(0n),
  mimpid: constant(0n),
  mhartid: { read: (hart) => BigInt(hart.id) },
  mconfigptr: constant(0n),
};

/** The registers that come in rows. */
function numbered(name: string): Register | undefined {
  const match = /^([a-z]+)(\d+)$/.exec(name);
  return match ? families[match[1]!]?.(Number(match[2])) : undefined;
}
const families: Readonly<Record<string, (n: number) => Register>> = {
  pmpcfg: (n) => pmpcfg(n * 4),
  pmpaddr,
  mhpmevent: eventSelector,
  mhpmcounter: counter,
  hpmcounter: (n) => shadow(n),
  mstateen: stateEnable,
  sstateen: (n) => ({
    read: (hart) => custom(hart, n),
    write: () => {},
    permitted: (hart) => enabled(hart, n, SE),
  }),
};

const registers = new Map<number, Register>();
for (const row of csrs) {
  const register = named[row.name] ?? numbered(row.name) ?? unitCsr(row);
  if (!register) throw new Error(`CSR ${row.name} stands in the table but nothing serves it`);
  registers.set(row.number, register);
}

/** The register, when this hart has it at all. */
function present(hart: Hart, number: number): Register | undefined {
  const row = csrNumbered(number);
  const requires = row?.requires ? [row.requires] : [];
  return row && satisfied(requires, (extension) => hart.has(extension)) ? registers.get(number) : undefined;
}

/** May the hart, as it is now, execute an instruction that touches this register? */
function permitted(hart: Hart, number: number, writes: boolean): boolean {
  const { privilege } = hart;
  const row = csrNumbered(number)!;
  if (csrPrivilege(number) > privilege || (writes && csrReadOnly(number))) return false;
  if (row.requires === 'F') return hart.word(at.fs) !== 0;
  if (row.requires === 'V') return hart.word(at.vs) !== 0;
  return registers.get(number)!.permitted?.(hart) ?? true;
}

/** What a CSR instruction writes. */
export type CsrOperation = 'write' | 'set' | 'clear';

/**
 * One CSR instruction.
 * @param source the operand; undefined: the instruction writes nothing (csrrs and csrrc with x0)
 * @param reads false when rd is x0 in csrrw: no read happens
 * @returns the old value, or undefined when the instruction is illegal
 */
export function accessCsr(
  hart: Hart,
  number: number,
  operation: CsrOperation,
  source: bigint | undefined,
): bigint | undefined {
  const register = present(hart, number);
  if (!register || !permitted(hart, number, source !== undefined)) return undefined;
  const old = register.read(hart);
  if (source !== undefined) {
    const base = operation !== 'write' && register.base ? register.base(hart) : old;
    const value = operation === 'write' ? source : operation === 'set' ? base | source : base & ~source;
    register.write?.(hart, BigInt.asUintN(64, value));
  }
  return old;
}

/** A register's value whatever the privilege. @throws RangeError when the hart has no such register */
export function peekCsr(hart: Hart, number: number): bigint {
  return found(hart, number).read(hart);
}

/** Write a register whatever the privilege. @throws RangeError when the hart has no such register or it is read-only */
export function pokeCsr(hart: Hart, number: number, value: bigint): void {
  const register = found(hart, number);
  if (csrReadOnly(number) || !register.write) throw new RangeError(`${csrNumbered(number)!.name} is read-only`);
  register.write(hart, BigInt.asUintN(64, value));
}

function found(hart: Hart, number: number): Register {
  const register = present(hart, number);
  if (register) return register;
  const name = csrNumbered(number)?.name ?? `0x${number.toString(16)}`;
  throw new RangeError(`hart ${hart.id} (${hart.isa.text}) has no CSR ${name}`);
}
