/** Scalar programs: the mix, its kernels one by one, and what the mix has little of. */
import { compiled, type Program } from './program.js';

/** What the mix has always been measured as. */
const MIX = 'rv64im_zicsr';
const inMix = ['bytecode', 'calls', 'chase', 'crc', 'matrix', 'sieve', 'sort'];
const ROUNDS = 8;
const mixed = {
  files: ['kernels/mix.c', ...inMix.map((kernel) => `kernels/${kernel}.c`)],
  march: MIX,
  defines: { ROUNDS },
};

interface Kernel {
  readonly file: string;
  readonly what: string;
  readonly rounds: number;
  /** Its name, where it isn't that of its file. */
  readonly name?: string;
  readonly march?: string;
  readonly defines?: Readonly<Record<string, number>>;
  readonly rare?: boolean;
}

const kernels: readonly Kernel[] = [
  { file: 'sieve', what: 'byte stores with growing strides', rounds: 1000, march: MIX, rare: true },
  { file: 'crc', what: 'loads that depend on the last', rounds: 5000, march: MIX, rare: true },
  { file: 'sort', what: 'comparisons and recursion', rounds: 500, march: MIX, rare: true },
  { file: 'bytecode', what: 'a switch in a loop', rounds: 3000, march: MIX, rare: true },
  { file: 'matrix', what: 'integer matrix product', rounds: 2500, march: MIX, rare: true },
  { file: 'calls', what: 'calls by register, divisions', rounds: 20000, march: MIX, rare: true },
  { file: 'chase', what: 'a shuffled list of 256 KiB', rounds: 8000, march: MIX, rare: true },
  { file: 'branchy', what: 'branches that nothing foretells', rounds: 1000 },
  { file: 'methods', what: 'calls by register: methods of objects in no order', rounds: 4000 },
  { file: 'leaves', what: 'functions in other pages', rounds: 20000 },
  { file: 'triad', what: 'memory that streams by, 24 MiB', rounds: 6 },
  { file: 'scatter', what: 'random places of 32 MiB', rounds: 30 },
  { file: 'strings', what: 'words compared and hashed byte by byte', rounds: 1500 },
  { file: 'locks', what: 'compare and swap, atomic sums', rounds: 400 },
  { file: 'fractal', what: 'floating point that branches, single precision', rounds: 40 },
  { file: 'orbits', what: 'floating point: doubles, flags raised', rounds: 150 },
  {
    file: 'orbits',
    name: 'orbits, flags cleared',
    what: 'the same, NX never known to be raised',
    rounds: 150,
    defines: { CLEAR_FLAGS: 1 },
  },
];

export const scalars: readonly Program[] = [
  compiled({ name: 'mix', what: 'seven scalar kernels, RV64IM' }, mixed),
  compiled(
    { name: 'mix, ten times as long', what: 'what finding and translating code costs weighs less' },
    { ...mixed, defines: { ROUNDS: 10 * ROUNDS } },
  ),
  compiled(
    { name: 'mix, interpreted', what: 'the same on the interpreter alone', options: ['--engine', 'interpreter'] },
    mixed,
  ),
  compiled(
    { name: 'mix, behind page tables', what: 'the same by a supervisor, Sv39' },
    { ...mixed, defines: { ROUNDS, PAGED: 1 } },
    { homes: ['bare'] },
  ),
  compiled(
    { name: 'scatter, behind page tables', what: 'random places of 32 MiB, Sv39' },
    { files: ['kernels/one.c', 'kernels/scatter.c'], defines: { KERNEL: 'scatter', ROUNDS: 30, PAGED: 1 } },
    { homes: ['bare'] },
  ),
  compiled({ name: 'mix on a chip', what: 'the same by a user, app2-vec1' }, mixed, {
    homes: ['user'],
    soc: 'app2-vec1',
  }),
  ...kernels.map(({ file, what, rounds, name = file, defines, rare, march }) =>
    compiled(
      { name, what, ...(rare && { rare }) },
      {
        files: ['kernels/one.c', `kernels/${file}.c`],
        defines: { KERNEL: file, ROUNDS: rounds, ...defines },
        ...(march && { march }),
      },
    ),
  ),
];
