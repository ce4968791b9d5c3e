/** Svinval: fences of address translation in pieces. */
import { DATA, illegal, loads, poke, prove, run, TABLES, value, within, write } from './privileged.js';

const CPU = 'rv64,h=false,v=false,svinval=on';
const [VALID, ALL] = [1n, 0xc7n];
const entry = (pa: number, flags: bigint) => (BigInt(pa / 4096) << 10n) | flags;
const LEAF = TABLES + 0x2000;
const SATP = (8n << 60n) | BigInt(TABLES / 4096);
/** To the assembler. */
const KNOWN = run('.option arch, +svinval');
const TVM = 'li t0, 0x100000';
/** Page 5 is mapped to a frame, and the fences make it so. */
const mapped = (pa: number, invalidate: string) => [
  poke(LEAF + 8 * 5, entry(pa, ALL)),
  run(`sfence.w.inval; ${invalidate}; sfence.inval.ir`),
];

prove('sinval.vma between its fences makes new translations seen', 'rv64gc_svinval', CPU, [
  KNOWN,
  poke(TABLES, entry(TABLES + 0x1000, VALID)),
  poke(TABLES + 0x1000, entry(LEAF, VALID)),
  poke(DATA, 1),
  poke(DATA + 0x1000, 2),
  write('satp', SATP),
  ...mapped(DATA, 'sinval.vma zero, zero'),
  loads('S', 0x5000, value(1)),
  ...mapped(DATA + 0x1000, 'li t0, 0x5000; sinval.vma t0, zero'),
  loads('S', 0x5000, value(2)),
  ...mapped(DATA, 'li t0, 0x5000; sinval.vma t0, zero'),
  loads('S', 0x5000, value(1)),
  ...mapped(DATA + 0x1000, 'li t0, 0; sinval.vma zero, t0'),
  loads('S', 0x5000, value(2)),
]);

prove('who may use them', 'rv64gc_svinval', CPU, [
  KNOWN,
  write('satp', 0),
  within('S', 'sfence.w.inval; sinval.vma zero, zero; sfence.inval.ir; li a0, 3', value(3)),
  // QEMU 10 lets user mode execute what orders.
  { ...within('U', 'sfence.w.inval', illegal), qemu: value(0) },
  within('U', 'sinval.vma zero, zero', illegal),
  { ...within('U', 'sfence.inval.ir', illegal), qemu: value(0) },
  run(`${TVM}; csrs mstatus, t0`),
  within('S', 'sinval.vma zero, zero', illegal),
  within('S', 'sfence.w.inval; sfence.inval.ir; li a0, 4', value(4)),
  run(`${TVM}; csrc mstatus, t0`),
]);

prove('no fences in pieces without Svinval', 'rv64gc', 'rv64,h=false,v=false,svinval=off', [
  within('S', '.word 0x16000073', illegal),
  within('S', '.word 0x18000073', illegal),
  within('S', '.word 0x18100073', illegal),
]);
