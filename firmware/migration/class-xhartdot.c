/*
 * Class 1: Xhartdot, dot products of bytes (isa/xhartdot.ts). Moves the scratchpad, d0 to d7, and the accumulator. System calls preserve
 * both: no ABI says otherwise.
 */
#include "../csr.h"
#include "area.h"
#include "class.h"

enum { WORDS = 9 };
/* The unit's status, by the numbers of mstatus.FS. */
enum unit_status { OFF = 0, CLEAN = 2, DIRTY = 3 };

static void set_status(enum unit_status status) { csr_write(0x5c0, status); }
static bool changed(void) { return csr_read(0x5c0) == DIRTY; }

/* No assembler but ours knows Xhartdot: hdot.store and hdot.load by their formats, and dotacc by its number. */
static void store_registers(uint64_t *to) {
  __asm__ volatile(
      ".irp n, 0,1,2,3,4,5,6,7\n"
      ".insn s 0x0b, 1, x\\n, 8*\\n(%0)\n"
      ".endr" ::"r"(to)
      : "memory");
  to[WORDS - 1] = csr_read(0x800);
}

static void load_registers(const uint64_t *from) {
  __asm__ volatile(
      ".irp n, 0,1,2,3,4,5,6,7\n"
      ".insn i 0x0b, 0, x\\n, %0, 8*\\n\n"
      ".endr" ::"r"(from)
      : "memory");
  csr_write(0x800, from[WORDS - 1]);
}

static uint64_t bytes(uint64_t vlenb) { return MIG_STATE_BYTES(WORDS); }

static int64_t admit(struct task *task) {
  struct mig_state state;
  area_read(task, 0, &state, sizeof state);
  task->stamp = state.stamp;
  return 0;
}

static void load(struct task *task) {
  struct mig_state state;
  uint64_t words[WORDS];
  area_read(task, 0, &state, sizeof state);
  set_status(DIRTY);
  if (!area_holds(task->word)) {
    /* Whatever another thread left here must not be seen. */
    static const uint64_t nothing[WORDS];
    load_registers(nothing);
  } else {
    if (!area_resident(task, hart_self(), state.stamp)) {
      area_read(task, sizeof state, words, sizeof words);
      load_registers(words);
    }
    set_status(CLEAN);
  }
  area_live(task);
}

static void save(struct task *task, bool discard) {
  struct mig_state state;
  uint64_t words[WORDS];
  area_read(task, 0, &state, sizeof state);
  /*
   * A new stamp in any case: the supervisor may have written other registers into the memory since the last save, and a hart that still has
   * those of that save must not take them for these.
   */
  state.stamp = area_stamp();
  area_write(task, 0, &state, sizeof state);
  /* Unless the thread changed its registers, the memory still holds them. */
  if (changed()) {
    store_registers(words);
    area_write(task, sizeof state, words, sizeof words);
  }
  /* The next thread here may be of another class. */
  set_status(OFF);
  area_saved(task, state.stamp);
}

const struct migration_class class_xhartdot = {.number = MIG_CLASS_XHARTDOT,
                                               .extension = ISA_XHARTDOT,
                                               .bytes = bytes,
                                               .admit = admit,
                                               .load = load,
                                               .save = save};
