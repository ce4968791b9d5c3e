#include "print.h"
#include "console.h"
#include "power.h"
#include "text.h"
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

static bool verbose;

static void put_text(const char *s) { console_write(s, strlen(s)); }

static void put_number(uint64_t value, unsigned base) {
  char digits[24], *at = digits + sizeof digits;
  do *--at = "0123456789abcdef"[value % base];
  while (value /= base);
  console_write(at, digits + sizeof digits - at);
}

static void vprint(const char *format, va_list arguments) {
  put_text("harthop kernel: ");
  for (const char *f = format; *f; f++) {
    if (*f != '%') {
      console_write(f, 1);
      continue;
    }
    switch (*++f) {
    case 's':
      put_text(va_arg(arguments, const char *));
      break;
    case 'd': {
      int64_t value = va_arg(arguments, int64_t);
      if (value < 0) put_text("-");
      put_number(value < 0 ? -(uint64_t)value : (uint64_t)value, 10);
      break;
    }
    case 'u':
      put_number(va_arg(arguments, uint64_t), 10);
      break;
    case 'x':
      put_text("0x");
      put_number(va_arg(arguments, uint64_t), 16);
      break;
    default:
      console_write(f, 1);
    }
  }
  put_text("\n");
}

void print(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vprint(format, arguments);
  va_end(arguments);
}

void chat(const char *format, ...) {
  if (!verbose) return;
  va_list arguments;
  va_start(arguments, format);
  vprint(format, arguments);
  va_end(arguments);
}

void panic(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vprint(format, arguments);
  va_end(arguments);
  power_off(POWER_PANIC);
}

void print_be_verbose(void) { verbose = true; }
