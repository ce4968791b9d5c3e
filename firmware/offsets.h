/* Offsets that assembly uses; hart.h checks them against the structures. */
#ifndef OFFSETS_H
#define OFFSETS_H

#define HART_STACK 0
#define HART_SCRATCH 8
#define HART_ID 16

#define REGS_STATUS 256
#define REGS_CAUSE 264
#define REGS_TVAL 272
#define REGS_BYTES 288

#define STACK_BYTES 8192
#define MAX_HARTS 80

#endif
