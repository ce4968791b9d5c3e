/** Vector kernels, each for elements of some widths, at every VLEN and LMUL. */
import { compiled, type Program } from './program.js';

interface Kernel {
  readonly file: string;
  readonly what: string;
  readonly bits: 8 | 16 | 32 | 64;
  /** Elements; a round goes once through them. */
  readonly count: number;
  readonly rounds: number;
  readonly floats?: true;
  readonly note?: string;
  readonly defines?: Readonly<Record<string, number>>;
  /** The largest LMUL that it can have, if that isn't 8. */
  readonly most?: number;
}

const SIDE = 96;

const kernels: readonly Kernel[] = [
  { file: 'vadd', what: 'z = x + y', bits: 8, count: 16384, rounds: 40000 },
  { file: 'vadd', what: 'z = x + y', bits: 32, count: 4096, rounds: 25000 },
  { file: 'vmacc', what: 'z += x y', bits: 32, count: 4096, rounds: 20000 },
  { file: 'axpy', what: 'z += a x, fused', bits: 32, count: 4096, rounds: 20000, floats: true },
  { file: 'axpy', what: 'z += a x, fused', bits: 64, count: 2048, rounds: 20000, floats: true },
  {
    file: 'axpy',
    what: 'the same, NX never known to be raised',
    bits: 64,
    count: 2048,
    rounds: 24000,
    floats: true,
    note: 'flags cleared',
    defines: { CLEAR_FLAGS: 1 },
  },
  {
    file: 'dgemm',
    what: `${SIDE} × ${SIDE} doubles`,
    bits: 64,
    count: SIDE * SIDE,
    rounds: 450,
    floats: true,
    defines: { SIDE },
  },
  {
    file: 'strlen',
    what: 'vle8ff, a mask, its first element',
    bits: 8,
    count: 16384,
    rounds: 8000,
    defines: { TEXT: 1 },
  },
  { file: 'sum', what: 'reductions', bits: 32, count: 4096, rounds: 50000 },
  { file: 'copy', what: 'z = x', bits: 8, count: 16384, rounds: 60000 },
  { file: 'select', what: 'a mask, a masked sum, a merge', bits: 32, count: 4096, rounds: 15000 },
  { file: 'widen', what: '16-bit products into 32, narrowed and clipped', bits: 32, count: 4096, rounds: 60000 },
  { file: 'slide', what: 'a filter by slides', bits: 32, count: 4096, rounds: 72000 },
  { file: 'reverse', what: 'vrgather', bits: 8, count: 16384, rounds: 16000 },
  { file: 'divide', what: 'quotients and remainders', bits: 32, count: 4096, rounds: 48000 },
  { file: 'strided', what: 'every fourth word', bits: 32, count: 16384, rounds: 60000 },
  { file: 'pixels', what: 'segment loads, colours to grey', bits: 8, count: 16384, rounds: 16000, most: 4 },
  { file: 'norm', what: 'square roots and divisions', bits: 64, count: 2048, rounds: 24000, floats: true },
  { file: 'dot', what: 'a scalar product, an ordered sum', bits: 32, count: 4096, rounds: 20000, floats: true },
  { file: 'gather', what: 'loads by offsets', bits: 32, count: 4096, rounds: 72000, defines: { OFFSETS: 1 } },
];

const VLENS = [128, 256, 512, 1024];
const GROUPS = [1, 2, 4, 8];

/** All kernels are measured at this one; two of them at the corners too. */
const USUAL = { vlen: 256, group: 4 };
const CORNERS = { vlens: [128, 1024], groups: [1, 8], kernels: ['vadd i32', 'axpy f64'] };

export const vectors: readonly Program[] = kernels.flatMap((kernel) => {
  const { file, what, bits, count, rounds, floats, note, defines, most = 8 } = kernel;
  const type = `${floats ? 'f' : 'i'}${bits}`;
  const name = [`${file} ${type}`, ...(note ? [note] : [])].join(', ');
  return VLENS.flatMap((vlen) =>
    GROUPS.filter((group) => group <= most).map((group) => {
      const isUsual = vlen === USUAL.vlen && group === USUAL.group;
      const isCorner = CORNERS.kernels.includes(name) && CORNERS.vlens.includes(vlen) && CORNERS.groups.includes(group);
      return compiled(
        { name: `${name}, VLEN ${vlen}, m${group}`, what, rare: !isUsual && !isCorner },
        {
          files: ['vector/main.c', `vector/${file}.S`],
          march: 'rv64gcv',
          defines: {
            BITS: bits,
            COUNT: count,
            ROUNDS: rounds,
            LMUL: group,
            ...(floats && { FLOATS: 1 }),
            ...defines,
          },
        },
        { isa: `rv64gcv_zvl${vlen}b`, vlen },
      );
    }),
  );
});
