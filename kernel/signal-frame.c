/*
 * The stack frame of a signal handler, as Linux lays it out on RISC-V (struct rt_sigframe): siginfo, then ucontext, then extension
 * records: Linux's own one when the task holds vector values, and one for each accelerator whose registers it holds. Debuggers and unwinders
 * know this layout.
 */
#include "errno.h"
#include "migrate.h"
#include "space.h"
#include "state.h"
#include "text.h"
#include "user.h"

enum : uint64_t { SA_ONSTACK = 0x08000000 };
/* UNIT_MAGIC: "MIG", with the class in the last byte. */
enum { SS_ONSTACK = 1, SS_DISABLE = 2, VECTOR_MAGIC = 0x53465457, UNIT_MAGIC = 0x4d494700 };

struct extension {
  uint32_t magic, bytes;
};

struct sigcontext {
  uint64_t pc, x[31];
  union {
    struct {
      uint64_t f[32];
      uint32_t fcsr;
    };
    struct { /* Linux ends the space for quadruple-precision registers with the first extension's head */
      uint8_t unused[520];
      struct extension extension;
    };
  };
};

struct sigframe {
  struct siginfo info;
  uint8_t info_rest[128 - sizeof(struct siginfo)];
  uint64_t flags, link;
  struct alternate_stack stack;
  uint64_t mask;
  uint8_t mask_rest[128 - 8 + 8]; /* room for 1024 signals, and the alignment of what follows */
  struct sigcontext context;
};
_Static_assert(offsetof(struct sigframe, context) % 16 == 0 && sizeof(struct sigcontext) == 784, "struct rt_sigframe");
_Static_assert(offsetof(struct sigframe, context) == 128 + 176, "uc_mcontext lies at 176 of ucontext");

/** Behind the extension's head, followed by the registers. */
struct vector_record {
  uint64_t vstart, vl, vtype, vcsr, vlenb, registers_va;
};

/* Where the first head lies in a frame; the records follow. */
enum { FIRST_EXTENSION = sizeof(struct sigframe) - sizeof(struct extension) };
_Static_assert(offsetof(struct sigframe, context.extension) == FIRST_EXTENSION, "the context ends with the head");

/* The page below the end of user addresses: addi a7, zero, 139; ecall. */
static const uint64_t TRAMPOLINE = USER_END - PAGE_SIZE;
static const uint32_t trampoline[] = {0x08b00893, 0x00000073};

int signal_map_trampoline(struct space *s) {
  return space_map(s, TRAMPOLINE, PAGE_SIZE, PROT_READ | PROT_EXEC,
                   (struct backing){(const uint8_t *)trampoline, TRAMPOLINE, sizeof trampoline});
}

static bool on_alternate(const struct task *t, uint64_t sp) {
  return t->alternate.bytes && sp > t->alternate.base && sp <= t->alternate.base + t->alternate.bytes;
}

static uint64_t vector_bytes(const struct task *t) {
  return sizeof(struct extension) + sizeof(struct vector_record) + 32ull * t->vector->vlenb;
}
static uint64_t unit_bytes(int class) { return sizeof(struct extension) + migration_unit_bytes(class); }

/** Bytes of all records, the first one's head excluded: that is part of the context, and an empty head stands at the end. */
static uint64_t extension_bytes(const struct task *t) {
  uint64_t bytes = vector_saved(t) ? vector_bytes(t) : 0;
  for (int c = 0; c < MIG_CLASS_COUNT; c++)
    if (migration_unit_saved(t, c)) bytes += unit_bytes(c);
  return bytes;
}

/** Write the records, each with its head before it, from the first head's address on. */
static bool push_extensions(const struct task *t, uint64_t va) {
  if (vector_saved(t)) {
    const struct mig_vector_state *v = t->vector;
    struct extension head = {VECTOR_MAGIC, (uint32_t)vector_bytes(t)};
    uint64_t registers = va + sizeof head + sizeof(struct vector_record);
    struct vector_record record = {v->vstart, v->vl, v->vtype, v->vcsr, v->vlenb, registers};
    if (!copy_to_user(va, &head, sizeof head) || !copy_to_user(va + sizeof head, &record, sizeof record) ||
        !copy_to_user(registers, v->registers, 32ull * v->vlenb))
      return false;
    va += head.bytes;
  }
  for (int c = 0; c < MIG_CLASS_COUNT; c++) {
    if (!migration_unit_saved(t, c)) continue;
    struct extension head = {UNIT_MAGIC | (uint32_t)c, (uint32_t)unit_bytes(c)};
    if (!copy_to_user(va, &head, sizeof head) || !copy_to_user(va + sizeof head, t->units[c]->word, migration_unit_bytes(c)))
      return false;
    va += head.bytes;
  }
  struct extension end = {0, 0};
  return copy_to_user(va, &end, sizeof end);
}

bool signal_frame_push(struct task *t, const struct signal_action *action, const struct siginfo *details) {
  struct mig_frame *r = &t->frame->registers;
  if (csr_read(sstatus) & STATUS_VS) state_save(t);
  state_sync(t);

  uint64_t sp = *frame_x(t->frame, SP);
  if (action->flags & SA_ONSTACK && t->alternate.bytes && !on_alternate(t, sp)) sp = t->alternate.base + t->alternate.bytes;
  sp = round_down(sp - sizeof(struct sigframe) - extension_bytes(t), 16);

  struct sigframe f = {.info = *details, .stack = t->alternate, .mask = t->restore_mask ? t->saved_mask : t->blocked};
  t->restore_mask = false;
  f.stack.flags = !t->alternate.bytes ? SS_DISABLE : on_alternate(t, *frame_x(t->frame, SP)) ? SS_ONSTACK : 0;
  f.context.pc = r->epc;
  memcpy(f.context.x, r->x, sizeof r->x);
  memcpy(f.context.f, r->f, sizeof r->f);
  f.context.fcsr = (uint32_t)r->fcsr;
  if (!copy_to_user(sp, &f, sizeof f) || !push_extensions(t, sp + FIRST_EXTENSION)) return false;

  r->epc = action->handler;
  *frame_x(t->frame, RA) = TRAMPOLINE;
  *frame_x(t->frame, SP) = sp;
  *frame_x(t->frame, A0) = (uint64_t)details->signo;
  *frame_x(t->frame, A1) = sp + offsetof(struct sigframe, info);
  *frame_x(t->frame, A2) = sp + offsetof(struct sigframe, flags);
  return true;
}

/** A wrong size, or a VLEN that has no room, is a broken frame: loading it would mix up registers. */
static bool pop_vector(struct task *t, uint64_t va, struct extension head) {
  struct vector_record record;
  struct mig_vector_state *v = t->vector;
  if (!v || !copy_from_user(&record, va, sizeof record)) return false;
  /* The handler's own values may be of another VLEN: what was interrupted goes back to a hart of its own. */
  uint64_t room = ((uint64_t)PAGE_SIZE << t->vector_order) - sizeof *v;
  bool possible = record.vlenb >= 16 && !(record.vlenb & (record.vlenb - 1)) && record.vlenb <= room / 32;
  if (!possible || head.bytes != sizeof head + sizeof record + 32 * record.vlenb) return false;
  if (!copy_from_user(v->registers, record.registers_va, 32 * record.vlenb)) return false;
  v->vlenb = (uint32_t)record.vlenb;
  v->vstart = record.vstart, v->vl = record.vl, v->vtype = record.vtype, v->vcsr = record.vcsr;
  v->state = MIG_STATE_SAVED;
  csr_clear(sstatus, STATUS_VS); /* a hart that has the handler's values does not keep them */
  return true;
}

/** What is there no longer, or not of this size, can't be loaded. */
static bool pop_unit(struct task *t, uint64_t va, struct extension head) {
  uint32_t class = head.magic & 0xff;
  if (class >= MIG_CLASS_COUNT || !t->units[class] || head.bytes != unit_bytes((int)class)) return false;
  if (!copy_from_user(t->units[class]->word, va, migration_unit_bytes((int)class))) return false;
  t->units[class]->state = MIG_STATE_SAVED;
  return true;
}

static bool pop_extensions(struct task *t, uint64_t va) {
  for (struct extension head;; va += head.bytes) {
    if (!copy_from_user(&head, va, sizeof head)) return false;
    if (!head.magic) return true;
    bool vector = head.magic == VECTOR_MAGIC, unit = (head.magic & ~0xffu) == UNIT_MAGIC;
    if (vector && !pop_vector(t, va + sizeof head, head)) return false;
    if (unit && !pop_unit(t, va + sizeof head, head)) return false;
    if (!vector && !unit) return false;
  }
}

bool signal_frame_pop(struct task *t) {
  struct mig_frame *r = &t->frame->registers;
  uint64_t sp = *frame_x(t->frame, SP);
  struct sigframe f;
  if (!copy_from_user(&f, sp, sizeof f)) return false;
  if (!pop_extensions(t, sp + FIRST_EXTENSION)) return false;
  r->epc = f.context.pc;
  memcpy(r->x, f.context.x, sizeof r->x);
  memcpy(r->f, f.context.f, sizeof r->f);
  r->fcsr = f.context.fcsr;
  state_reload(t);
  t->blocked = f.mask & ~(signal_bit(SIGKILL) | signal_bit(SIGSTOP));
  if (!(f.stack.flags & SS_DISABLE)) t->alternate = f.stack;
  return true;
}
