/** Products that the platform has no instruction for, as functions of the engine. */
import type { Module } from '../wasm/module.js';
import { get, i64 } from '../wasm/value.js';

/** High 64 bits of an unsigned product, from four 32-bit products. */
export function mulHighUnsigned(m: Module): number {
  return m.function('mulHighUnsigned', ['i64', 'i64'], ['i64'], (c) => {
    const low = i64(0xffff_ffff);
    const [a, b] = [get(0, 'i64'), get(1, 'i64')];
    const [a0, a1, b0, b1] = [a.and(low), a.shrU(32), b.and(low), b.shrU(32)];
    const middle = c.local('i64');
    c.set(middle, a1.mul(b0).add(a0.mul(b0).shrU(32)).add(a0.mul(b1).and(low)));
    a1.mul(b1).add(get(middle, 'i64').shrU(32)).add(a0.mul(b1).shrU(32)).emit(c);
  });
}

/** A half of a product of polynomials over bits: the sum, without carries, of one factor shifted by every bit of the other that is set. */
export function carryless(m: Module, half: 'low' | 'high'): number {
  return m.function(`carryless ${half}`, ['i64', 'i64'], ['i64'], (c) => {
    const [a, b] = [get(0, 'i64'), get(1, 'i64')];
    const [sum, by] = [c.local('i64'), c.local('i64')];
    c.block((done) =>
      c.loop((again) => {
        c.brIf(done, b.eq(0));
        c.set(by, b.ctz());
        // Of the bits above 63, one shift more: the amount is never 64.
        const part = half === 'low' ? a.shl(get(by, 'i64')) : a.shrU(1).shrU(i64(63).sub(get(by, 'i64')));
        c.set(sum, get(sum, 'i64').xor(part));
        c.set(1, b.and(b.sub(1)));
        c.br(again);
      }),
    );
    get(sum, 'i64').emit(c);
  });
}
