/**
 * The platform's relaxed multiply-add (WebAssembly relaxed SIMD) rounds once or twice, as it likes. Where it rounds once it is IEEE 754's fused
 * multiply-add, exactly.
 */
import { Module } from '../wasm/module.js';
import { simd } from '../wasm/opcodes.js';
import { i32, load, Val } from '../wasm/value.js';

const MADD = { 'f32*': simd(0x105), 'f64*': simd(0x107) } as const;

/** a * b + addend in every lane. */
export const relaxedMultiplyAdd = (a: Val, b: Val, addend: Val): Val =>
  new Val(a.shape, (c) => {
    for (const operand of [a, b, addend]) operand.emit(c);
    c.op(...MADD[a.shape as keyof typeof MADD]);
  });

let known: boolean | undefined;

/** Does the platform have the instruction, and does it round once? Asked of it by operands for which rounding twice gives zero. */
export function hasFused(): boolean {
  known ??= probe();
  return known;
}

function probe(): boolean {
  const m = new Module();
  const ask = m.function('ask', [], [], (c) => {
    for (const [at, shape] of [
      [0, 'f64*'],
      [64, 'f32*'],
    ] as const) {
      const operand = (n: number) => load(shape, i32(at), 16 * n);
      c.store(shape, i32(at), relaxedMultiplyAdd(operand(1), operand(2), operand(3)));
    }
  });
  m.export('ask', ask);
  const bytes = m.encode();
  if (!WebAssembly.validate(bytes)) return false;
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  const doubles = new Float64Array(memory.buffer, 0, 8);
  const singles = new Float32Array(memory.buffer, 64, 16);
  const [double, single] = [1 + 2 ** -30, 1 + 2 ** -13];
  doubles.set([0, 0, double, double, double, -double, -double * double, double * double]);
  singles.fill(single, 4, 12);
  singles.fill(-Math.fround(single * single), 12);
  (exports.ask as () => void)();
  const once = [
    doubles[0] === 2 ** -60,
    doubles[1] === -(2 ** -60),
    ...singles.subarray(0, 4).map((x) => +(x === 2 ** -26)),
  ];
  return once.every(Boolean);
}
