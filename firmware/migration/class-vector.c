/* Class 0: the vector extension. Moves v0 to v31, vstart, vl, vtype and vcsr. */
#include "../csr.h"
#include "../text.h"
#include "class.h"
#include "registers.h"

/* The state word comes last on the way out: a reader that sees `saved` must find the registers there. */
static void set_word(struct task *task, uint32_t word) {
  task->vector_word = word;
  __atomic_thread_fence(__ATOMIC_RELEASE);
  span_write(&task->vector_span, 0, &word, sizeof word);
}

static bool holds_registers(uint32_t word) { return word == MIG_VECTOR_SAVED || word == MIG_VECTOR_RESIDENT; }

static int64_t admit(struct task *task, uint64_t save_area) {
  struct mig_vector_state state;
  uint32_t harts;
  bool mixed;
  uint32_t vlenb = class_vlenb(task->class, &harts, &mixed);
  if (save_area % 16 || !span_map(&task->vector_span, save_area, MIG_VECTOR_BYTES(vlenb))) return MIG_ERR_BAD_POINTER;
  span_read(&task->vector_span, 0, &state, sizeof state);
  task->vector_word = state.state;
  if (!holds_registers(state.state)) return 0;
  task->vector_vlenb = state.vlenb;
  for (uint32_t i = 0; i < hart_count; i++)
    if (hart_of_index[i]->classes >> task->class->number & 1 && hart_of_index[i]->vlenb == state.vlenb) return 0;
  return MIG_ERR_VLEN;
}

/* Registers of one VLEN mean nothing on a hart of another. */
static bool suits(const struct task *task, const struct hart *hart) {
  return !task->vector_vlenb || task->vector_vlenb == hart->vlenb;
}

/* All 32 registers, to or from the save area. */
static void move_registers(const struct task *task, bool out) {
  uint8_t one[512] __attribute__((aligned(16)));
  uint32_t vlenb = hart_self()->vlenb;
  uint8_t *whole = span_pointer(&task->vector_span);
  if (whole && out) {
    vector_store(whole + sizeof(struct mig_vector_state));
  } else if (whole) {
    vector_load(whole + sizeof(struct mig_vector_state));
  } else {
    /* Its pages are not in a row: register by register. */
    for (uint32_t n = 0; n < 32; n++) {
      uint64_t offset = sizeof(struct mig_vector_state) + (uint64_t)n * vlenb;
      if (out) {
        vector_store_one(n, one);
        span_write(&task->vector_span, offset, one, vlenb);
      } else {
        span_read(&task->vector_span, offset, one, vlenb);
        vector_load_one(n, one);
      }
    }
  }
}

static void load(struct task *task) {
  struct accelerator *accelerator = &hart_self()->accelerator;
  struct mig_vector_state state;
  csr_set(mstatus, STATUS_VS);
  span_read(&task->vector_span, 0, &state, sizeof state);
  csr_write(0x008, 0); /* vstart: whole-register moves begin there */
  if (!holds_registers(task->vector_word)) {
    /*
     * Whatever another thread left here must not be seen. All ones after a discard, so that who relies on the
     * old values learns of it.
     */
    vector_fill(task->vector_word == MIG_VECTOR_DISCARDED ? -1 : 0);
    state.vstart = state.vl = state.vcsr = 0;
    state.vtype = 1ull << 63;
  } else if (task->vector_word != MIG_VECTOR_RESIDENT || state.stamp != accelerator->stamp) {
    move_registers(task, false);
  }
  vector_set_type(state.vl, state.vtype);
  csr_write(0x00f, state.vcsr);
  csr_write(0x008, state.vstart);
  /* From the first instruction on the registers differ from the last save. */
  accelerator->stamp = 0;
  set_word(task, MIG_VECTOR_LIVE);
}

static void save(struct task *task, bool discard) {
  struct hart *self = hart_self();
  if (discard) {
    set_word(task, MIG_VECTOR_DISCARDED);
    return;
  }
  /* A stamp is never given twice: hart in the high bits, number of its save in the low ones. */
  uint64_t stamp = (uint64_t)(self->index + 1) << 48 | ++self->accelerator.saves;
  struct mig_vector_state state = {.state = MIG_VECTOR_LIVE, .vlenb = self->vlenb, .stamp = stamp};
  csr_set(mstatus, STATUS_VS);
  state.vstart = csr_read(0x008);
  state.vl = csr_read(0xc20);
  state.vtype = csr_read(0xc21);
  state.vcsr = csr_read(0x00f);
  csr_write(0x008, 0);
  move_registers(task, true);
  span_write(&task->vector_span, 0, &state, sizeof state);
  self->accelerator.stamp = stamp;
  set_word(task, MIG_VECTOR_RESIDENT);
}

const struct migration_class class_vector = {.number = MIG_CLASS_VECTOR,
                                             .extension = ISA_V,
                                             .admit = admit,
                                             .suits = suits,
                                             .load = load,
                                             .save = save,
                                             .status = STATUS_VS};
