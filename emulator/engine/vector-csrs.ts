/** What the vector unit says of itself, without a call of the host: loops ask for vl behind fault-only-first loads, functions for vlenb. */
import { csrNamed } from '../../isa/csrs.js';
import { SYSTEM } from '../../isa/rows.js';
import { hart as at, REGISTERS, record } from '../layout.js';
import type { Code } from '../wasm/code.js';
import { get, i32, kept, load, type Val } from '../wasm/value.js';

const first = csrNamed('vl')!.number;
/** vl, vtype and vlenb, whose numbers follow each other. */
const read = (hart: Val) => [
  load('i32', hart, at.vl).to('i64', false),
  load('i64', hart, at.vtype),
  load('i32', hart, at.vlenb).to('i64', false),
];

/** Do the instruction and return 0 if it only reads one of these CSRs and the vector unit is on; else go on. */
export function vectorCsrRead(c: Code, hart: Val, rec: Val): void {
  const word = kept(c, load('i32', rec, record.word));
  const field = (high: number, low: number) => word.shrU(low).and(2 ** (high - low + 1) - 1);
  const which = kept(c, word.shrU(20).sub(first));
  const values = read(hart);
  // csrrs and csrrc of x0 or zero.
  const reads = word.and(0x7f).eq(SYSTEM).and(field(13, 13)).and(field(19, 15).eq(0));
  c.if(reads.and(which.ltU(values.length)).and(load('i32', hart, at.vs).ne(0)), () => {
    c.if(field(11, 7), () => {
      const value = c.local('i64');
      c.switch(
        which,
        values.map((each) => () => void c.set(value, each)),
      );
      c.store('i64', load('i32', hart, at.id).mul(REGISTERS).add(field(11, 7).shl(3)), get(value, 'i64'));
    });
    c.return(i32(0));
  });
}
