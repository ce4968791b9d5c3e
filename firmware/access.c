#include "access.h"

#include "csr.h"
#include "platform.h"
#include "text.h"

extern uint8_t firmware_start[], firmware_end[];

enum { PAGE = 4096 };

bool access_ram(uint64_t pa, uint64_t bytes) {
  uint64_t end = pa + bytes;
  if (end < pa) return false;
  if (pa < (uint64_t)firmware_end && end > (uint64_t)firmware_start) return false;
  for (uint32_t i = 0; i < platform.memory_count; i++)
    if (pa >= platform.memory[i].start && end <= platform.memory[i].end) return true;
  return false;
}

/*
 * Physical address that the supervisor's tables give. Permissions are checked by touching the address as the
 * supervisor. Privileged specification, "Virtual Address Translation Process"; Sv39, Sv48 and Sv57 differ in
 * the number of levels only.
 */
static bool walk(uint64_t va, uint64_t *pa) {
  uint64_t satp = csr_read(satp), mode = satp >> 60;
  if (mode == 0) {
    *pa = va;
    return true;
  }
  if (mode < 8 || mode > 10) return false;
  uint64_t table = (satp & ((1ull << 44) - 1)) * PAGE;
  for (int level = mode - 6; level >= 0; level--) {
    uint64_t at = table + (va >> (12 + 9 * level) & 511) * 8;
    if (!access_ram(at, 8)) return false;
    uint64_t entry = *(volatile uint64_t *)at;
    if (!(entry & 1)) return false;
    uint64_t page = (entry >> 10 & ((1ull << 44) - 1)) * PAGE;
    if (entry & 0xe) {
      uint64_t offset = (1ull << (12 + 9 * level)) - 1;
      /* Svnapot: 64 KiB, the low four bits of the page number say so. */
      if (entry >> 63) offset = 0xffff;
      *pa = (page & ~offset) | (va & offset);
      return true;
    }
    table = page;
  }
  return false;
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
    if (!walk(at, &pa) || !access_ram(pa, last) || unsafe_touch(at)) return false;
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
