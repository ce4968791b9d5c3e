/* Whole pages are cleared and copied in long strides: most of what a page fault costs. */
#include "pages.h"
#include "riscv.h"

/** Bytes that cbo.zero clears at once; 0 where not all harts have it, and alike. */
static uint32_t block;

void page_clear_by_blocks(uint32_t bytes) { block = bytes; }

static void clear_block(void *at) { __asm__ volatile(".option push\n.option arch, +zicboz\ncbo.zero (%0)\n.option pop" ::"r"(at) : "memory"); }

/** 16 words. */
static inline void clear_words(uint64_t *at) {
  at[0] = 0, at[1] = 0, at[2] = 0, at[3] = 0, at[4] = 0, at[5] = 0, at[6] = 0, at[7] = 0;
  at[8] = 0, at[9] = 0, at[10] = 0, at[11] = 0, at[12] = 0, at[13] = 0, at[14] = 0, at[15] = 0;
}

void page_clear(void *page) {
  uint64_t *at = page, *end = at + PAGE_SIZE / 8;
  if (block)
    for (char *b = page; b < (char *)end; b += block) clear_block(b);
  else
    for (; at < end; at += 64) clear_words(at), clear_words(at + 16), clear_words(at + 32), clear_words(at + 48);
}

uint64_t page_clear_step(void *at) {
  if (block) {
    clear_block(at);
    return block;
  }
  clear_words(at);
  return 16 * sizeof(uint64_t);
}

void page_copy(void *restrict to, const void *restrict from) {
  const uint64_t *f = from;
  for (uint64_t *t = to, *end = t + PAGE_SIZE / 8; t < end; t += 8, f += 8) {
    uint64_t a = f[0], b = f[1], c = f[2], d = f[3];
    t[0] = a, t[1] = b, t[2] = c, t[3] = d;
    a = f[4], b = f[5], c = f[6], d = f[7];
    t[4] = a, t[5] = b, t[6] = c, t[7] = d;
  }
}
