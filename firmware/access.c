#include "access.h"

#include "csr.h"
#include "platform.h"
#include "text.h"

extern uint8_t firmware_start[], firmware_end[];

enum { PAGE = 4096 };

bool access_ram(uint64_t pa, uint64_t bytes) {
  uint64_t end = pa + bytes;
  if (end < pa) return false;
  /* Most of it lies behind firmware. */
  if (pa >= (uint64_t)firmware_end && end <= platform.behind) return true;
  if (pa < (uint64_t)firmware_end && end > (uint64_t)firmware_start) return false;
  for (uint32_t i = 0; i < platform.memory_count; i++)
    if (pa >= platform.memory[i].start && end <= platform.memory[i].end) return true;
  return false;
}

/* Bits of an entry of a page table (privileged specification, "Sv39 ..."); what all of WRITABLE says the supervisor may write. */
enum { ENTRY_VALID = 1, ENTRY_LEAF = 0xe, ENTRY_USER = 16, WRITABLE = 1 | 2 | 4 | 64 | 128 };

/* Where a walk ended: the leaf, and the mask of the addresses within it. */
struct leaf {
  uint64_t entry, page, offsets;
};

/*
 * Walk over the supervisor's tables. Sv39, Sv48 and Sv57 differ in the number of levels only. In bare mode the leaf is everything.
 */
static inline bool walk(uint64_t va, struct leaf *leaf) {
  uint64_t satp = csr_read(satp), mode = satp >> 60;
  if (mode == 0) {
    *leaf = (struct leaf){.entry = WRITABLE, .offsets = UINT64_MAX};
    return true;
  }
  if (mode < 8 || mode > 10) return false;
  uint64_t table = (satp & ((1ull << 44) - 1)) * PAGE;
  for (int shift = 12 + 9 * (mode - 6); shift >= 12; shift -= 9) {
    uint64_t at = table + (va >> shift & 511) * 8;
    if (!access_ram(at, 8)) return false;
    uint64_t entry = *(volatile uint64_t *)at;
    if (!(entry & ENTRY_VALID)) return false;
    uint64_t page = (entry >> 10 & ((1ull << 44) - 1)) * PAGE;
    if (entry & ENTRY_LEAF) {
      uint64_t offsets = (1ull << shift) - 1;
      /* Svnapot: 64 KiB, the low four bits of the page number say so. */
      if (entry >> 63) offsets = 0xffff;
      *leaf = (struct leaf){.entry = entry, .page = page, .offsets = offsets};
      return true;
    }
    table = page;
  }
  return false;
}

/* Physical address of va; whether the supervisor may use it is found out by touching it. */
static bool translate(uint64_t va, uint64_t *pa) {
  struct leaf leaf;
  if (!walk(va, &leaf)) return false;
  *pa = (leaf.page & ~leaf.offsets) | (va & leaf.offsets);
  return true;
}

void *span_in_leaf(uint64_t va, uint64_t bytes) {
  struct leaf leaf;
  if (va % 8 || !walk(va, &leaf)) return NULL;
  /* Sv39's addresses are those that are the same in all upper bits; other modes take the longer way. */
  bool bare = leaf.offsets == UINT64_MAX;
  if (!bare && (uint64_t)((int64_t)(va << 25) >> 25) != va) return NULL;
  if ((leaf.entry & (WRITABLE | ENTRY_USER)) != WRITABLE || leaf.page & leaf.offsets) return NULL;
  uint64_t offset = va & leaf.offsets;
  if (bytes > leaf.offsets - offset) return NULL;
  uint64_t pa = leaf.page | offset;
  return access_ram(pa, bytes) ? (void *)pa : NULL;
}

bool span_map(struct span *span, uint64_t va, uint64_t bytes) {
  span->first = va % PAGE;
  span->bytes = bytes;
  uint64_t pages = (span->first + bytes + PAGE - 1) / PAGE;
  if (va % 8 || va + bytes < va || pages > SPAN_PAGES) return false;
  for (uint64_t i = 0; i < pages; i++) {
    uint64_t at = i ? va - span->first + i * PAGE : va, pa;
    uint64_t last = i + 1 == pages ? va + bytes - at : PAGE - at % PAGE;
    /* Touched last: to read and write a device would be felt. */
    if (!translate(at, &pa) || !access_ram(pa, last) || unsafe_touch(at)) return false;
    span->page[i] = pa & ~(uint64_t)(PAGE - 1);
  }
  return true;
}

static uint8_t *span_at(const struct span *span, uint64_t offset) {
  uint64_t at = span->first + offset;
  return (uint8_t *)(span->page[at / PAGE] + at % PAGE);
}

/* Call for each piece that lies in one page. */
static void pieces(const struct span *span, uint64_t offset, uint8_t *other, uint64_t bytes, bool out) {
  while (bytes) {
    uint64_t room = PAGE - (span->first + offset) % PAGE, piece = bytes < room ? bytes : room;
    uint8_t *at = span_at(span, offset);
    copy(out ? at : other, out ? other : at, piece);
    offset += piece;
    other += piece;
    bytes -= piece;
  }
}

void span_read(const struct span *span, uint64_t offset, void *to, uint64_t bytes) {
  pieces(span, offset, to, bytes, false);
}

void span_write(const struct span *span, uint64_t offset, const void *from, uint64_t bytes) {
  pieces(span, offset, (uint8_t *)from, bytes, true);
}

void *span_pointer(const struct span *span) {
  uint64_t pages = (span->first + span->bytes + PAGE - 1) / PAGE;
  for (uint64_t i = 1; i < pages; i++)
    if (span->page[i] != span->page[i - 1] + PAGE) return NULL;
  return span_at(span, 0);
}
