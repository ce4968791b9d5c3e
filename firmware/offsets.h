/* Offsets and bits that assembly uses; hart.h and ipi.h check them against the structures. */
#ifndef OFFSETS_H
#define OFFSETS_H

#define HART_STACK 0
#define HART_SCRATCH 8
#define HART_SCRATCH1 16
#define HART_MSIP 24
#define HART_ANNOUNCE 32
#define HART_FRAME 40
#define HART_REQUESTS 48
#define HART_ID 52

#define REGS_STATUS 256
#define REGS_CAUSE 264
#define REGS_TVAL 272
#define REGS_BYTES 288

#define REQUEST_SUPERVISOR 1
#define REQUEST_ANNOUNCE 2

#define STACK_BYTES 8192
#define MAX_HARTS 80

#endif
