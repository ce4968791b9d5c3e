/** The end of the machine. */
#pragma once
#include "tree.h"

enum { POWER_PANIC = 255 };

/** The board's own power switch, for firmware that refuses our reset reason. */
void power_found(struct node n);
/** Power off; the status (0 to 255) reaches whoever runs the machine. */
_Noreturn void power_off(unsigned status);
