/* Made by `npm run decode` from isa/: do not edit. */
#pragma once
#include <stdint.h>

/** The class (of the migration ABI) that a 4-byte instruction word belongs to, or -1 when it belongs to none. */
static inline int class_of(uint32_t insn) {
  switch (insn & 0x7f) {
  case 0x7:
    switch (insn >> 12 & 0x7) {
    case 0x0:
      switch (insn >> 26 & 0x3f) {
      case 0x0:
        if ((insn & 0xf00000) == 0x0 || (insn & 0x3f00000) == 0x2800000 || (insn & 0x3f00000) == 0x2b00000) return 0; /* V */
        break;
      case 0x1 ... 0x3: case 0x9 ... 0xb: case 0x11 ... 0x13: case 0x19 ... 0x1b: case 0x21 ... 0x23: case 0x29 ... 0x2b: case 0x31 ... 0x33: case 0x39 ... 0x3b:
        return 0; /* V */
      case 0x8: case 0x18: case 0x38:
        if ((insn & 0xf00000) == 0x0 || (insn & 0x3f00000) == 0x2800000) return 0; /* V */
        break;
      case 0x10: case 0x20: case 0x28: case 0x30:
        if ((insn & 0xf00000) == 0x0) return 0; /* V */
        break;
      }
      break;
    case 0x5 ... 0x7:
      switch (insn >> 26 & 0x3f) {
      case 0x0: case 0x8: case 0x18: case 0x38:
        if ((insn & 0xf00000) == 0x0 || (insn & 0x3f00000) == 0x2800000) return 0; /* V */
        break;
      case 0x1 ... 0x3: case 0x9 ... 0xb: case 0x11 ... 0x13: case 0x19 ... 0x1b: case 0x21 ... 0x23: case 0x29 ... 0x2b: case 0x31 ... 0x33: case 0x39 ... 0x3b:
        return 0; /* V */
      case 0x10: case 0x20: case 0x28: case 0x30:
        if ((insn & 0xf00000) == 0x0) return 0; /* V */
        break;
      }
      break;
    }
    break;
  case 0xb:
    switch (insn >> 12 & 0x7) {
    case 0x0:
      if ((insn & 0xc00) == 0x0) return 1; /* Xhartdot */
      break;
    case 0x1:
      if ((insn & 0x1800000) == 0x0) return 1; /* Xhartdot */
      break;
    case 0x2:
      switch (insn >> 26 & 0x3f) {
      case 0x0:
        if ((insn & 0x3f00c00) == 0x0 || (insn & 0x38f8000) == 0x2000000) return 1; /* Xhartdot */
        break;
      }
      break;
    case 0x3:
      switch (insn >> 26 & 0x3f) {
      case 0x0:
        if ((insn & 0xf80) == 0x0) return 1; /* Xhartdot */
        break;
      case 0x1:
        if ((insn & 0x3800f80) == 0x0) return 1; /* Xhartdot */
        break;
      }
      break;
    case 0x4:
      switch (insn >> 26 & 0x3f) {
      case 0x0:
        if ((insn & 0x3ff8f80) == 0x0) return 1; /* Xhartdot */
        break;
      }
      break;
    case 0x5:
      switch (insn >> 26 & 0x3f) {
      case 0x0:
        if ((insn & 0xf8000) == 0x0) return 1; /* Xhartdot */
        break;
      }
      break;
    }
    break;
  case 0x27:
    switch (insn >> 12 & 0x7) {
    case 0x0:
      switch (insn >> 26 & 0x3f) {
      case 0x0:
        if ((insn & 0x1f00000) == 0x0 || (insn & 0x3f00000) == 0x2800000 || (insn & 0x3f00000) == 0x2b00000) return 0; /* V */
        break;
      case 0x1 ... 0x3: case 0x9 ... 0xb: case 0x11 ... 0x13: case 0x19 ... 0x1b: case 0x21 ... 0x23: case 0x29 ... 0x2b: case 0x31 ... 0x33: case 0x39 ... 0x3b:
        return 0; /* V */
      case 0x8: case 0x18: case 0x38:
        if ((insn & 0x1f00000) == 0x0 || (insn & 0x3f00000) == 0x2800000) return 0; /* V */
        break;
      case 0x10: case 0x20: case 0x28: case 0x30:
        if ((insn & 0x1f00000) == 0x0) return 0; /* V */
        break;
      }
      break;
    case 0x5 ... 0x7:
      switch (insn >> 26 & 0x3f) {
      case 0x0: case 0x8: case 0x10: case 0x18: case 0x20: case 0x28: case 0x30: case 0x38:
        if ((insn & 0x1f00000) == 0x0) return 0; /* V */
        break;
      case 0x1 ... 0x3: case 0x9 ... 0xb: case 0x11 ... 0x13: case 0x19 ... 0x1b: case 0x21 ... 0x23: case 0x29 ... 0x2b: case 0x31 ... 0x33: case 0x39 ... 0x3b:
        return 0; /* V */
      }
      break;
    }
    break;
  case 0x57:
    switch (insn >> 12 & 0x7) {
    case 0x0:
      switch (insn >> 26 & 0x3f) {
      case 0x0 ... 0x2: case 0x4 ... 0x7: case 0x9 ... 0xc: case 0xe: case 0x11: case 0x13 ... 0x15: case 0x18 ... 0x1d: case 0x20 ... 0x23: case 0x25: case 0x27 ... 0x31: case 0x35:
        return 0; /* V */
      case 0x10: case 0x12:
        if ((insn & 0x2000000) == 0x0) return 0; /* V */
        break;
      case 0x17:
        if ((insn & 0x2000000) == 0x0 || (insn & 0x3f00000) == 0x2000000) return 0; /* V */
        break;
      }
      break;
    case 0x1:
      switch (insn >> 26 & 0x3f) {
      case 0x0 ... 0xa: case 0x18 ... 0x19: case 0x1b ... 0x1c: case 0x20: case 0x24: case 0x28 ... 0x34: case 0x36: case 0x38: case 0x3b ... 0x3f:
        return 0; /* V */
      case 0x10:
        if ((insn & 0x20f8000) == 0x2000000) return 0; /* V */
        break;
      case 0x12:
        if ((insn & 0xe0000) == 0x0 || (insn & 0xf0000) == 0x30000 || (insn & 0xc0000) == 0x40000 || (insn & 0xc0000) == 0x80000 || (insn & 0xf8000) == 0xe8000) return 0; /* V */
        break;
      case 0x13:
        if ((insn & 0x78000) == 0x0 || (insn & 0xf0000) == 0x20000) return 0; /* V */
        break;
      }
      break;
    case 0x2:
      switch (insn >> 26 & 0x3f) {
      case 0x0 ... 0xd: case 0x20 ... 0x27: case 0x29: case 0x2b: case 0x2d: case 0x2f ... 0x38: case 0x3a ... 0x3d: case 0x3f:
        return 0; /* V */
      case 0x10:
        if ((insn & 0xf0000) == 0x80000 || (insn & 0x20f8000) == 0x2000000) return 0; /* V */
        break;
      case 0x12:
        if ((insn & 0xf0000) == 0x10000 || (insn & 0xe0000) == 0x20000 || (insn & 0xd0000) == 0x40000 || (insn & 0xd8000) == 0x50000) return 0; /* V */
        break;
      case 0x14:
        if ((insn & 0xf8000) == 0x8000 || (insn & 0xf0000) == 0x10000 || (insn & 0xf8000) == 0x80000 || (insn & 0x1ff8000) == 0x88000) return 0; /* V */
        break;
      case 0x17 ... 0x1f:
        if ((insn & 0x2000000) == 0x2000000) return 0; /* V */
        break;
      }
      break;
    case 0x3:
      switch (insn >> 26 & 0x3f) {
      case 0x0: case 0x3: case 0x9 ... 0xc: case 0xe ... 0xf: case 0x11: case 0x14 ... 0x15: case 0x18 ... 0x19: case 0x1c ... 0x21: case 0x25: case 0x28 ... 0x2f: case 0x35:
        return 0; /* V */
      case 0x10:
        if ((insn & 0x2000000) == 0x0) return 0; /* V */
        break;
      case 0x17:
        if ((insn & 0x2000000) == 0x0 || (insn & 0x3f00000) == 0x2000000) return 0; /* V */
        break;
      case 0x27:
        if ((insn & 0x20f0000) == 0x2000000 || (insn & 0x20d8000) == 0x2018000) return 0; /* V */
        break;
      }
      break;
    case 0x4:
      switch (insn >> 26 & 0x3f) {
      case 0x0 ... 0x7: case 0x9 ... 0xc: case 0xe ... 0xf: case 0x11: case 0x13 ... 0x15: case 0x18 ... 0x23: case 0x25: case 0x27 ... 0x2f: case 0x35:
        return 0; /* V */
      case 0x10: case 0x12:
        if ((insn & 0x2000000) == 0x0) return 0; /* V */
        break;
      case 0x17:
        if ((insn & 0x2000000) == 0x0 || (insn & 0x3f00000) == 0x2000000) return 0; /* V */
        break;
      }
      break;
    case 0x5:
      switch (insn >> 26 & 0x3f) {
      case 0x0: case 0x2: case 0x4: case 0x6: case 0x8 ... 0xa: case 0xe ... 0xf: case 0x18 ... 0x19: case 0x1b ... 0x1d: case 0x1f ... 0x21: case 0x24: case 0x27 ... 0x30: case 0x32: case 0x34: case 0x36: case 0x38: case 0x3b ... 0x3f:
        return 0; /* V */
      case 0x10:
        if ((insn & 0x3f00000) == 0x2000000) return 0; /* V */
        break;
      case 0x17:
        if ((insn & 0x2000000) == 0x0 || (insn & 0x3f00000) == 0x2000000) return 0; /* V */
        break;
      }
      break;
    case 0x6:
      switch (insn >> 26 & 0x3f) {
      case 0x8 ... 0xf: case 0x20 ... 0x27: case 0x29: case 0x2b: case 0x2d: case 0x2f ... 0x38: case 0x3a ... 0x3f:
        return 0; /* V */
      case 0x10:
        if ((insn & 0x3f00000) == 0x2000000) return 0; /* V */
        break;
      }
      break;
    case 0x7:
      switch (insn >> 26 & 0x3f) {
      case 0x0 ... 0x1f: case 0x30 ... 0x3f:
        return 0; /* V */
      case 0x20:
        if ((insn & 0x2000000) == 0x0) return 0; /* V */
        break;
      }
      break;
    }
    break;
  case 0x73:
    switch (insn >> 12 & 0x7) {
    case 0x1 ... 0x3: case 0x5 ... 0x7:
      switch (insn >> 26 & 0x3f) {
      case 0x0:
        if ((insn & 0x3e00000) == 0x800000 || (insn & 0x3f00000) == 0xa00000 || (insn & 0x3f00000) == 0xf00000) return 0; /* V */
        break;
      case 0x20:
        if ((insn & 0x3f00000) == 0x0) return 1; /* Xhartdot */
        break;
      case 0x30:
        if ((insn & 0x3e00000) == 0x2000000 || (insn & 0x3f00000) == 0x2200000) return 0; /* V */
        break;
      }
      break;
    }
    break;
  case 0x77:
    switch (insn >> 12 & 0x7) {
    case 0x2:
      switch (insn >> 26 & 0x3f) {
      case 0x20 ... 0x22: case 0x2a ... 0x2f:
        if ((insn & 0x2000000) == 0x2000000) return 0; /* V */
        break;
      case 0x28:
        if ((insn & 0x20e0000) == 0x2000000 || (insn & 0x20f0000) == 0x2080000) return 0; /* V */
        break;
      case 0x29:
        if ((insn & 0x20e0000) == 0x2000000 || (insn & 0x20f8000) == 0x2038000 || (insn & 0x20f8000) == 0x2080000) return 0; /* V */
        break;
      }
      break;
    }
    break;
  }
  return -1;
}
