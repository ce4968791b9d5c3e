/** The platform-level interrupt controller (RISC-V PLIC specification 1.0). */
#pragma once
#include "tree.h"

void plic_found(struct node n);
/** Deliver this interrupt to this hart's supervisor. */
void plic_enable(uint32_t irq, uint32_t hart);
/** The interrupt to serve now on this hart, 0 for none. */
uint32_t plic_claim(uint32_t hart);
void plic_complete(uint32_t hart, uint32_t irq);
