/** Zicbom, Zicboz and Zicbop: cache blocks, of 64 bytes. Caches are not modelled: memory is always up to date for everyone. */
import { extension, MISC_MEM, OP_IMM, plain, row } from './rows.js';
import type { SystemHandler } from './vocabulary.js';

const block = (name: string, number: number, handler: SystemHandler, doc: string) =>
  row(name, 4, MISC_MEM | (0b010 << 12) | (number << 20), '(rs1)', { kind: 'system', handler }, doc);

export const Zicbom = extension('Zicbom', 'Cache-block management.', [
  block('cbo.inval', 0, 'cbo.inval', 'Drop a cache block, or flush it where the environment says so.'),
  block('cbo.clean', 1, 'cbo.clean', 'Write a changed cache block back to memory.'),
  block('cbo.flush', 2, 'cbo.clean', 'Write a changed cache block back to memory, and drop it.'),
]);

export const Zicboz = extension('Zicboz', 'Zeroing of cache blocks.', [
  block('cbo.zero', 4, 'cbo.zero', 'Store zeros to a cache block.'),
]);

/** A prefetch: an `ori` with x0 as its destination. */
const prefetch = (name: string, number: number, purpose: string) =>
  row(
    name,
    4,
    OP_IMM | (0b110 << 12) | (number << 20),
    'prefetch12(rs1)',
    plain(() => {}),
    `Hint: the cache block will soon be ${purpose}.`,
  );

export const Zicbop = extension('Zicbop', 'Cache-block prefetches.', [
  prefetch('prefetch.i', 0, 'executed'),
  prefetch('prefetch.r', 1, 'read'),
  prefetch('prefetch.w', 3, 'written'),
]);
