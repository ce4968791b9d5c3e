/** Bytes of a cache block, for every cache-block instruction of every hart (so Zic64b holds). */
export const CACHE_BLOCK = 64;
