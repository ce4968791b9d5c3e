/** System call riscv_hwprobe: what a set of harts can do, key by key (Linux, "RISC-V Hardware Probing Interface"). */
#include "calls.h"
#include "errno.h"
#include "generated/extensions.h"
#include "hart.h"
#include "scheduler.h"
#include "space.h"
#include "task.h"
#include "text.h"
#include "user.h"

struct pair {
  int64_t key;
  uint64_t value;
};

/** Keys in the order of their numbers. Those of vendors are known and say nothing: no hart has any of it. */
enum key {
  MVENDORID, MARCHID, MIMPID, BASE_BEHAVIOR, IMA_EXT_0, CPUPERF_0, ZICBOZ_BLOCK_SIZE, HIGHEST_VIRT_ADDRESS, TIME_CSR_FREQ,
  MISALIGNED_SCALAR_PERF, MISALIGNED_VECTOR_PERF, VENDOR_EXT_THEAD_0, ZICBOM_BLOCK_SIZE, VENDOR_EXT_SIFIVE_0, VENDOR_EXT_MIPS_0,
  ZICBOP_BLOCK_SIZE, KEYS,
};

/** How the answers of several harts make one: the bits that all have, or what all say; when they differ, a value that says so. */
enum kind { BITS, SAME_OR_ZERO, SAME_OR_MINUS_ONE };

static const uint8_t kinds[KEYS] = {
    [MVENDORID] = SAME_OR_MINUS_ONE,  [MARCHID] = SAME_OR_MINUS_ONE,     [MIMPID] = SAME_OR_MINUS_ONE,
    [BASE_BEHAVIOR] = BITS,           [IMA_EXT_0] = BITS,                [CPUPERF_0] = SAME_OR_ZERO,
    [ZICBOZ_BLOCK_SIZE] = SAME_OR_ZERO,      [HIGHEST_VIRT_ADDRESS] = SAME_OR_ZERO,   [TIME_CSR_FREQ] = SAME_OR_ZERO,
    [MISALIGNED_SCALAR_PERF] = SAME_OR_ZERO, [MISALIGNED_VECTOR_PERF] = SAME_OR_ZERO, [ZICBOM_BLOCK_SIZE] = SAME_OR_ZERO,
    [ZICBOP_BLOCK_SIZE] = SAME_OR_ZERO,
};

static uint64_t answer(const struct hart *h, enum key key) {
  enum { IMA = 1, VECTOR_UNKNOWN = 0, VECTOR_UNSUPPORTED = 4 };
  uint64_t has = hart_extensions(h);
  switch (key) {
  case MVENDORID:
  case MARCHID:
  case MIMPID:
    return h->identity[key - MVENDORID];
  case BASE_BEHAVIOR:
    return IMA;
  case IMA_EXT_0:
    return has;
  case CPUPERF_0: /* the older number of the same */
  case MISALIGNED_SCALAR_PERF:
    return h->misaligned;
  case MISALIGNED_VECTOR_PERF:
    return has & EXTENSION_V ? VECTOR_UNKNOWN : VECTOR_UNSUPPORTED;
  case ZICBOZ_BLOCK_SIZE:
    return has & EXTENSION_ZICBOZ ? h->cboz_bytes : 0;
  case ZICBOM_BLOCK_SIZE:
    return has & EXTENSION_ZICBOM ? h->cbom_bytes : 0;
  case ZICBOP_BLOCK_SIZE:
    return has & EXTENSION_ZICBOP ? h->cbop_bytes : 0;
  case HIGHEST_VIRT_ADDRESS:
    return USER_END - 1;
  case TIME_CSR_FREQ:
    return timebase();
  default:
    return 0;
  }
}

static bool known(int64_t key) { return key >= 0 && key < KEYS; }

/** One answer for the set. */
static uint64_t common(const struct hart_mask *set, enum key key) {
  uint64_t value = 0;
  bool first = true;
  for (const struct hart *h = harts; h < harts_end; h++) {
    if (!mask_has(set, h->id) || !h->online) continue;
    uint64_t own = answer(h, key);
    if (first) value = own;
    else if (kinds[key] == BITS) value &= own;
    else if (value != own) return kinds[key] == SAME_OR_MINUS_ONE ? UINT64_MAX : 0;
    first = false;
  }
  return value;
}

/** Take the harts out of the set that do not have what the pair says. */
static void keep(struct hart_mask *set, const struct pair *wanted) {
  for (const struct hart *h = harts; h < harts_end; h++) {
    if (!mask_has(set, h->id)) continue;
    uint64_t own = answer(h, (enum key)wanted->key);
    bool bits = kinds[wanted->key] == BITS || wanted->key == CPUPERF_0; /* which once was taken for bits */
    bool fits = bits ? (own & wanted->value) == wanted->value : own == wanted->value;
    if (!fits) set->bits[h->id / 64] &= ~(1ull << h->id % 64);
  }
}

static bool empty(const struct hart_mask *set) { return !(set->bits[0] | set->bits[1]); }

static int64_t values_of(const struct hart_mask *set, uint64_t pairs, uint64_t count) {
  for (uint64_t i = 0; i < count; i++, pairs += sizeof(struct pair)) {
    struct pair p;
    if (!copy_from_user(&p, pairs, sizeof p)) return -EFAULT;
    p = known(p.key) ? (struct pair){p.key, common(set, (enum key)p.key)} : (struct pair){-1, 0};
    if (!copy_to_user(pairs, &p, sizeof p)) return -EFAULT;
  }
  return 0;
}

static int64_t harts_with(struct hart_mask *set, uint64_t pairs, uint64_t count) {
  bool nobody = false;
  for (uint64_t i = 0; i < count; i++, pairs += sizeof(struct pair)) {
    struct pair p;
    if (!copy_from_user(&p, pairs, sizeof p)) return -EFAULT;
    if (known(p.key)) {
      keep(set, &p);
      continue;
    }
    nobody = true;
    p = (struct pair){-1, 0};
    if (!copy_to_user(pairs, &p, sizeof p)) return -EFAULT;
  }
  if (nobody) *set = (struct hart_mask){0};
  return 0;
}

int64_t sys_riscv_hwprobe(struct task *self, const uint64_t *a) {
  enum { WHICH_CPUS = 1 };
  uint64_t pairs = a[0], count = a[1], bytes = smaller(a[2], sizeof(struct hart_mask)), set_va = a[3], flags = (uint32_t)a[4];
  struct hart_mask set = {0}, online = harts_all();
  bool which = flags == WHICH_CPUS;
  (void)self;
  if (flags && !which) return -EINVAL;
  if (which && (!a[2] || !set_va)) return -EINVAL;
  if (!a[2] && !set_va) return values_of(&online, pairs, count);

  if (!copy_from_user(&set, set_va, bytes)) return -EFAULT;
  if (which && empty(&set)) set = online;
  for (int i = 0; i < 2; i++) set.bits[i] &= online.bits[i];
  if (!which) return empty(&set) ? -EINVAL : values_of(&set, pairs, count);

  int64_t error = harts_with(&set, pairs, count);
  if (error) return error;
  return copy_to_user(set_va, &set, bytes) ? 0 : -EFAULT;
}
