#include "store.h"
#include "pages.h"
#include "riscv.h"
#include "text.h"

enum { WORDS = PAGE_SIZE / 8, MOST = 2048 / 8 - 1 };

/** What a name leads to: a piece of memory, but for the page of zeros, whose name is 0. */
struct stored {
  uint32_t sharers; /* beside the first */
  uint32_t words;   /* of runs; 0: the page itself */
  union {
    void *page;
    uint64_t run[MOST]; /* each a count and a word: the word so many times; or LITERAL + count, and so many words */
  };
};

static const uint64_t LITERAL = 1ull << 32;

enum { PIECE_SHIFT = 5 }; /* pieces lie on multiples of 32 bytes */
static struct stored *at(stored_t stored) { return at_physical(stored << PIECE_SHIFT); }
static uint64_t bytes_of(uint32_t words) {
  return offsetof(struct stored, run) + (words ? 8ull * words : sizeof(void *));
}

/** How often the word at `from` follows itself. */
static uint32_t repeats(const uint64_t *page, uint32_t from) {
  uint32_t n = 1;
  while (from + n < WORDS && page[from + n] == page[from]) n++;
  return n;
}

/** @return how many words the runs take; 0: too many */
static uint32_t compress(const uint64_t *page, uint64_t *run) {
  uint32_t words = 0;
  for (uint32_t i = 0, n; i < WORDS; i += n) {
    n = repeats(page, i);
    if (n > 2) { /* shorter ones gain nothing */
      if (words + 2 > MOST) return 0;
      run[words++] = n;
      run[words++] = page[i];
      continue;
    }
    uint32_t head = words++;
    n = 0;
    while (i + n < WORDS && repeats(page, i + n) <= 2) {
      if (words >= MOST) return 0;
      run[words++] = page[i + n++];
    }
    run[head] = LITERAL + n;
  }
  return words;
}

static void expand(const uint64_t *run, uint64_t *page) {
  for (uint32_t i = 0; i < WORDS;) {
    uint64_t head = *run++;
    bool literal = head & LITERAL;
    for (uint32_t n = (uint32_t)head; n; n--) page[i++] = literal ? *run++ : *run;
    if (!literal) run++;
  }
}

bool store_put(void *page, stored_t *stored) {
  static uint64_t run[MOST];
  *stored = 0;
  if (repeats(page, 0) == WORDS && *(uint64_t *)page == 0) {
    pages_give(page, 0);
    return true;
  }
  uint32_t words = compress(page, run);
  struct stored *s = piece_take(bytes_of(words));
  if (!s) return false;
  s->words = words;
  if (words) {
    memcpy(s->run, run, 8ull * words);
    pages_give(page, 0);
  } else {
    s->page = page;
  }
  *stored = physical(s) >> PIECE_SHIFT;
  return true;
}

void *store_take(stored_t stored) {
  if (!stored) return pages_take(0);
  struct stored *s = at(stored);
  void *page = s->page;
  if (!s->words && !s->sharers) {
    piece_give(s, bytes_of(0));
    return page;
  }
  if (!(page = pages_take_raw(0))) return NULL;
  if (s->words)
    expand(s->run, page);
  else
    page_copy(page, s->page);
  store_drop(stored);
  return page;
}

void store_share(stored_t stored) {
  if (stored) at(stored)->sharers++;
}

void store_drop(stored_t stored) {
  struct stored *s = stored ? at(stored) : NULL;
  if (!s) return;
  if (s->sharers) {
    s->sharers--;
    return;
  }
  if (!s->words) pages_give(s->page, 0);
  piece_give(s, bytes_of(s->words));
}
