/** SM4's linear functions (GB/T 32907-2016, sections 6.2 and 7.3), on words: scalar and vector rows share them. */
import type { Value } from './vocabulary.js';

export const ofRound = (x: Value) => x.xor(x.rotl(2)).xor(x.rotl(10)).xor(x.rotl(18)).xor(x.rotl(24));
export const ofKey = (x: Value) => x.xor(x.rotl(13)).xor(x.rotl(23));
