/** Zvbc: products of polynomials over bits (vector cryptography, "Vector Carryless Multiplication"). */
import { extension } from '../rows.js';
import { elementWise, places } from './rows.js';
import { INTEGER } from './shapes.js';

const product = (name: string, funct6: number, half: 'low' | 'high', doc: string) =>
  elementWise(
    'multiply',
    name,
    funct6,
    ['vv', 'vx'],
    { ...places(INTEGER, INTEGER, INTEGER, (a, b, _, o) => o.carryless(half, a, b)), sews: { 64: [] } },
    doc,
  );

export const Zvbc = extension('Zvbc', 'Vector carry-less multiplication.', [
  ...product('vclmul', 0b001100, 'low', 'Multiply without carries, low half.'),
  ...product('vclmulh', 0b001101, 'high', 'Multiply without carries, high half.'),
]);
