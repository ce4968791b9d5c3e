/** A set of harts, as sched_getaffinity has it: hart n is bit n % 64 of word n / 64. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct hart_mask {
  uint64_t bits[2];
};

static inline bool mask_has(const struct hart_mask *m, uint32_t hart) { return m->bits[hart / 64] >> hart % 64 & 1; }
static inline void mask_add(struct hart_mask *m, uint32_t hart) { m->bits[hart / 64] |= 1ull << hart % 64; }
static inline void mask_remove(struct hart_mask *m, uint32_t hart) { m->bits[hart / 64] &= ~(1ull << hart % 64); }
/** For harts that set themselves up side by side. */
static inline void mask_add_atomically(struct hart_mask *m, uint32_t hart) {
  __atomic_fetch_or(&m->bits[hart / 64], 1ull << hart % 64, __ATOMIC_RELAXED);
}
static inline struct hart_mask mask_both(struct hart_mask a, struct hart_mask b) {
  return (struct hart_mask){{a.bits[0] & b.bits[0], a.bits[1] & b.bits[1]}};
}
static inline bool mask_empty(struct hart_mask m) { return !(m.bits[0] | m.bits[1]); }
/** The lowest hart of a set that is not empty. */
static inline uint32_t mask_first(struct hart_mask m) {
  return m.bits[0] ? (uint32_t)__builtin_ctzll(m.bits[0]) : 64 + (uint32_t)__builtin_ctzll(m.bits[1]);
}
