/** Cold instructions: one handler each. An answer of 1 says that pc and mode were changed, 0 that the next instruction follows. */
import { causes } from '../../isa/csrs.js';
import type { SystemHandler } from '../../isa/vocabulary.js';
import { hart as at, record } from '../layout.js';
import type { MemoryAccess } from './access.js';
import type { CodeCache } from './board.js';
import { type BlockResult, manage, zero } from './cache-blocks.js';
import { accessCsr, type CsrOperation } from './csr-file.js';
import type { Hart } from './hart.js';
import { jump } from './jumps.js';
import { M, S, status, U } from './modes.js';
import { raise, trapReturn } from './traps.js';
import { words } from './words.js';

const ON: 0 = 0;
const AGAIN: 1 = 1;
type Answer = typeof ON | typeof AGAIN;

/** What a handler is given. */
interface Call {
  readonly hart: Hart;
  readonly pc: bigint;
  /** The instruction, 32 bits. */
  readonly word: number;
  readonly access: MemoryAccess;
  readonly code: CodeCache;
}

function illegal({ hart, pc, access }: Call): Answer {
  raise(hart, causes.illegal, access.instructionBits(hart, pc), pc);
  return AGAIN;
}

/** Go on behind this 4-byte instruction with contexts, privilege and pc read anew; an interrupt that is due comes first. */
function next(hart: Hart, pc: bigint): Answer {
  hart.setPc(BigInt.asUintN(64, pc + 4n));
  if (hart.interrupt >= 0) hart.endTurn();
  return AGAIN;
}

const ecallCauses = { [U]: causes.ecallU, [S]: causes.ecallS, [M]: causes.ecallM } as const;

/** A CSR instruction, its operand a register or an immediate. csrrs and csrrc with operand 0 write nothing. */
const csr =
  (operation: CsrOperation, from: 'register' | 'immediate') =>
  (call: Call): Answer => {
    const { hart, pc, word } = call;
    const field = (word >>> 15) & 31;
    const operand = from === 'register' ? hart.x(field) : BigInt(field);
    const writes = operation === 'write' || field !== 0;
    const old = accessCsr(hart, word >>> 20, operation, writes ? operand : undefined);
    if (old === undefined) return illegal(call);
    hart.setX((word >>> 7) & 31, old);
    return writes ? next(hart, pc) : ON;
  };

const handlers: Record<'illegal' | SystemHandler, (call: Call) => Answer> = {
  illegal,
  jump({ hart, pc, word }) {
    jump(hart, pc, word);
    return AGAIN;
  },
  target({ hart, pc }) {
    raise(hart, causes.fetchMisaligned, hart.pc, pc);
    return AGAIN;
  },
  ecall({ hart, pc }) {
    raise(hart, ecallCauses[hart.privilege], 0n, pc);
    return AGAIN;
  },
  ebreak({ hart, pc }) {
    raise(hart, causes.breakpoint, pc, pc);
    return AGAIN;
  },
  csrrw: csr('write', 'register'),
  csrrs: csr('set', 'register'),
  csrrc: csr('clear', 'register'),
  csrrwi: csr('write', 'immediate'),
  csrrsi: csr('set', 'immediate'),
  csrrci: csr('clear', 'immediate'),
  mret(call) {
    if (call.hart.privilege !== M) return illegal(call);
    return returned(call.hart, M);
  },
  sret(call) {
    const { hart } = call;
    const trapped = hart.privilege === S && hart.word(words.status) & status.TSR;
    if (hart.privilege === U || trapped) return illegal(call);
    return returned(hart, S);
  },
  wfi(call) {
    const { hart } = call;
    const trapped = hart.privilege === S && hart.word(words.status) & status.TW;
    if (hart.privilege === U || trapped) return illegal(call);
    if (!hart.awake) {
      hart.setWord(words.idle, 1);
      hart.endTurn();
    }
    return ON;
  },
  // A hart that waits for another one gives way.
  pause({ hart }) {
    hart.endTurn();
    return ON;
  },
  hint(call) {
    const { hart, pc, access } = call;
    if (hart.privilege !== U || hart.word(words.hints) === 0) return ON;
    raise(hart, causes.hint, access.instructionBits(hart, pc), pc);
    return AGAIN;
  },
  // Any reason may end the wait: here it is the end of the turn, so that neither a store nor an interrupt is missed, and nobody hangs.
  wrs({ hart }) {
    if (hart.long(at.reservation) !== NO_RESERVATION) hart.endTurn();
    return ON;
  },
  'cbo.inval': (call) => onBlock(call, manage(call.access, call.hart, call.pc, address(call), 'CBIE')),
  'cbo.clean': (call) => onBlock(call, manage(call.access, call.hart, call.pc, address(call), 'CBCFE')),
  'cbo.zero': (call) => onBlock(call, zero(call.access, call.hart, call.pc, address(call))),
  'fence.i'({ hart, pc, code }) {
    code.fence(hart.id);
    tell(hart, 'fence.i');
    return next(hart, pc);
  },
  'sfence.vma'(call) {
    const { hart, pc, word } = call;
    const trapped = hart.privilege === S && hart.word(words.status) & status.TVM;
    if (hart.privilege === U || trapped) return illegal(call);
    if ((word >>> 15) & 31) hart.flushPage(address(call));
    else hart.flushTlb();
    tell(hart, 'sfence.vma');
    return next(hart, pc);
  },
  // sinval.vma is carried out at once, so the fences around it have nothing to order.
  'sfence.inval'(call) {
    return call.hart.privilege === U ? illegal(call) : ON;
  },
};

const NO_RESERVATION = BigInt.asUintN(64, -1n);

/** The address operand of a cache-block instruction. */
const address = ({ hart, word }: Call) => hart.x((word >>> 15) & 31);

function onBlock(call: Call, result: BlockResult): Answer {
  if (result === 'illegal') return illegal(call);
  return result === 'done' ? ON : AGAIN;
}

function returned(hart: Hart, from: typeof S | typeof M): Answer {
  trapReturn(hart, from);
  if (hart.interrupt >= 0) hart.endTurn();
  return AGAIN;
}

function tell(hart: Hart, what: 'fence.i' | 'sfence.vma'): void {
  const { events } = hart.board;
  if (events.active) events.emit({ kind: 'fence', hart: hart.id, cycle: hart.time, what });
}

/** Execute a cold instruction by its handler's name. */
export function system(
  access: MemoryAccess,
  code: CodeCache,
  hart: Hart,
  pc: bigint,
  recordAddress: number,
  handler: 'illegal' | SystemHandler,
): Answer {
  const word = hart.memory.u32[(recordAddress + record.word) >> 2]!;
  return handlers[handler]({ hart, pc, word, access, code });
}
