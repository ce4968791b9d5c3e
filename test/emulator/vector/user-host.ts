/**
 * The engine alone, with a host as small as it can be: one hart in machine mode, no translation, and the three Linux system calls that the
 * comparison programs make. So the same ELF runs here and in qemu-riscv64.
 */

import { engineBytes } from '../../../emulator/engine/bytes.js';
import { DecodeCache } from '../../../emulator/engine/decode-cache.js';
import { systemHandlers } from '../../../emulator/engine/handlers.js';
import { type EngineHost, Reach } from '../../../emulator/engine/host.js';
import { softFloat } from '../../../emulator/engine/soft-float.js';
import { startEngine } from '../../../emulator/engine/start.js';
import { judgeVector } from '../../../emulator/engine/vector/legal.js';
import { longs } from '../../../emulator/hart/words.js';
import { hart as at, hartBlock, memoryMap, record, tlb, xRegister } from '../../../emulator/layout.js';

export const RAM_BASE = 0x80000000;

/** Symbols of the program that the host needs: what it does on an illegal instruction. */
export interface Symbols {
  /** Address of a 64-bit counter of illegal instructions. */
  readonly illegal: number;
}

/** Run a flat image; gives what it wrote. @param fused on an engine with the platform's multiply-add */
export async function runUser(image: Uint8Array, entry: number, vlen: number, symbols: Symbols, fused = false) {
  const map = memoryMap({ harts: 1, maxVlen: vlen, ramBytes: 0x2000000, ramBase: RAM_BASE });
  const memory = new WebAssembly.Memory({ initial: map.pages });
  const view = new DataView(memory.buffer);
  const bytes = new Uint8Array(memory.buffer);
  const block = hartBlock(0);
  bytes.set(image, map.ram);
  const cache = new DecodeCache(memory, map, {
    has: () => true,
    isa: () => '',
    marked: () => false,
    watched: () => false,
  });
  const context = block + tlb.first;
  for (let n = 0; n < 3 * tlb.entries; n++) view.setBigInt64(context + 16 * n, tlb.empty, true);
  view.setUint32(block + at.dataTlb, context, true);
  view.setUint32(block + at.fetchTlb, context, true);
  view.setUint32(block + at.fs, 3, true);
  view.setUint32(block + at.vs, 3, true);
  view.setBigUint64(block + at.vtype, 1n << 63n, true);
  view.setUint32(block + at.vlenb, vlen / 8, true);
  view.setUint32(block + at.vectors, map.vectors, true);
  // What is known of a page holds for that page.
  view.setBigInt64(block + longs.machineMask, -4096n, true);
  view.setBigInt64(block + at.pc, BigInt(entry), true);

  const place = (va: bigint) => {
    const offset = Number(BigInt.asUintN(64, va)) - RAM_BASE;
    if (offset < 0 || offset >= map.ramBytes) throw new Error(`access to ${va.toString(16)}`);
    return map.ram + offset;
  };
  const x = (n: number) => view.getBigInt64(xRegister(0, n), true);
  const written: Uint8Array[] = [];
  let running = true;

  const words: Record<number, readonly [offset: number, shift: number, mask: number]> = {
    1: [at.fflags, 0, 31],
    2: [at.frm, 0, 7],
    8: [at.vstart, 0, -1],
    15: [at.vcsr, 0, 7],
    3104: [at.vl, 0, -1],
    3106: [at.vlenb, 0, -1],
  };
  const readCsr = (n: number): bigint => {
    if (n === 0xc21) return view.getBigInt64(block + at.vtype, true);
    if (n === 0x003) return readCsr(1) | (readCsr(2) << 5n);
    const csr = words[n];
    if (!csr) throw new Error(`CSR ${n.toString(16)}`);
    return BigInt(view.getUint32(block + csr[0], true));
  };
  const writeCsr = (n: number, value: bigint): void => {
    if (n === 0x003) {
      writeCsr(1, value & 31n);
      writeCsr(2, (value >> 5n) & 7n);
    } else view.setUint32(block + words[n]![0], Number(value & BigInt(words[n]![2] >>> 0)), true);
  };

  const illegal = (pc: bigint) => {
    const counter = map.ram + symbols.illegal - RAM_BASE;
    view.setBigUint64(counter, view.getBigUint64(counter, true) + 1n, true);
    view.setBigInt64(block + at.pc, pc + 4n, true);
    return 1;
  };
  /** The place of an address, and an entry in the TLB for its page. */
  const known = (table: number, va: bigint) => {
    const entryAt = context + table + (Number((va >> 12n) & BigInt(tlb.entries - 1)) << 4);
    view.setBigInt64(entryAt, va & ~0xfffn, true);
    view.setInt32(entryAt + 8, map.ram - RAM_BASE, true);
    return place(va);
  };
  const host: EngineHost = {
    fetch(_hart, pc) {
      const slot = cache.slotOf(0, Number(pc), pc);
      const entryAt = context + tlb.fetch + (Number((pc >> 12n) & BigInt(tlb.entries - 1)) << 4);
      view.setBigInt64(entryAt, pc & ~0xfffn, true);
      view.setUint32(entryAt + 8, slot, true);
      return slot;
    },
    decode: (hart, address, pc) => cache.decode(hart, address, pc),
    aside: (hart, pc) => cache.aside(hart, pc, view.getUint32(place(pc), true)),
    load: (_hart, _pc, va) => known(tlb.load, va),
    store(_hart, _pc, va, length, value) {
      const to = known(tlb.store, va);
      for (let n = 0; n < length; n++) bytes[to + n] = Number((value >> BigInt(8 * n)) & 0xffn);
      return 1;
    },
    reach: (_hart, _pc, va, _length, purpose) => known(purpose === Reach.read ? tlb.load : tlb.store, va),
    readable: () => 1,
    vectorLegal(_hart, recordAt, pc) {
      if (judgeVector(view, block, recordAt, () => true) === undefined) return 1;
      illegal(pc);
      return 0;
    },
    float: (hart, operation, a, b, c) => softFloat(view, hart, operation, a, b, c),
    system(_hart, pc, recordAt, handler) {
      const name = systemHandlers[handler]!;
      if (name === 'illegal') return illegal(pc);
      if (name === 'ecall') {
        call();
        return 0;
      }
      if (name.startsWith('csr')) {
        const word = view.getUint32(recordAt + record.word, true);
        const [csr, rs1, rd] = [word >>> 20, (word >> 15) & 31, (word >> 7) & 31];
        const operand = name.endsWith('i') ? BigInt(rs1) : x(rs1);
        const old = readCsr(csr);
        if (name.startsWith('csrrw')) writeCsr(csr, operand);
        else if (rs1) writeCsr(csr, name.startsWith('csrrs') ? old | operand : old & ~operand);
        if (rd) view.setBigInt64(xRegister(0, rd), old, true);
        return 0;
      }
      throw new Error(`${name} at ${pc.toString(16)}`);
    },
  };
  const call = () => {
    const [number, a1, a2] = [Number(x(17)), x(11), Number(x(12))];
    if (number === 64) written.push(bytes.slice(place(a1), place(a1) + a2));
    else if (number === 93) {
      running = false;
      view.setInt32(block + at.left, 0, true);
    } else if (number !== 134) throw new Error(`system call ${number}`); // rt_sigaction: illegal() does what the handler does
    view.setBigInt64(xRegister(0, 10), BigInt(a2), true);
  };

  const engine = await startEngine(memory, host, engineBytes(fused));
  for (let turns = 0; running; turns++) {
    if (turns > 1000) throw new Error('the program does not end');
    view.setInt32(block + at.left, 1_000_000, true);
    engine.run(block);
  }
  return Buffer.concat(written);
}
