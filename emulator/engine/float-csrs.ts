/**
 * fflags, frm and fcsr without a call of the host: compilers put an access to them around every quiet comparison of floating-point
 * numbers. The other CSRs, and the rules of access, are emulator/hart/csr-file.ts's.
 */
import { csrNamed } from '../../isa/csrs.js';
import { SYSTEM } from '../../isa/rows.js';
import { hart as at, REGISTERS, record } from '../layout.js';
import type { Code } from '../wasm/code.js';
import { get, i32, kept, load, type Val } from '../wasm/value.js';

const fflags = csrNamed('fflags')!.number;
const frm = csrNamed('frm')!.number;

/** Two low bits of funct3; with the third one the operand is an immediate. */
const READ_WRITE = 1;
const READ_CLEAR = 3;

/** Do the instruction and return 0 if it accesses one of these CSRs and the floating-point unit is on; else go on. */
export function floatCsrAccess(c: Code, hart: Val, rec: Val): void {
  const word = kept(c, load('i32', rec, record.word));
  const field = (high: number, low: number) => word.shrU(low).and(2 ** (high - low + 1) - 1);
  const csr = kept(c, word.shrU(20));
  const isCsrAccess = word.and(0x7f).eq(SYSTEM).and(field(13, 12).ne(0));
  const isOneOfThem = csr.sub(fflags).ltU(3);
  c.if(isCsrAccess.and(isOneOfThem).and(load('i32', hart, at.fs).ne(0)), () => {
    const registers = kept(c, load('i32', hart, at.id).mul(REGISTERS));
    const register = (number: Val) => registers.add(number.shl(3));
    const source = kept(c, field(19, 15));
    const operand = c.local('i32');
    c.if(
      field(14, 14),
      () => c.set(operand, source),
      () => c.set(operand, load('i32', register(source))),
    );
    // fcsr is frm above fflags: the other two are parts of it.
    const all = kept(
      c,
      load('i32', hart, at.frm)
        .shl(5)
        .or(load('i32', hart, at.fflags)),
    );
    const shift = kept(c, csr.eq(frm).choose(5, 0));
    const mask = kept(c, csr.eq(fflags).choose(31, csr.eq(frm).choose(7, 255)));
    const old = kept(c, all.shrU(shift).and(mask));
    c.if(field(13, 12).eq(READ_WRITE).or(source.ne(0)), () => {
      const value = get(operand, 'i32');
      const set = old.or(value);
      const cleared = old.and(value.not());
      const written = field(13, 12).eq(READ_WRITE).choose(value, field(13, 12).eq(READ_CLEAR).choose(cleared, set));
      const now = kept(c, all.and(mask.shl(shift).not()).or(written.and(mask).shl(shift)));
      c.store('i32', hart, now.and(31), at.fflags);
      c.store('i32', hart, now.shrU(5).and(7), at.frm);
      c.store('i32', hart, i32(3), at.fs);
    });
    c.if(field(11, 7), () => c.store('i64', register(field(11, 7)), old.to('i64', false)));
    c.return(i32(0));
  });
}
