#include "pages.h"
#include "clear-ahead.h"
#include "list.h"
#include "print.h"
#include "riscv.h"
#include "text.h"
#include "tree.h"

enum { ORDERS = 11, NOT_FREE = 0, SMALLEST = 5, SIZES = PAGE_SHIFT - SMALLEST };

/** What is known of each page. */
struct page {
  uint8_t free_order; /* of the free run that begins here, plus 1; NOT_FREE */
  bool code;
  uint32_t sharers;   /* mappings beside the first */
};

/** A free run begins with its link. */
static struct list free_runs[ORDERS];
static struct list free_pieces[SIZES];
static uint64_t unused_pieces; /* bytes */

static struct page *page_of;
static uint64_t first_page, page_count, total, unused;

extern char kernel_start[], kernel_end[];

struct range {
  uint64_t start, end;
};
static struct range taken[32];
static int taken_count;

static void take_range(uint64_t start, uint64_t bytes) {
  if (bytes && taken_count < (int)(sizeof taken / sizeof *taken))
    taken[taken_count++] = (struct range){round_down(start, PAGE_SIZE), round_up(start + bytes, PAGE_SIZE)};
}

static uint64_t number_of(const void *page) { return (physical(page) >> PAGE_SHIFT) - first_page; }

/** Give all of a range of memory that is not taken, in runs as large as they come. */
static void give_untaken(uint64_t pa, uint64_t end) {
  pa = round_up(pa, PAGE_SIZE);
  while (pa + PAGE_SIZE <= end) {
    uint64_t gap_end = end, skip = 0;
    for (int i = 0; i < taken_count; i++) {
      if (pa >= taken[i].start && pa < taken[i].end) skip = taken[i].end;
      if (taken[i].start > pa) gap_end = smaller(gap_end, taken[i].start);
    }
    if (skip) {
      pa = skip;
      continue;
    }
    int order = 0;
    for (uint64_t twice; order < ORDERS - 1; order++) {
      twice = (uint64_t)PAGE_SIZE << (order + 1);
      if (pa % twice || pa + twice > gap_end) break;
    }
    if (pa + PAGE_SIZE > gap_end) break;
    pages_give(at_physical(pa), order);
    total += 1ull << order;
    pa += (uint64_t)PAGE_SIZE << order;
  }
}

void pages_init(const void *tree, uint32_t tree_bytes, uint64_t initrd_pa, uint64_t initrd_bytes) {
  uint64_t address, size, lowest = UINT64_MAX, highest = 0;
  for (int i = 0; i < ORDERS; i++) list_init(&free_runs[i]);
  for (int i = 0; i < SIZES; i++) list_init(&free_pieces[i]);

  take_range(physical(kernel_start), kernel_end - kernel_start);
  take_range(physical(tree), tree_bytes);
  take_range(initrd_pa, initrd_bytes);
  for (int i = 0; tree_reserved(i, &address, &size); i++) take_range(address, size);
  struct node reserved = tree_find(tree_root(), "reserved-memory");
  if (reserved.at)
    for (struct node n = tree_child(reserved); n.at; n = tree_next(n))
      for (int i = 0; tree_reg(n, i, &address, &size); i++) take_range(address, size);

  struct node root = tree_root();
  for (struct node n = tree_child(root); n.at; n = tree_next(n)) {
    if (!starts_with(tree_name(n), "memory")) continue;
    for (int i = 0; tree_reg(n, i, &address, &size); i++) {
      lowest = smaller(lowest, address);
      if (address + size > highest) highest = address + size;
    }
  }
  if (highest <= lowest) panic("the device tree has no memory node");

  /* Not every firmware reserves itself: whatever lies below the kernel is the firmware's. */
  take_range(lowest, physical(kernel_start) - lowest);

  first_page = lowest >> PAGE_SHIFT;
  page_count = (highest >> PAGE_SHIFT) - first_page;
  uint64_t at = physical(kernel_end), map_bytes = page_count * sizeof(struct page);
  for (bool moved = true; moved;) { /* the first gap behind the kernel that is wide enough */
    moved = false;
    for (int i = 0; i < taken_count; i++)
      if (at < taken[i].end && at + map_bytes > taken[i].start) at = taken[i].end, moved = true;
  }
  take_range(at, map_bytes);
  page_of = at_physical(at);
  memset(page_of, 0, map_bytes);

  for (struct node n = tree_child(root); n.at; n = tree_next(n)) {
    if (!starts_with(tree_name(n), "memory")) continue;
    for (int i = 0; tree_reg(n, i, &address, &size); i++) give_untaken(address, address + size);
  }
}

int pages_order(uint64_t bytes) {
  int order = 0;
  while (((uint64_t)PAGE_SIZE << order) < bytes) order++;
  return order;
}

/** How many requests from here is the one that is to find no memory; 0: none. */
static uint64_t failing;

void pages_fail(uint64_t nth) { failing = nth; }

static bool fails(void) {
  if (!failing || --failing) return false;
  print("memory.fail: a request finds no memory");
  return true;
}

/** Of the least run that is large enough; NULL: there is none. */
static void *take_run(int order) {
  int from = order;
  while (from < ORDERS && list_empty(&free_runs[from])) from++;
  if (from >= ORDERS) return NULL;
  struct list *run = free_runs[from].next;
  list_remove(run);
  page_of[number_of(run)].free_order = NOT_FREE;
  while (from > order) { /* give the upper half back until the size is right */
    from--;
    struct list *half = (struct list *)((char *)run + ((uint64_t)PAGE_SIZE << from));
    page_of[number_of(half)].free_order = from + 1;
    list_append(&free_runs[from], half);
  }
  unused -= 1ull << order;
  return run;
}

void *pages_take_spare(uint64_t left) { return unused > left ? take_run(0) : NULL; }

/** What the pages that are cleared already would make whole is looked for last. */
static void *take(int order) {
  void *run = take_run(order);
  return run || !ahead_give_back() ? run : take_run(order);
}

void *pages_take_raw(int order) { return fails() ? NULL : take(order); }

void *pages_take(int order) {
  if (fails()) return NULL;
  char *pages = order ? NULL : ahead_take();
  if (pages) return pages;
  pages = take(order);
  for (uint64_t at = 0; pages && at < (uint64_t)PAGE_SIZE << order; at += PAGE_SIZE) page_clear(pages + at);
  return pages;
}

void pages_give(void *pages, int order) {
  unused += 1ull << order;
  for (; order < ORDERS - 1; order++) { /* join with the buddy while that is free and whole */
    uint64_t buddy = physical(pages) ^ ((uint64_t)PAGE_SIZE << order);
    uint64_t number = (buddy >> PAGE_SHIFT) - first_page;
    if (number >= page_count || page_of[number].free_order != order + 1) break;
    list_remove(at_physical(buddy));
    page_of[number].free_order = NOT_FREE;
    pages = at_physical(smaller(physical(pages), buddy));
  }
  page_of[number_of(pages)].free_order = order + 1;
  list_append(&free_runs[order], pages);
}

/** Which list of pieces serves this size. */
static int size_class(size_t bytes) {
  int c = 0;
  while (((size_t)1 << (c + SMALLEST)) < bytes) c++;
  return c;
}

void *piece_take(size_t bytes) {
  int c = size_class(bytes);
  if (c >= SIZES) return pages_take(0);
  if (fails()) return NULL;
  size_t size = (size_t)1 << (c + SMALLEST);
  if (list_empty(&free_pieces[c])) {
    char *page = pages_take_raw(0);
    if (!page) return NULL;
    for (size_t at = 0; at < PAGE_SIZE; at += size) list_append(&free_pieces[c], (struct list *)(page + at));
    unused_pieces += PAGE_SIZE;
  }
  struct list *piece = free_pieces[c].next;
  list_remove(piece);
  unused_pieces -= size;
  return memset(piece, 0, size);
}

void piece_give(void *piece, size_t bytes) {
  int c = size_class(bytes);
  if (c >= SIZES) {
    pages_give(piece, 0);
    return;
  }
  list_append(&free_pieces[c], piece);
  unused_pieces += (uint64_t)1 << (c + SMALLEST);
}

void page_share(void *page) { page_of[number_of(page)].sharers++; }
bool page_shared(const void *page) { return page_of[number_of(page)].sharers != 0; }

void page_drop(void *page) {
  struct page *p = &page_of[number_of(page)];
  if (p->sharers)
    p->sharers--;
  else
    pages_give(page, 0);
}

bool page_holds_code(void *page) {
  struct page *p = &page_of[number_of(page)];
  bool before = p->code;
  p->code = true;
  return before;
}

uint64_t pages_total(void) { return total; }
uint64_t pages_free(void) { return unused + ahead_pages(); }
uint64_t pieces_free(void) { return unused_pieces; }
