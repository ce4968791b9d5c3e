/** Vector permutations: scalar moves, slides, gathers, compress, whole-register moves. */
import type { Instruction } from '../types.js';
import { elementWise, OPFVF, OPFVV, OPIVI, OPMVV, OPMVX, op, vs1Is, vs2Is } from './rows.js';
import { type ElementWise, FLOAT, INDEX16, INTEGER, type Place } from './shapes.js';

const moving = (vs1: Place | 'full', element: ElementWise['element'], moves = true) => ({
  vd: INTEGER,
  vs2: INTEGER,
  vs1,
  moves,
  element,
});

/** Downwards, an element is read before its place is written, so source and destination may be one. */
const inPlace = false;

/** Elements below the offset stay; an offset of VLMAX or more writes nothing (vl is not larger). */
const up: ElementWise['element'] = (_, offset, d, o) => o.index.ltU(offset).choose(d, o.pick(o.index.sub(offset)));
const down: ElementWise['element'] = (_, offset, _d, o) => o.pick(o.index.add(offset.minU(o.vlmax)));
const up1: ElementWise['element'] = (_, first, _d, o) => o.index.eq(0).choose(first, o.pick(o.index.sub(1)));
const down1: ElementWise['element'] = (_, last, _d, o) => o.index.eq(o.vl.sub(1)).choose(last, o.pick(o.index.add(1)));
const gather: ElementWise['element'] = (_, index, _d, o) => o.pick(index.to('i64', false));

const floats = (element: ElementWise['element'], moves = true) => ({
  vd: FLOAT,
  vs2: FLOAT,
  vs1: FLOAT,
  moves,
  element,
});

export const permutation: readonly Instruction[] = [
  op(
    'vmv.x.s',
    0b010000,
    OPMVV,
    'rd, vs2',
    { shape: 'scalar-move', of: 'integer' },
    'Element 0 to an x register.',
    vs1Is(0),
  ),
  op(
    'vmv.s.x',
    0b010000,
    OPMVX,
    'vd, rs1',
    { shape: 'scalar-move', of: 'integer' },
    'An x register to element 0.',
    vs2Is(0),
  ),
  op(
    'vfmv.f.s',
    0b010000,
    OPFVV,
    'fd, vs2',
    { shape: 'scalar-move', of: 'float' },
    'Element 0 to an f register.',
    vs1Is(0),
  ),
  op(
    'vfmv.s.f',
    0b010000,
    OPFVF,
    'vd, fs1',
    { shape: 'scalar-move', of: 'float' },
    'An f register to element 0.',
    vs2Is(0),
  ),

  elementWise('integer', 'vslideup', 0b001110, ['vx', 'vu'], moving('full', up), 'Move elements up by an offset.'),
  elementWise(
    'integer',
    'vslidedown',
    0b001111,
    ['vx', 'vu'],
    moving('full', down, inPlace),
    'Move elements down by an offset; zeros come in.',
  ),
  elementWise(
    'multiply',
    'vslide1up',
    0b001110,
    ['vx'],
    moving(INTEGER, up1),
    'Move elements up by one; the scalar comes in.',
  ),
  elementWise('float', 'vfslide1up', 0b001110, ['vf'], floats(up1), 'Move elements up by one; the scalar comes in.'),
  elementWise(
    'multiply',
    'vslide1down',
    0b001111,
    ['vx'],
    moving(INTEGER, down1, inPlace),
    'Move elements down by one; the scalar comes in.',
  ),
  elementWise(
    'float',
    'vfslide1down',
    0b001111,
    ['vf'],
    floats(down1, inPlace),
    'Move elements down by one; the scalar comes in.',
  ),

  elementWise(
    'integer',
    'vrgather',
    0b001100,
    ['vv'],
    moving(INTEGER, gather),
    'The elements of vs2 that vs1 numbers.',
  ),
  elementWise(
    'integer',
    'vrgatherei16',
    0b001110,
    ['vv'],
    moving(INDEX16, gather),
    'The elements of vs2 that vs1 numbers, in 16 bits each.',
  ),
  elementWise(
    'integer',
    'vrgather',
    0b001100,
    ['vx', 'vu'],
    moving('full', gather),
    'One element of vs2 to every element.',
  ),
  op(
    'vcompress.vm',
    0b010111,
    OPMVV,
    'vd, vs2, vs1',
    { shape: 'compress' },
    'The elements of vs2 whose bit in vs1 is set, side by side.',
  ),

  [1, 2, 4, 8].map((n) =>
    op(
      `vmv${n}r.v`,
      0b100111,
      OPIVI,
      'vd, vs2',
      { shape: 'whole-move', registers: n },
      `Copy ${n === 1 ? 'a whole register' : `${n} whole registers`}, whatever vl.`,
      vs1Is(n - 1),
    ),
  ),
].flat();
