#include "asid.h"

/* Those of Sv39 have 16 bits at most; a quarter of them are more processes than memory is for. Number 0 is the kernel's own. */
enum { ASIDS = 1 << 14, WORDS = ASIDS / 64 };

static uint64_t used[WORDS] = {1};
static uint32_t last;

uint16_t asid_take(void) {
  for (uint32_t tried = 0; tried < ASIDS; tried++) { /* in turns, so that one is idle for long before it is used again */
    last = (last + 1) % ASIDS;
    if (used[last / 64] >> last % 64 & 1) continue;
    used[last / 64] |= 1ull << last % 64;
    return (uint16_t)last;
  }
  return 0;
}

void asid_give(uint16_t asid) { used[asid / 64] &= ~(1ull << asid % 64); }
