#include "access.h"

#include "csr.h"
#include "platform.h"
#include "text.h"

extern uint8_t firmware_start[], firmware_end[];

enum { PAGE = 4096 };

bool access_ram_anywhere(uint64_t pa, uint64_t bytes) {
  uint64_t end = pa + bytes;
  if (end < pa) return false;
  if (pa < (uint64_t)firmware_end && end > (uint64_t)firmware_start) return false;
  for (uint32_t i = 0; i < platform.memory_count; i++)
    if (pa >= platform.memory[i].start && end <= platform.memory[i].end) return true;
  return false;
}

/* Bits of an entry of a page table (privileged specification, "Sv39 ..."); what all of WRITABLE says the supervisor may write. */
enum { ENTRY_VALID = 1, ENTRY_LEAF = 0xe, ENTRY_USER = 16, WRITABLE = 1 | 2 | 4 | 64 | 128 };
#define ENTRY_NAPOT (1ull << 63)

/* The entry of a leaf, and the number of bits of the offset in its page. */
struct found {
  uint64_t entry;
  int shift;
};

/* Walk over the supervisor's tables, which are on. Sv39, Sv48 and Sv57 differ in the number of levels only. */
static inline bool walk(uint64_t satp, uint64_t va, struct found *found) {
  uint64_t mode = satp >> 60;
  if (mode < 8 || mode > 10) return false;
  uint64_t table = (satp & ((1ull << 44) - 1)) * PAGE;
  for (int shift = 12 + 9 * (mode - 6); shift >= 12; shift -= 9) {
    uint64_t at = table + (va >> shift & 511) * 8;
    if (!access_ram(at, 8)) return false;
    uint64_t entry = *(volatile uint64_t *)at;
    if (!(entry & ENTRY_VALID)) return false;
    *found = (struct found){entry, shift};
    if (entry & ENTRY_LEAF) return true;
    table = (entry << 10 >> 20) * PAGE;
  }
  return false;
}

/* Physical address of va; whether the supervisor may use it is found out by touching it. */
static bool translate(uint64_t va, uint64_t *pa) {
  uint64_t satp = csr_read(satp);
  struct found found;
  *pa = va;
  if (!(satp >> 60)) return true;
  if (!walk(satp, va, &found)) return false;
  uint64_t offsets = (1ull << found.shift) - 1;
  /* Svnapot: 64 KiB, the low four bits of the page number say so. */
  if (found.entry & ENTRY_NAPOT) offsets = 0xffff;
  *pa = ((found.entry << 10 >> 20) * PAGE & ~offsets) | (va & offsets);
  return true;
}

bool leaf_find(struct leaf *leaf, uint64_t va) {
  uint64_t satp = csr_read(satp);
  struct found found;
  if (!(satp >> 60)) {
    *leaf = (struct leaf){.size = 1ull << 56};
    return va < leaf->size;
  }
  /* Sv39's addresses are those whose upper bits are all the same; other modes take the longer way. */
  if (satp >> 60 != 8 || (uint64_t)((int64_t)(va << 25) >> 25) != va || !walk(satp, va, &found)) return false;
  uint64_t size = 1ull << found.shift, page = (found.entry << 10 >> 20) * PAGE;
  if ((found.entry & (ENTRY_NAPOT | WRITABLE | ENTRY_USER)) != WRITABLE || page & (size - 1)) return false;
  *leaf = (struct leaf){.first = va & -size, .size = size, .page = page};
  return true;
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
