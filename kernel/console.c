#include "console.h"
#include "errno.h"
#include "plic.h"
#include "riscv.h"
#include "sbi.h"
#include "scheduler.h"

/* Registers (TI PC16550D data sheet, section 8), at `shift` times their number. */
enum { DATA = 0, INTERRUPTS = 1, FIFO = 2, LINE_STATUS = 5, READY = 1, ROOM = 0x20, CONTROL_D = 4 };

static volatile uint8_t *uart;
static int shift;
static uint32_t irq;
static bool listening;

static char input[256];
static uint32_t first, last; /* run freely; last - first bytes wait */
static struct list readers = {&readers, &readers};

static volatile uint8_t *reg(int n) { return uart + ((uint64_t)n << shift); }

void console_found(struct node n) {
  uint64_t address, size;
  if (uart || !tree_reg(n, 0, &address, &size)) return;
  uart = at_physical(address);
  shift = (int)tree_number(n, "reg-shift", 0);
  irq = property_cell(tree_property(n, "interrupts"), 0);
}

void console_use_sbi(void) { uart = NULL; }

void console_listen(uint32_t hart) {
  if (!uart || !irq) return;
  console_receive(); /* switching the FIFO on empties it */
  *reg(FIFO) = 1;
  *reg(INTERRUPTS) = 1; /* on received data */
  plic_enable(irq, hart);
  listening = true;
}

void console_write(const char *bytes, uint64_t length) {
  if (!uart) {
    while (length) {
      int64_t written = sbi_console_write(physical(bytes), length);
      if (written < 0) return;
      bytes += written, length -= written;
    }
    return;
  }
  for (; length; length--) {
    while (!(*reg(LINE_STATUS) & ROOM))
      ;
    *reg(DATA) = *bytes++;
  }
}

/** The next byte from outside, or -1. */
static int receive(void) {
  if (uart) return *reg(LINE_STATUS) & READY ? *reg(DATA) : -1;
  static char byte;
  return sbi_console_read(physical(&byte), 1) == 1 ? (uint8_t)byte : -1;
}

void console_receive(void) {
  bool room;
  while ((room = last - first < sizeof input)) {
    int byte = receive();
    if (byte < 0) break;
    input[last++ % sizeof input] = (char)byte;
  }
  /* What finds no room stays outside, and without its interrupt, until a read has made some and comes here. */
  if (listening) *reg(INTERRUPTS) = room;
  if (last != first) wake_all(&readers);
}

bool console_ready(void) {
  console_receive();
  return last != first;
}

enum woken console_wait(uint64_t deadline) {
  enum woken woken = WOKEN;
  while (woken == WOKEN && !console_ready()) woken = sleep_on(&readers, deadline);
  return woken;
}

int64_t console_read(char *bytes, uint64_t length) {
  if (console_wait(NEVER) == WOKEN_BY_SIGNAL) return -ERESTART;
  uint64_t n = 0;
  while (n < length && first != last) {
    char byte = input[first % sizeof input];
    if (byte == CONTROL_D && n) break; /* ends this read; the next one finds it again and gives 0 */
    first++;
    if (byte == CONTROL_D) break;
    bytes[n++] = byte;
    if (byte == '\n') break;
  }
  return (int64_t)n;
}

uint32_t console_irq(void) { return irq; }

bool console_polled(void) { return !listening && !list_empty(&readers); }
