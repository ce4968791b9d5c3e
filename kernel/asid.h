/** Address-space identifiers: each space has one of its own, by which fences name it. */
#pragma once
#include <stdint.h>

/** One that no space has, from 1 on; 0 when all are in use. */
uint16_t asid_take(void);
/** Give one back. Every hart that may hold translations of it must have had a fence since its space was left. */
void asid_give(uint16_t asid);
