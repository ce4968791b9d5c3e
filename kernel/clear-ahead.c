#include "clear-ahead.h"
#include "bootargs.h"
#include "pages.h"
#include "riscv.h"

/* At most one page in so many, and of a large memory so many pages: 4 MiB. */
enum { SHARE = 32, MOST = 1024 };

/** A page that is zero but for this word. */
struct cleared {
  struct cleared *next;
};
static struct cleared *first;
static uint64_t count, limit;
/** Below half of the limit harts begin to clear, and go on until it is reached: so few touches make no idle hart busy. */
static bool filling;

/** The page that is being cleared, by one hart at a time (more would only meet at the kernel lock). What one began another goes on with. */
static struct {
  char *page, *at;
  bool taken;
} work;

static void keep(void *page) {
  struct cleared *cleared = page;
  cleared->next = first;
  first = cleared;
  count++;
}

void ahead_init(void) {
  if (bootargs_have("clear.ahead=off")) return;
  limit = smaller(pages_total() / SHARE, MOST);
  for (void *page; count < limit && (page = pages_take_spare(limit));) {
    page_clear(page);
    keep(page);
  }
}

void *ahead_take(void) {
  struct cleared *page = first;
  if (!page) return NULL;
  first = page->next;
  page->next = NULL;
  count--;
  return page;
}

bool ahead_give_back(void) {
  bool any = first;
  for (void *page; (page = ahead_take());) pages_give(page, 0);
  if (work.page && !work.taken) {
    pages_give(work.page, 0);
    work.page = NULL;
    any = true;
  }
  return any;
}

uint64_t ahead_pages(void) { return count + (work.page != NULL); }

bool ahead_begin(void) {
  if (count >= limit) filling = false;
  if (count < limit / 2) filling = true;
  if (!filling || work.taken) return false;
  if (!work.page) work.at = work.page = pages_take_spare(limit);
  return work.taken = work.page;
}

void ahead_work(void) {
  char *at = work.at, *end = work.page + PAGE_SIZE;
  while (at < end && !(csr_read(sip) & csr_read(sie))) at += page_clear_step(at);
  work.at = at;
}

void ahead_end(void) {
  work.taken = false;
  if (work.at < work.page + PAGE_SIZE) return;
  keep(work.page);
  work.page = NULL;
}
