/** What a hart can do, by the device tree: extensions as bits of riscv_hwprobe's key IMA_EXT_0 (generated/extensions.h). */
#pragma once
#include "tree.h"

/** The extensions of a hart's node. */
uint64_t isa_read(struct node cpu);
