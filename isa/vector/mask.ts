/** Vector mask instructions. */
import type { Instruction } from '../types.js';
import type { Value } from '../vocabulary.js';
import { OPMVV, op, vs1Is, vs2Is } from './rows.js';
import { INTEGER, MASK, type Scan } from './shapes.js';

const logical = (name: string, funct6: number, bits: (a: Value, b: Value) => Value, doc: string) =>
  op(`${name}.mm`, funct6, OPMVV, 'vd, vs2, vs1', { shape: 'mask-logical', bits }, doc);

/** From mask bits to an x register. */
const count = (name: string, which: number, start: number, step: Scan['step'], doc: string) =>
  op(name, 0b010000, OPMVV, 'rd, vs2, vm', { shape: 'scan', start, step, to: 'rd' }, doc, vs1Is(which));

/** Mask bits from mask bits, where the state tells whether one was set before. */
const first = (name: string, which: number, bits: (bits: Value) => Value, doc: string) =>
  op(
    name,
    0b010100,
    OPMVV,
    'vd, vs2, vm',
    {
      shape: 'scan',
      start: 0,
      step: (seen, bits) => seen.or(bits),
      to: { vd: MASK, bits: (seen, all) => seen.eq(0).choose(bits(all), 0) },
    },
    doc,
    vs1Is(which),
  );

export const mask: readonly Instruction[] = [
  logical('vmand', 0b011001, (a, b) => a.and(b), 'And.'),
  logical('vmnand', 0b011101, (a, b) => a.and(b).not(), 'Not and.'),
  logical('vmandn', 0b011000, (a, b) => a.and(b.not()), 'vs2 and not vs1.'),
  logical('vmxor', 0b011011, (a, b) => a.xor(b), 'Exclusive or.'),
  logical('vmor', 0b011010, (a, b) => a.or(b), 'Or.'),
  logical('vmnor', 0b011110, (a, b) => a.or(b).not(), 'Not or.'),
  logical('vmorn', 0b011100, (a, b) => a.or(b.not()), 'vs2 or not vs1.'),
  logical('vmxnor', 0b011111, (a, b) => a.xor(b).not(), 'Not exclusive or.'),

  count('vcpop.m', 0b10000, 0, (n, bits) => n.add(bits.popcount()), 'How many active mask bits are set.'),
  count(
    'vfirst.m',
    0b10001,
    -1,
    (found, bits, index) => found.eq(-1).and(bits.ne(0)).choose(index.add(bits.ctz()), found),
    'Number of the first active mask bit that is set, or -1.',
  ),
  first('vmsbf.m', 0b00001, (bits) => bits.sub(1).and(bits.not()), 'Set the bits before the first set one.'),
  first('vmsif.m', 0b00011, (bits) => bits.sub(1).xor(bits), 'Set the bits up to the first set one, included.'),
  first('vmsof.m', 0b00010, (bits) => bits.and(bits.neg()), 'Set only the first set bit.'),
  op(
    'viota.m',
    0b010100,
    OPMVV,
    'vd, vs2, vm',
    {
      shape: 'scan',
      start: 0,
      step: (n, bits) => n.add(bits.popcount()),
      to: { vd: INTEGER, element: (n, below) => n.add(below.popcount()) },
    },
    'How many active mask bits are set before each element.',
    vs1Is(0b10000),
  ),
  op(
    'vid.v',
    0b010100,
    OPMVV,
    'vd, vm',
    {
      shape: 'element-wise',
      vd: INTEGER,
      vs2: INTEGER,
      vs1: INTEGER,
      element: (_a, _b, _d, o) => o.index.to(o.vd, false),
    },
    'Number of each element.',
    vs1Is(0b10001) | vs2Is(0),
  ),
];
