/** The engine's host: what generated code calls for, passed to the part that does it. */
import { causes } from '../../isa/csrs.js';
import type { DecodeCache } from '../engine/decode-cache.js';
import { systemHandlers } from '../engine/handlers.js';
import type { EngineHost, Reach } from '../engine/host.js';
import { softFloat } from '../engine/soft-float.js';
import { judgeVector } from '../engine/vector/legal.js';
import { hart as at } from '../layout.js';
import type { Watchpoints } from '../watchpoints.js';
import { MemoryAccess, TRAPPED } from './access.js';
import type { Board } from './board.js';
import type { Hart } from './hart.js';
import { permission } from './pmp.js';
import { dataAddress } from './pointer-masking.js';
import { system } from './system.js';
import { translate } from './translation.js';
import { raise } from './traps.js';

export class Host implements EngineHost {
  readonly access: MemoryAccess;

  /** @param stopsBefore asks whether to stop before the instruction at pc, and takes note of it */
  constructor(
    private readonly board: Board,
    private readonly code: DecodeCache,
    private readonly stopsBefore: (hart: Hart, pc: bigint) => boolean,
    private readonly watchpoints: Watchpoints,
  ) {
    this.access = new MemoryAccess(board, code, watchpoints);
  }

  private hart(n: number): Hart {
    return this.board.harts[n]!;
  }

  fetch(n: number, pc: bigint): number {
    return this.access.fetch(this.hart(n), pc);
  }

  decode(n: number, record: number, pc: bigint): void {
    this.code.decode(n, record, pc);
  }

  aside(n: number, pc: bigint): number {
    const hart = this.hart(n);
    if (this.stopsBefore(hart, pc)) {
      hart.setPc(pc);
      hart.cut();
      return TRAPPED;
    }
    // The engine has not counted this attempt; when the fetch of the second half traps it counts.
    hart.setWord(at.left, hart.word(at.left) - 1);
    const slot = this.access.aside(hart, pc);
    if (slot !== TRAPPED) {
      hart.setWord(at.left, hart.word(at.left) + 1);
      if (this.watchpoints.registers.beforeAside(hart, pc)) hart.cutTo(1);
    }
    return slot;
  }

  load(n: number, pc: bigint, va: bigint, bytes: number): number {
    return this.access.load(this.hart(n), pc, va, bytes);
  }

  store(n: number, pc: bigint, va: bigint, bytes: number, value: bigint): number {
    return this.access.store(this.hart(n), pc, va, bytes, value);
  }

  reach(n: number, pc: bigint, va: bigint, bytes: number, purpose: Reach): number {
    return this.access.reach(this.hart(n), pc, va, bytes, purpose);
  }

  system(n: number, pc: bigint, record: number, handler: number): number {
    return system(this.access, this.code, this.hart(n), pc, record, systemHandlers[handler]!);
  }

  vectorLegal(n: number, record: number, pc: bigint): number {
    const hart = this.hart(n);
    if (judgeVector(hart.memory.view, hart.block, record, (name) => hart.has(name)) === undefined) return 1;
    raise(hart, causes.illegal, this.access.instructionBits(hart, pc), pc);
    return TRAPPED;
  }

  readable(n: number, va: bigint): number {
    const hart = this.hart(n);
    const pa = translate(hart, dataAddress(hart, va), 'read', hart.dataPrivilege, 'ask');
    const page = Math.floor(pa / 4096) * 4096;
    const { memory } = hart;
    return memory.inRam(page, 4096) && hart.pmp.allows(page, 4096, permission.read, hart.dataPrivilege) ? 1 : 0;
  }

  float(n: number, operation: number, a: bigint, b: bigint, c: bigint): bigint {
    return softFloat(this.board.memory.view, n, operation, a, b, c);
  }
}
