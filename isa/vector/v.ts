/** V: the vector extension, version 1.0, by chapter. */
import { extension } from '../rows.js';
import { config } from './config.js';
import { fixed } from './fixed.js';
import { float } from './float.js';
import { integer } from './integer.js';
import { mask } from './mask.js';
import { memory } from './memory.js';
import { permutation } from './permutation.js';
import { reduction } from './reduction.js';

export const V = extension('V', 'Vector operations, elements of 8 to 64 bits.', [
  ...config,
  ...memory,
  ...integer,
  ...fixed,
  ...float,
  ...reduction,
  ...mask,
  ...permutation,
]);
