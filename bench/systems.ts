/** What the privileged architecture costs, and what harts cost that have nothing to do. */
import { compiled, type Program } from './program.js';

const bare = { homes: ['bare'] } as const;

export const systems: readonly Program[] = [
  compiled(
    { name: 'calls of the system', what: 'user code asks machine mode, 2 million times' },
    { files: ['system/calls.S', 'system/tell.c'], defines: { ROUNDS: 2_000_000 } },
    bare,
  ),
  compiled(
    { name: 'page faults', what: 'a supervisor maps 512 pages one by one, 500 times' },
    { files: ['system/faults.S', 'system/tell.c'], defines: { ROUNDS: 500 } },
    bare,
  ),
  ...[1, 4, 16, 64].map((harts) =>
    compiled(
      {
        name: harts === 1 ? 'one hart busy' : `one of ${harts} harts busy`,
        what: 'crc on hart 0, the others wait',
        rare: harts !== 1 && harts !== 64,
      },
      { files: ['kernels/one.c', 'kernels/crc.c'], defines: { KERNEL: 'crc', ROUNDS: 3000 } },
      { ...bare, harts },
    ),
  ),
  ...[1, 4, 16, 64].map((harts) =>
    compiled(
      { name: `${harts} harts busy`, what: 'the same work, shared', rare: harts !== 4 && harts !== 64 },
      { files: ['system/crowd.c'], defines: { HARTS: harts, ROUNDS: 384_000 } },
      { ...bare, harts },
    ),
  ),
];
