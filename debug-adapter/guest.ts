import { joined } from '../emulator/joined.js';
import type { Place } from './expressions/value.js';
import { ExpressionError } from './expressions/lexer.js';
import type { Target, TargetHart } from './target.js';

const MACHINE = 3;
const hex = (va: bigint) => `0x${va.toString(16)}`;
/** satp's mode field: 0 is no translation. */
const translates = (satp: bigint) => satp >> 60n !== 0n;

/** Guest memory as a hart sees it in a privilege: physical in M, through its page tables otherwise. */
export class GuestMemory {
  constructor(
    private readonly target: Target,
    private readonly hart: TargetHart,
    private readonly privilege: number,
    /** The address space; default: the hart's. */
    private readonly satp?: bigint,
  ) {}

  /** As many bytes as are mapped, at most `length`. */
  read(va: bigint, length: number): Uint8Array {
    const satp = this.satp ?? this.hart.csr('satp');
    if (this.privilege !== MACHINE && translates(satp)) return this.target.readVirtual(this.hart.id, va, length, satp);
    return this.physical(va, length);
  }

  /** Page by page: RAM begins and ends at a page, and devices are not read. */
  private physical(pa: bigint, length: number): Uint8Array {
    const pieces: Uint8Array[] = [];
    let total = 0;
    try {
      while (total < length && pa + BigInt(total) <= BigInt(Number.MAX_SAFE_INTEGER)) {
        const at = Number(pa) + total;
        const piece = this.target.memory.read(at, Math.min(length - total, 4096 - (at % 4096)));
        pieces.push(piece);
        total += piece.length;
      }
    } catch {
      // Outside RAM: what was read so far is all there is.
    }
    return pieces.length === 1 ? pieces[0] : joined(pieces);
  }

  /** Exactly `length` bytes. @throws ExpressionError */
  exactly(va: bigint, length: number): Uint8Array {
    const bytes = this.read(va, length);
    if (bytes.length < length) throw new ExpressionError(`${hex(va + BigInt(bytes.length))} is not mapped`);
    return bytes;
  }

  /** Eight bytes, unsigned; undefined where nothing is mapped. */
  word(va: bigint): bigint | undefined {
    const bytes = this.read(va, 8);
    return bytes.length < 8 ? undefined : new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  }

  /** @throws ExpressionError when not all of it is mapped; then nothing is written */
  write(va: bigint, bytes: Uint8Array): void {
    if (!bytes.length) return;
    this.exactly(va, bytes.length);
    const satp = this.satp ?? this.hart.csr('satp');
    if (this.privilege !== MACHINE && translates(satp)) this.target.writeVirtual(this.hart.id, va, bytes, satp);
    else this.target.memory.write(Number(va), bytes);
  }

  place(va: bigint): Place {
    const address = (offset: number) => BigInt.asUintN(64, va + BigInt(offset));
    const satp = this.satp ?? this.hart.csr('satp');
    return {
      va,
      space: this.privilege !== MACHINE && translates(satp) ? satp : 0n,
      read: (offset, length) => this.exactly(address(offset), length),
      write: (offset, bytes) => this.write(address(offset), bytes),
    };
  }
}
