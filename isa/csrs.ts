/**
 * Every control and status register once: name, number, one line, fields. Numbers encode who may touch one: bits 9:8 the lowest
 * privilege, bits 11:10 = 3 read-only (privileged specification, "CSR Address Mapping Conventions").
 */
import { extensions } from './table.js';
import type { Bits } from './types.js';

export interface Csr {
  readonly name: string;
  readonly number: number;
  /** One line, our own words. */
  readonly doc: string;
  /** Named bit ranges, the lowest first. */
  readonly fields?: Readonly<Record<string, Bits>>;
  /** The extension whose state this is, or alternatives (`Smepmp|Smmpm`); a hart without it has no such register. */
  readonly requires?: string;
}

const csr = (name: string, number: number, doc: string, fields?: Csr['fields'], requires?: string): Csr => ({
  name,
  number,
  doc,
  ...(fields && { fields }),
  ...(requires && { requires }),
});
const bit = (n: number): Bits => [n, n];
const many = (from: number, to: number, make: (n: number) => Csr) =>
  Array.from({ length: to - from + 1 }, (_, i) => make(from + i));

/**
 * Interrupt numbers, as bits of mip, mie, mideleg, sip and sie. 16 is the local interrupt that announces a thread's return, 17 that of the
 * mailbox device.
 */
export const interrupts = { SSI: 1, MSI: 3, STI: 5, MTI: 7, SEI: 9, MEI: 11, LCOFI: 13, LI16: 16, LI17: 17 } as const;

/**
 * Events that a programmable counter can count, as numbers of mhpmevent: hardware events have those of the SBI specification's
 * "Performance Monitoring Unit Extension", the others are our own. A TLB miss is an access that had to walk the page tables.
 */
export const events = {
  cycle: 1,
  instruction: 2,
  loadTlbMiss: 0x10019,
  storeTlbMiss: 0x1001b,
  exception: 0x20001,
  interrupt: 0x20002,
} as const;

/** Synchronous trap causes (privileged specification, table of mcause values). */
export const causes = {
  fetchMisaligned: 0,
  fetchAccess: 1,
  illegal: 2,
  breakpoint: 3,
  loadMisaligned: 4,
  loadAccess: 5,
  storeMisaligned: 6,
  storeAccess: 7,
  ecallU: 8,
  ecallS: 9,
  ecallM: 11,
  fetchPage: 12,
  loadPage: 13,
  storePage: 15,
  /** Of our own, in the range for custom use: a hint instruction (Xharthint). */
  hint: 24,
} as const;

const fflags = { NX: bit(0), UF: bit(1), OF: bit(2), DZ: bit(3), NV: bit(4) };
const sstatus = {
  SIE: bit(1),
  SPIE: bit(5),
  UBE: bit(6),
  SPP: bit(8),
  VS: [10, 9],
  FS: [14, 13],
  XS: [16, 15],
  SUM: bit(18),
  MXR: bit(19),
  UXL: [33, 32],
  SD: bit(63),
} as const;
const mstatus = {
  SIE: bit(1),
  MIE: bit(3),
  SPIE: bit(5),
  UBE: bit(6),
  MPIE: bit(7),
  SPP: bit(8),
  VS: [10, 9],
  MPP: [12, 11],
  FS: [14, 13],
  XS: [16, 15],
  MPRV: bit(17),
  SUM: bit(18),
  MXR: bit(19),
  TVM: bit(20),
  TW: bit(21),
  TSR: bit(22),
  UXL: [33, 32],
  SXL: [35, 34],
  SBE: bit(36),
  MBE: bit(37),
  SD: bit(63),
} as const;
const pending = (names: readonly (keyof typeof interrupts)[]) =>
  Object.fromEntries(names.map((name) => [name, bit(interrupts[name])]));
const supervisorInterrupts = pending(['SSI', 'STI', 'SEI', 'LCOFI', 'LI16']);
const allInterrupts = pending(['SSI', 'MSI', 'STI', 'MTI', 'SEI', 'MEI', 'LCOFI', 'LI16', 'LI17']);
const cause = { code: [62, 0], interrupt: bit(63) } as const;
const vector = { mode: [1, 0], base: [63, 2] } as const;
const counters = { CY: bit(0), TM: bit(1), IR: bit(2), HPM: [31, 3] } as const;
/** The event that a counter counts, the modes in which it does not, and whether it has overflowed. */
export const mhpmevent = { event: [55, 0], UINH: bit(60), SINH: bit(61), MINH: bit(62), OF: bit(63) } as const;
/** Fields of mseccfg: machine-mode lockdown, machine mode's allow list, bypass of locked rules, pointer masking. */
export const mseccfg = { MML: bit(0), MMWP: bit(1), RLB: bit(2), PMM: [33, 32] } as const;
/** Fields of mstateen0; the others have the enable of sstateen alone. */
const mstateen = { SE: bit(63) } as const;
const mstateen0 = { C: bit(0), ENVCFG: bit(62), ...mstateen } as const;
/** Fields of senvcfg and menvcfg; which of them a hart has is emulator/hart/environment.ts's. */
export const senvcfg = { FIOM: bit(0), CBIE: [5, 4], CBCFE: bit(6), CBZE: bit(7), PMM: [33, 32] } as const;
export const menvcfg = { ...senvcfg, ADUE: bit(61), PBMTE: bit(62), STCE: bit(63) } as const;
const eventList = Object.entries(events)
  .map(([name, n]) => `0x${n.toString(16)} ${name}`)
  .join(', ');
const pmpEntry = (n: number): Readonly<Record<string, Bits>> =>
  Object.fromEntries(many8(n).map((entry, i) => [`pmp${entry}cfg`, [8 * i + 7, 8 * i]]));
const many8 = (n: number) => Array.from({ length: 8 }, (_, i) => n * 4 + i);

/** The registers of extensions' units, and what says whether the units are on. */
const ofUnits: readonly Csr[] = extensions.flatMap(({ name, unit }) => [
  ...(unit?.csrs ?? []).map((each) => csr(each.name, each.number, each.doc, undefined, name)),
  ...(unit ? [csr(unit.status.name, unit.status.number, unit.status.doc, { status: [1, 0] }, name)] : []),
]);

/** All of them, in the order of their numbers. */
export const csrs: readonly Csr[] = [
  csr('fflags', 0x001, 'Floating-point exceptions raised so far.', fflags, 'F'),
  csr('frm', 0x002, 'Floating-point rounding mode used by dyn.', { frm: [2, 0] }, 'F'),
  csr('fcsr', 0x003, 'Floating-point exceptions and rounding mode together.', { ...fflags, frm: [7, 5] }, 'F'),
  csr('vstart', 0x008, 'First element that the next vector instruction works on.', undefined, 'V'),
  csr('vxsat', 0x009, 'Set when a fixed-point vector result was clipped.', { vxsat: bit(0) }, 'V'),
  csr('vxrm', 0x00a, 'Fixed-point vector rounding mode.', { vxrm: [1, 0] }, 'V'),
  csr('vcsr', 0x00f, 'vxsat and vxrm together.', { vxsat: bit(0), vxrm: [2, 1] }, 'V'),

  csr('sstatus', 0x100, "Supervisor's view of mstatus.", sstatus),
  csr('sie', 0x104, 'Which interrupts the supervisor takes.', supervisorInterrupts),
  csr('stvec', 0x105, "Address of the supervisor's trap handler.", vector),
  csr('scounteren', 0x106, 'Which counters user mode may read.', counters),
  csr('senvcfg', 0x10a, 'Settings of user mode made by the supervisor.', senvcfg),
  ...many(0, 3, (n) =>
    csr(
      `sstateen${n}`,
      0x10c + n,
      'State of extensions that user mode may use.',
      n === 0 ? { C: bit(0) } : {},
      'Ssstateen',
    ),
  ),
  csr('sscratch', 0x140, 'A word for the supervisor.'),
  csr('sepc', 0x141, 'Where the supervisor returns to: address of the trapped instruction.'),
  csr('scause', 0x142, "Why the supervisor's trap was taken.", cause),
  csr('stval', 0x143, "The supervisor's trap value: faulting address or instruction bits."),
  csr('sip', 0x144, "Supervisor's pending interrupts.", supervisorInterrupts),
  csr('stimecmp', 0x14d, "Time from which on the supervisor's timer interrupt is pending.", undefined, 'Sstc'),
  csr('satp', 0x180, 'Address space: translation mode, ASID and root page table.', {
    PPN: [43, 0],
    ASID: [59, 44],
    MODE: [63, 60],
  }),

  csr('mstatus', 0x300, 'State of the hart: interrupt enables, previous privilege, extension states.', mstatus),
  csr('misa', 0x301, 'Which extensions the hart has.', { extensions: [25, 0], MXL: [63, 62] }),
  csr('medeleg', 0x302, 'Exceptions that go straight to the supervisor.'),
  csr('mideleg', 0x303, 'Interrupts that go straight to the supervisor.', supervisorInterrupts),
  csr('mie', 0x304, 'Which interrupts are enabled.', allInterrupts),
  csr('mtvec', 0x305, "Address of the machine's trap handler.", vector),
  csr('mcounteren', 0x306, 'Which counters the supervisor may read.', counters),
  csr('menvcfg', 0x30a, 'Settings of lower modes made by the machine mode.', menvcfg),
  ...many(0, 3, (n) =>
    csr(
      `mstateen${n}`,
      0x30c + n,
      'State of extensions that lower modes may use.',
      n === 0 ? mstateen0 : mstateen,
      'Smstateen',
    ),
  ),
  csr('mcountinhibit', 0x320, 'Counters that stand still.', { CY: bit(0), IR: bit(2), HPM: [31, 3] }),
  ...many(3, 31, (n) =>
    csr(`mhpmevent${n}`, 0x320 + n, `Event that counter ${n} counts (${eventList}), and in which modes.`, mhpmevent),
  ),
  csr('mscratch', 0x340, 'A word for the machine mode.'),
  csr('mepc', 0x341, 'Where the machine mode returns to: address of the trapped instruction.'),
  csr('mcause', 0x342, "Why the machine mode's trap was taken.", cause),
  csr('mtval', 0x343, "The machine mode's trap value: faulting address or instruction bits."),
  csr('mip', 0x344, 'Pending interrupts.', allInterrupts),
  ...many(0, 7, (n) => csr(`pmpcfg${2 * n}`, 0x3a0 + 2 * n, 'Physical memory protection: settings.', pmpEntry(2 * n))),
  ...many(0, 63, (n) => csr(`pmpaddr${n}`, 0x3b0 + n, 'Physical memory protection: address, shifted right by 2.')),

  csr('mseccfg', 0x747, 'Security settings of the machine mode.', mseccfg, 'Smepmp|Smmpm'),

  csr('tselect', 0x7a0, 'Which debug trigger tdata1 and tdata2 show: there are none.'),
  csr('tdata1', 0x7a1, 'Kind of the trigger: 0, there is none.'),
  csr('tdata2', 0x7a2, 'Address or value of the trigger.'),

  csr('mhint', 0x7c0, 'Whether hint instructions of user mode raise an exception.', { U: bit(0) }, 'Xharthint'),

  csr('mcycle', 0xb00, 'Cycles this hart has run.'),
  csr('minstret', 0xb02, 'Instructions this hart has retired.'),
  ...many(3, 31, (n) => csr(`mhpmcounter${n}`, 0xb00 + n, 'Performance counter: counts what its mhpmevent says.')),

  csr('cycle', 0xc00, 'Cycles this hart has run (read-only).', undefined, 'Zicntr'),
  csr('time', 0xc01, 'Ticks of the real-time clock (read-only).', undefined, 'Zicntr'),
  csr('instret', 0xc02, 'Instructions this hart has retired (read-only).', undefined, 'Zicntr'),
  ...many(3, 31, (n) => csr(`hpmcounter${n}`, 0xc00 + n, 'Performance counter (read-only).', undefined, 'Zihpm')),
  csr('vl', 0xc20, 'Elements that vector instructions work on.', undefined, 'V'),
  csr(
    'vtype',
    0xc21,
    'Element width, group size, tail and mask policy of vector instructions.',
    { vlmul: [2, 0], vsew: [5, 3], vta: bit(6), vma: bit(7), vill: bit(63) },
    'V',
  ),
  csr('vlenb', 0xc22, 'Bytes in a vector register.', undefined, 'V'),

  csr('scountovf', 0xda0, 'Programmable counters that have overflowed.', { OF: [31, 3] }, 'Sscofpmf'),

  csr('mvendorid', 0xf11, 'Manufacturer: 0, none.'),
  csr('marchid', 0xf12, 'Microarchitecture: 0, none.'),
  csr('mimpid', 0xf13, 'Version of the implementation.'),
  csr('mhartid', 0xf14, "This hart's number."),
  csr('mconfigptr', 0xf15, 'Physical address of a configuration structure: 0, none.'),
  ...ofUnits,
].sort((a, b) => a.number - b.number);

const byName = new Map(csrs.map((row) => [row.name, row]));
const byNumber = new Map(csrs.map((row) => [row.number, row]));

/** The register of that name, or undefined. */
export const csrNamed = (name: string): Csr | undefined => byName.get(name);

/** The register of that number, or undefined. */
export const csrNumbered = (number: number): Csr | undefined => byNumber.get(number);

/** The lowest privilege that may touch the register: 0 U, 1 S, 3 M. */
export const csrPrivilege = (number: number) => (number >> 8) & 3;

/** May the register never be written? */
export const csrReadOnly = (number: number) => number >> 10 === 3;

/** A field's value within a register's value. */
export function fieldOf(value: bigint, [high, low]: Bits): bigint {
  return (value >> BigInt(low)) & ((1n << BigInt(high - low + 1)) - 1n);
}
