/** The words of the boot arguments (`/chosen/bootargs` of the device tree). */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/** Where they are; NULL: there are none. */
void bootargs_init(const char *arguments);
/** Is this word among them? */
bool bootargs_have(const char *word);
/** The decimal number behind a word, which ends with '='; 0 when it is not there. */
uint64_t bootargs_number(const char *word);
