#include "state.h"
#include "masking.h"
#include "pages.h"
#include "text.h"

void fp_save(uint64_t *f);
void fp_load(const uint64_t *f);
void vector_save(uint64_t *words, uint8_t *registers);
void vector_load(const uint64_t *words, const uint8_t *registers);

/** Would the task miss its vector values if a hart could not load them? */
static bool vector_live(const struct task *t) {
  return t->vector && (t->vector->state == MIG_STATE_LIVE || t->vector->state == MIG_STATE_SAVED);
}

/** Only a dirty unit differs from memory. Leaves FS clean. */
void state_sync(struct task *t) {
  if ((csr_read(sstatus) & STATUS_FS) != STATUS_FS) return;
  fp_save(t->frame->registers.f);
  csr_clear(sstatus, STATUS_FS);
  csr_set(sstatus, STATUS_FS_CLEAN);
}

/** Are the hart's f registers the task's? They stay so while it sleeps or is away, until another task's are loaded. */
static bool floats_here(const struct task *t) { return this_hart()->floats == t && t->floats_in == this_hart(); }

void state_reload(struct task *t) {
  csr_set(sstatus, STATUS_FS);
  if (!(csr_read(sstatus) & STATUS_FS)) return; /* a hart without floating point */
  fp_load(t->frame->registers.f);
  csr_clear(sstatus, STATUS_FS);
  csr_set(sstatus, STATUS_FS_CLEAN);
  this_hart()->floats = t;
  t->floats_in = this_hart();
}

void state_save(struct task *t) {
  state_sync(t);
  uint64_t vs = csr_read(sstatus) & STATUS_VS;
  if (!vs) return;
  if (vs == STATUS_VS) vector_save(&t->vector->vstart, t->vector->registers);
  t->vector->state = MIG_STATE_SAVED;
  csr_clear(sstatus, STATUS_VS);
}

/** Give the vector unit to the task, with the values in its save area. */
static void vector_give(struct task *t) {
  csr_set(sstatus, STATUS_VS);
  vector_load(&t->vector->vstart, t->vector->registers);
  csr_clear(sstatus, STATUS_VS);
  csr_set(sstatus, STATUS_VS_CLEAN);
  t->vector->state = MIG_STATE_LIVE;
}

bool vector_saved(const struct task *t) {
  return t->vector && (t->vector->state == MIG_STATE_SAVED || t->vector->state == MIG_STATE_RESIDENT);
}

void vector_discard(struct task *t) {
  if (csr_read(sstatus) & STATUS_VS) state_save(t);
  if (vector_saved(t)) t->vector->state = MIG_STATE_DISCARDED;
}

/** Can this hart take up the task's saved values? */
static bool loadable(const struct task *t) {
  return this_hart()->has_vector && t->vector && t->vector->state == MIG_STATE_SAVED && t->vector->vlenb == this_hart()->vlenb;
}

void state_load(struct task *t) {
  masking_load(t);
  if (!floats_here(t)) state_reload(t);
  /* Vector state of another VLEN can't be loaded: then the unit stays off, as for a task that never used it. */
  if (loadable(t)) vector_give(t);
}

bool vector_area(struct task *t, uint64_t vlenb) {
  int order = pages_order(MIG_VECTOR_BYTES(vlenb));
  if (t->vector && t->vector_order >= order) return true;
  struct mig_vector_state *area = pages_take(order);
  if (!area) return false;
  if (t->vector) {
    memcpy(area, t->vector, (uint64_t)PAGE_SIZE << t->vector_order);
    pages_give(t->vector, t->vector_order);
  }
  t->vector = area;
  t->vector_order = order;
  return true;
}

bool vector_begin(struct task *t) {
  uint64_t vlenb = this_hart()->vlenb;
  if (!loadable(t)) {
    if (!vector_area(t, vlenb)) return false;
    int value = t->vector->state == MIG_STATE_DISCARDED ? 0xff : 0; /* as the migration's firmware does it */
    *t->vector = (struct mig_vector_state){.state = MIG_STATE_SAVED, .vlenb = (uint32_t)vlenb, .vtype = 1ull << 63};
    memset(t->vector->registers, value, 32 * vlenb);
  }
  vector_give(t);
  return true;
}

struct hart_mask vector_harts(const struct task *t) {
  if (!vector_live(t)) return t->affinity;
  struct hart_mask fitting = mask_both(t->affinity, harts_with_vlenb(t->vector->vlenb));
  return mask_empty(fitting) ? t->affinity : fitting;
}
