/* Registers that C does not know of (registers.S). */
#ifndef REGISTERS_H
#define REGISTERS_H

#include <stdint.h>

/* f0 to f31, then fcsr. mstatus.FS must be on. */
void float_store(uint64_t *to);
void float_load(const uint64_t *from);

/* v0 to v31, one after another. mstatus.VS must be on, vstart 0. */
void vector_store(void *to);
void vector_load(const void *from);
void vector_store_one(uint64_t number, void *to);
void vector_load_one(uint64_t number, const void *from);
/* All bytes of all registers; vl, vstart and vcsr 0, vill. */
void vector_reset(int64_t value);
/* vl and vtype as saved; a saved vill gives vill. */
void vector_set_type(uint64_t vl, uint64_t vtype);

#endif
