/*
 * The stack frame of a signal handler, as Linux lays it out on RISC-V (struct rt_sigframe): siginfo, then ucontext, then, when the
 * task holds vector values, an extension record with them. Debuggers and unwinders know this layout.
 */
#include "errno.h"
#include "space.h"
#include "state.h"
#include "text.h"
#include "user.h"

enum : uint64_t { SA_ONSTACK = 0x08000000 };
enum { SS_ONSTACK = 1, SS_DISABLE = 2, VECTOR_MAGIC = 0x53465457 };

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

/** Behind the extension's head, followed by the registers; the record ends with an empty head. */
struct vector_record {
  uint64_t vstart, vl, vtype, vcsr, vlenb, registers_va;
};

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

static bool push_vector(const struct task *t, uint64_t va, struct extension *head) {
  const struct mig_vector_state *v = t->vector;
  uint64_t bytes = 32ull * v->vlenb;
  struct vector_record record = {v->vstart, v->vl, v->vtype, v->vcsr, v->vlenb, va + sizeof record};
  struct extension end = {0, 0};
  *head = (struct extension){VECTOR_MAGIC, (uint32_t)(sizeof *head + sizeof record + bytes)};
  return copy_to_user(va, &record, sizeof record) && copy_to_user(va + sizeof record, v->registers, bytes) &&
         copy_to_user(va + sizeof record + bytes, &end, sizeof end);
}

bool signal_frame_push(struct task *t, const struct signal_action *action, const struct siginfo *details) {
  struct mig_frame *r = &t->frame->registers;
  if (csr_read(sstatus) & STATUS_VS) state_save(t);
  state_sync(t);

  uint64_t sp = *frame_x(t->frame, SP);
  if (action->flags & SA_ONSTACK && t->alternate.bytes && !on_alternate(t, sp)) sp = t->alternate.base + t->alternate.bytes;
  uint64_t vector_bytes = vector_saved(t) ? sizeof(struct vector_record) + 32ull * t->vector->vlenb + sizeof(struct extension) : 0;
  sp = round_down(sp - sizeof(struct sigframe) - vector_bytes, 16);

  struct sigframe f = {.info = *details, .stack = t->alternate, .mask = t->restore_mask ? t->saved_mask : t->blocked};
  t->restore_mask = false;
  f.stack.flags = !t->alternate.bytes ? SS_DISABLE : on_alternate(t, *frame_x(t->frame, SP)) ? SS_ONSTACK : 0;
  f.context.pc = r->epc;
  memcpy(f.context.x, r->x, sizeof r->x);
  memcpy(f.context.f, r->f, sizeof r->f);
  f.context.fcsr = (uint32_t)r->fcsr;
  if (vector_bytes && !push_vector(t, sp + sizeof f, &f.context.extension)) return false;
  if (!copy_to_user(sp, &f, sizeof f)) return false;

  r->epc = action->handler;
  *frame_x(t->frame, RA) = TRAMPOLINE;
  *frame_x(t->frame, SP) = sp;
  *frame_x(t->frame, A0) = (uint64_t)details->signo;
  *frame_x(t->frame, A1) = sp + offsetof(struct sigframe, info);
  *frame_x(t->frame, A2) = sp + offsetof(struct sigframe, flags);
  return true;
}

/** A wrong size or VLEN is a broken frame: loading it would mix up registers. */
static bool pop_vector(struct task *t, uint64_t va, struct extension head) {
  struct vector_record record;
  struct mig_vector_state *v = t->vector;
  if (!v || !copy_from_user(&record, va, sizeof record)) return false;
  if (record.vlenb != v->vlenb || head.bytes != sizeof head + sizeof record + 32 * record.vlenb) return false;
  if (!copy_from_user(v->registers, record.registers_va, 32 * record.vlenb)) return false;
  v->vstart = record.vstart, v->vl = record.vl, v->vtype = record.vtype, v->vcsr = record.vcsr;
  v->state = MIG_VECTOR_SAVED;
  return true;
}

bool signal_frame_pop(struct task *t) {
  struct mig_frame *r = &t->frame->registers;
  uint64_t sp = *frame_x(t->frame, SP);
  struct sigframe f;
  if (!copy_from_user(&f, sp, sizeof f)) return false;
  if (f.context.extension.magic == VECTOR_MAGIC && !pop_vector(t, sp + sizeof f, f.context.extension)) return false;
  r->epc = f.context.pc;
  memcpy(r->x, f.context.x, sizeof r->x);
  memcpy(r->f, f.context.f, sizeof r->f);
  r->fcsr = f.context.fcsr;
  state_reload(t);
  t->blocked = f.mask & ~(signal_bit(SIGKILL) | signal_bit(SIGSTOP));
  if (!(f.stack.flags & SS_DISABLE)) t->alternate = f.stack;
  return true;
}
