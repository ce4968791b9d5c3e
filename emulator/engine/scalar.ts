/** A row's vocabulary with operands read from the decoded record: what makes the interpreter out of rows. */
import type { Destination, Element, Float, FloatElement, Memory, Scalar } from '../../isa/vocabulary.js';
import { words } from '../hart/words.js';
import { asked, hart as at, record, tlb } from '../layout.js';
import type { Code } from '../wasm/code.js';
import { BYTES, isHalf } from '../wasm/opcodes.js';
import { call, get, i32, i64, kept, load, Val } from '../wasm/value.js';
import { Reach } from './host.js';
import { insert, operands as kinds } from '../../isa/operands.js';

/** The functions that generated code calls, by their index in the module. */
export interface Callees {
  readonly load: number;
  readonly store: number;
  readonly reach: number;
  readonly system: number;
  readonly vectorLegal: number;
  readonly readable: number;
  readonly mulHighUnsigned: number;
  readonly carryless: Readonly<Record<'low' | 'high', number>>;
}

/** Where a row's code stands: what it can read, and how it ends early. */
export interface Place {
  readonly c: Code;
  readonly callees: Callees;
  /** Address of the hart's block and of the record, i32. */
  readonly hart: Val;
  readonly record: Val;
  readonly pc: Val;
  readonly nextPc: Val;
  /** The immediate where the record does not hold it, i64. */
  readonly imm?: Val;
  /** Address of the TLB context for data, i32. */
  readonly dataTlb: Val;
  /** Registers of the unit of the row's extension. Absent where the row has none. */
  readonly unit?: Scalar['unit'];
  /** Before and after a call to the host: make `left` known, read it again. */
  beforeHost(): void;
  afterHost(): void;
  /** The host has trapped: end the instruction (never falls through). */
  trapped(): void;
  /** Where the host is not asked (translated code): leave the instruction to the interpreter (never falls through). */
  giveUp?(): void;
  /** There: the same for an address that is not in the TLB. */
  absent?(): void;
  /** There, where more pages are gone through than the TLB holds: the function that fills it (refill.ts), by its index in the module; code for after it was filled. */
  readonly streams?: { readonly refill: number; refilled(): void } | undefined;
  /** There: another way to find where an address lies. */
  find?(place: Place, address: Val, bytes: number, table: number): Val;
  readonly float: Float;
  /** The rounding mode of float operations here, i32, valid: the instruction's own or frm. Absent where nothing is rounded. */
  readonly rounding?: Val;
}

export const hartNumber = (hart: Val) => load('i32', hart, at.id);

/** A field of the record: the absolute address of a register. */
const registerAt = (place: Place, offset: number) => load('i16', place.record, offset);

/** An integer register of the record. */
const xValue = (place: Place, offset: number) => load('i64', registerAt(place, offset));

/** A row's operands, wherever they are: named by the record, or known. */
export type Operands = Pick<Scalar, 'rd' | 'rs1' | 'rs2' | 'rdOld' | 'second' | 'imm' | 'fd' | 'fbits'>;

/** Store into the register behind that of the field. */
const behind = (place: Place, offset: number, value: Val) => place.c.store('i64', registerAt(place, offset), value, 8);

/** Does the operand name another register than x0? (The word is only there in a record of a function outside the loop.) */
const isPair = (place: Place, operand: 'rd' | 'rs2') => {
  const mask = insert(kinds[operand], 31);
  return load('i32', place.record, record.word).and(mask).ne(0);
};

const recordOperands = (place: Place): Operands => ({
  rd: { set: (value) => void place.c.store('i64', registerAt(place, record.rd), value as Val) },
  rs1: xValue(place, record.rs1),
  rs2: xValue(place, record.rs2),
  rdOld: xValue(place, record.extra),
  second: {
    rd: { set: (value) => void place.c.if(isPair(place, 'rd'), () => behind(place, record.rd, value as Val)) },
    rdOld: isPair(place, 'rd').choose(load('i64', registerAt(place, record.extra), 8), 0) as Val,
    rs2: isPair(place, 'rs2').choose(load('i64', registerAt(place, record.rs2), 8), 0) as Val,
  },
  imm: place.imm ?? load('i64', place.record, record.imm),
  fd: fDestination(place, (value) => void place.c.store('i64', registerAt(place, record.rd), value.as('i64'))),
  fbits: (operand) => load('i64', registerAt(place, { fs1: record.rs1, fs2: record.rs2, fs3: record.extra }[operand])),
});

/** The vocabulary is asked for, a word at a time: of each instruction that is translated a row needs few of them. */
class Given implements Scalar {
  constructor(
    private readonly place: Place,
    private readonly operands: Operands,
  ) {}

  get rd() {
    return this.operands.rd;
  }
  get rs1() {
    return this.operands.rs1;
  }
  get rs2() {
    return this.operands.rs2;
  }
  get rdOld() {
    return this.operands.rdOld;
  }
  get second() {
    return this.operands.second;
  }
  get imm() {
    return this.operands.imm;
  }
  get fd() {
    return this.operands.fd;
  }
  get fbits() {
    return this.operands.fbits;
  }
  get pc() {
    return this.place.pc;
  }
  get nextPc() {
    return this.place.nextPc;
  }
  get float() {
    return this.place.float;
  }
  get memory() {
    return memory(this.place);
  }
  get f(): Scalar['f'] {
    return (operand, shape) => unbox(this.operands.fbits(operand) as Val, shape);
  }
  get unit(): Scalar['unit'] {
    return (register) => {
      if (!this.place.unit) throw new Error(`${register}: the extension has no unit`);
      return this.place.unit(register);
    };
  }
  get mulHigh(): Scalar['mulHigh'] {
    return (a, b, aSigned, bSigned) => mulHigh(this.place, a as Val, b as Val, aSigned, bSigned);
  }
  get carryless(): Scalar['carryless'] {
    return (half, a, b) => call(this.place.callees.carryless[half], 'i64', a as Val, b as Val);
  }
  get keep(): Scalar['keep'] {
    return (value) => kept(this.place.c, value as Val);
  }
  get when(): Scalar['when'] {
    return (condition, then) => void this.place.c.if(condition as Val, then);
  }
}

export const scalar = (place: Place, operands: Operands = recordOperands(place)): Scalar => new Given(place, operands);

/** High half of a product: the unsigned one, less each operand where the other is negative. */
function mulHigh(place: Place, a: Val, b: Val, aSigned: boolean, bSigned: boolean): Val {
  let product = call(place.callees.mulHighUnsigned, 'i64', a, b);
  if (aSigned) product = product.sub(a.shrS(63).and(b));
  if (bSigned) product = product.sub(b.shrS(63).and(a));
  return product;
}

// Floating-point registers: 64 bits each, singles NaN-boxed (unprivileged specification, "NaN Boxing of Narrower Values").

/** @param write its 64 bits, as i64 or f64 */
export function fDestination({ c, hart }: Pick<Place, 'c' | 'hart'>, write: (value: Val) => void): Destination {
  return {
    set(value) {
      const v = value as Val;
      write(v.shape === 'i64' || v.shape === 'f64' ? v : box(v));
      c.store('i32', hart, i32(3), at.fs);
    },
  };
}

/** A narrower number in an f register has ones above it. */
const box = (narrow: Val) =>
  isHalf(narrow.shape)
    ? narrow.as('i16').to('i64', false).or(-0x1_0000n)
    : narrow.as('i32').to('i64', false).or(-0x1_0000_0000n);

const canonicalNaNs = { f16: 0x7e00, bf16: 0x7fc0, f32: 0x7fc00000 } as const;

/** A raw f register as a number; a narrow one that is not boxed reads as the canonical NaN. */
export function unbox(bits: Val, shape: FloatElement): Val {
  if (shape === 'f64') return bits.as('f64');
  const boxed = bits.geU(isHalf(shape) ? 0xffffffff_ffff0000n : 0xffffffff_00000000n);
  return boxed.choose(bits.to('i32', false), i32(canonicalNaNs[shape])).as(shape);
}

// Memory: the TLB's tag compare takes page and alignment in one; the rest is a call.

/** TLB entry of an address: direct-mapped by the low eight bits of the page number. */
export const entryOf = (place: Place, address: Val) =>
  place.dataTlb.add(
    address
      .shrU(8)
      .to('i32', false)
      .and((tlb.entries - 1) << 4),
  );

export const isHit = (place: Place, address: Val, bytes: number, table: number) =>
  load('i64', entryOf(place, address), table).eq(address.and(~0xfffn | BigInt(bytes - 1)));

export const onHit = (place: Place, address: Val, table: number) =>
  address.to('i32', false).add(load('i32', entryOf(place, address), table + 8));

/** In translated code: the address is in the TLB from here on. @returns the entry's address */
export function present(place: Place, address: Val, bytes: number, table: number): Val {
  const { c, hart, streams } = place;
  const entry = kept(c, entryOf(place, address));
  const isAbsent = load('i64', entry, table).ne(address.and(~0xfffn | BigInt(bytes - 1)));
  c.rarely(isAbsent, () => {
    if (!streams) return void place.absent!();
    const fill = call(streams.refill, 'i32', hart, address, i32(bytes - 1), i32(table === tlb.store ? 1 : 0));
    c.rarely(fill.eq(0), () => place.giveUp!());
    streams.refilled();
  });
  return entry;
}

function memory(place: Place): Memory {
  const { c, callees, hart } = place;

  /** In translated code: where an address lies. */
  const found = (address: Val, bytes: number, table: number): Val => {
    if (place.find) return place.find(place, address, bytes, table);
    return address.to('i32', false).add(load('i32', present(place, address, bytes, table), table + 8));
  };

  /** Ask the host; an answer of 0 is a trap. */
  const orTrap = (ask: () => Val) => {
    if (place.giveUp) {
      place.giveUp();
      return i32(0);
    }
    place.beforeHost();
    const answer = kept(c, ask());
    place.afterHost();
    c.if(answer.eq(0), () => place.trapped());
    return answer;
  };
  /**
   * RAM that an atomic may read and write: aligned, in one piece. An entry in the store TLB allows both, and says that no
   * other hart has a reservation in that page.
   */
  const reach = (address: Val, bytes: number, purpose: Reach) => {
    const ask = () => call(callees.reach, 'i32', hartNumber(hart), place.pc, address, i32(bytes), i32(purpose));
    if (place.giveUp) {
      return found(address, bytes, tlb.store);
    }
    const where = c.local('i32');
    c.if(
      isHit(place, address, bytes, tlb.store),
      () => c.set(where, onHit(place, address, tlb.store)),
      () => c.set(where, orTrap(ask)),
    );
    return get(where, 'i32');
  };
  /** RAM that may be read, of a page that no other hart has in its store TLB. */
  const reserve = (address: Val, bytes: number) => {
    const ask = () => call(callees.reach, 'i32', hartNumber(hart), place.pc, address, i32(bytes), i32(Reach.reserve));
    const where = c.local('i32');
    c.set(where, i32(0));
    c.if(isHit(place, address, bytes, tlb.load), () => {
      c.set(where, onHit(place, address, tlb.load));
      const notes = load('i8', load('i32', hart, words.asked).add(get(where, 'i32').shrU(12))).as('i32');
      c.if(notes.and(asked.owner).ne(hartNumber(hart).add(1)), () => c.set(where, i32(0)));
    });
    c.if(get(where, 'i32').eq(0), () => c.set(where, orTrap(ask)));
    return get(where, 'i32');
  };

  const atomicResult = (element: Element, value: Val) => {
    const old = c.local(element);
    c.set(old, value);
    return get(old, element);
  };

  return {
    load(element, address) {
      const bytes = BYTES[element];
      const host = new Val('i32', () =>
        c.scope(() => {
          const a = kept(c, address as Val);
          if (place.giveUp) {
            found(a, bytes, tlb.load).emit(c);
            return;
          }
          const where = c.local('i32');
          c.if(
            isHit(place, a, bytes, tlb.load),
            () => c.set(where, onHit(place, a, tlb.load)),
            () => {
              place.beforeHost();
              c.set(where, call(callees.load, 'i32', hartNumber(hart), place.pc, a, i32(bytes)));
              place.afterHost();
              c.if(get(where, 'i32').eq(0), () => place.trapped());
            },
          );
          get(where, 'i32').emit(c);
        }),
      );
      return load(element, host);
    },
    store(element, address, value) {
      const bytes = BYTES[element];
      const a = kept(c, address as Val);
      const v = value as Val;
      if (place.giveUp) {
        c.store(element, found(a, bytes, tlb.store), v);
        return;
      }
      c.if(
        isHit(place, a, bytes, tlb.store),
        () => c.store(element, onHit(place, a, tlb.store), v),
        () => {
          const wide = v.shape === 'i64' ? v : v.shape === 'f64' ? v.as('i64') : v.as('i32').to('i64', false);
          place.beforeHost();
          const done = kept(c, call(callees.store, 'i32', hartNumber(hart), place.pc, a, i32(bytes), wide));
          place.afterHost();
          c.if(done.eq(0), () => place.trapped());
        },
      );
    },
    update(element, address, change) {
      const where = reach(kept(c, address as Val), BYTES[element], Reach.atomic);
      const old = atomicResult(element, load(element, where));
      c.store(element, where, change(old) as Val);
      return old;
    },
    updatePair(address, change) {
      const where = reach(kept(c, address as Val), 16, Reach.atomic);
      const old = [kept(c, load('i64', where)), kept(c, load('i64', where, 8))] as const;
      const [low, high] = change(...old);
      c.store('i64', where, low as Val);
      c.store('i64', where, high as Val, 8);
      return old;
    },
    loadReserved(element, address) {
      const where = reserve(kept(c, address as Val), BYTES[element]);
      // What is reserved is the place in linear memory: two virtual addresses of one place are one reservation.
      c.store('i64', hart, where.to('i64', false), at.reservation);
      return atomicResult(element, load(element, where));
    },
    storeConditional(element, address, value) {
      const where = reach(kept(c, address as Val), BYTES[element], Reach.conditional);
      const failed = kept(c, load('i64', hart, at.reservation).ne(where.to('i64', false)).to('i64', false));
      c.if(failed.eq(0), () => void c.store(element, where, value as Val));
      c.store('i64', hart, i64(-1), at.reservation);
      return failed;
    },
  };
}
