#include "console.h"

#include <stdarg.h>

#include "lock.h"

enum { DATA = 0, LINE_STATUS = 5, DATA_READY = 1, TRANSMITTER_EMPTY = 1 << 5 };

static struct {
  volatile uint8_t *base;
  uint32_t shift; /* of register numbers */
  bool words;     /* registers are read and written as 32-bit words */
  struct lock lock;
} uart;

void console_read(const struct tree *tree, const struct node *node, const char *kind) {
  struct property property;
  uint64_t base, size, offset = 0;
  if (uart.base || !tree_reg(tree, node, 0, &base, &size)) return;
  if (tree_property(tree, node, "reg-offset", &property)) offset = property_cell(&property, 0);
  if (tree_property(tree, node, "reg-shift", &property)) uart.shift = property_cell(&property, 0);
  if (tree_property(tree, node, "reg-io-width", &property)) uart.words = property_cell(&property, 0) == 4;
  uart.base = (volatile uint8_t *)(base + offset);
}

static uint8_t in(uint32_t number) {
  volatile uint8_t *at = uart.base + (number << uart.shift);
  return uart.words ? *(volatile uint32_t *)at : *at;
}

static void out(uint32_t number, uint8_t value) {
  volatile uint8_t *at = uart.base + (number << uart.shift);
  if (uart.words)
    *(volatile uint32_t *)at = value;
  else
    *at = value;
}

static void console_put(uint8_t byte) {
  if (!uart.base) return;
  while (!(in(LINE_STATUS) & TRANSMITTER_EMPTY)) {
  }
  out(DATA, byte);
}

void console_write(const uint8_t *bytes, uint64_t count) {
  lock_take(&uart.lock);
  while (count--) console_put(*bytes++);
  lock_drop(&uart.lock);
}

int console_get(void) { return uart.base && in(LINE_STATUS) & DATA_READY ? in(DATA) : -1; }

static void number(uint64_t value, uint32_t radix) {
  char digits[20];
  int count = 0;
  do digits[count++] = "0123456789abcdef"[value % radix];
  while (value /= radix);
  while (count) console_put(digits[--count]);
}

void console_print(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  lock_take(&uart.lock);
  for (; *format; format++) {
    if (*format != '%') {
      console_put(*format);
      continue;
    }
    switch (*++format) {
      case 's':
        for (const char *text = va_arg(arguments, const char *); *text;) console_put(*text++);
        break;
      case 'd': {
        int64_t value = va_arg(arguments, int64_t);
        if (value < 0) console_put('-');
        number(value < 0 ? -(uint64_t)value : (uint64_t)value, 10);
        break;
      }
      case 'x':
        number(va_arg(arguments, uint64_t), 16);
        break;
    }
  }
  lock_drop(&uart.lock);
  va_end(arguments);
}
