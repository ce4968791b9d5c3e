/*
 * Class 1: instructions in opcode space custom-0 that work on x and f registers alone, so nothing moves
 * beside them.
 */
#include "class.h"

static int64_t admit(struct task *task, uint64_t save_area) { return 0; }
static bool suits(const struct task *task, const struct hart *hart) { return true; }
static void load(struct task *task) {}
static void save(struct task *task, bool discard) {}

const struct migration_class class_custom = {
    .number = MIG_CLASS_CUSTOM, .extension = ISA_XCUSTOM0, .admit = admit, .suits = suits, .load = load, .save = save};
