/*
 * Class 1: Xhartdot, dot products of bytes (isa/xhartdot.ts). Moves the scratchpad, d0 to d7, and the accumulator. System calls preserve
 * both: no ABI says otherwise.
 */
#include "../csr.h"
#include "area.h"
#include "class.h"
#include "registers.h"

enum { WORDS = 9 };
/* The unit's status, by the numbers of mstatus.FS. */
enum unit_status { OFF = 0, CLEAN = 2, DIRTY = 3 };

static void set_status(enum unit_status status) { csr_write(0x5c0, status); }
static bool changed(void) { return csr_read(0x5c0) == DIRTY; }

static uint64_t bytes(const struct migration_class *class) { return MIG_STATE_BYTES(WORDS); }
static int64_t admit(struct task *task) { return 0; }
static bool suits(const struct task *task, const struct hart *hart) { return true; }

static void load(struct task *task) {
  struct mig_state state;
  uint64_t words[WORDS];
  span_read(&task->area, 0, &state, sizeof state);
  set_status(DIRTY);
  if (!area_holds(task->word)) {
    /* Whatever another thread left here must not be seen. */
    static const uint64_t nothing[WORDS];
    dot_load(nothing);
  } else {
    if (!area_resident(task, state.stamp)) {
      span_read(&task->area, sizeof state, words, sizeof words);
      dot_load(words);
    }
    set_status(CLEAN);
  }
  area_live(task);
}

static void save(struct task *task, bool discard) {
  struct mig_state state;
  uint64_t words[WORDS];
  span_read(&task->area, 0, &state, sizeof state);
  /* Unless the thread changed its registers, the memory still holds them. */
  if (changed()) {
    state.stamp = area_stamp();
    dot_store(words);
    span_write(&task->area, sizeof state, words, sizeof words);
    span_write(&task->area, 0, &state, sizeof state);
  }
  /* The next thread here may be of another class. */
  set_status(OFF);
  area_saved(task, state.stamp);
}

const struct migration_class class_xhartdot = {.number = MIG_CLASS_XHARTDOT,
                                               .extension = ISA_XHARTDOT,
                                               .bytes = bytes,
                                               .admit = admit,
                                               .suits = suits,
                                               .load = load,
                                               .save = save};
