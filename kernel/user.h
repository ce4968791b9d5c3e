/**
 * User memory as the kernel reads and writes it: page by page through the linear map, after looking the address up as a user access
 * would be and serving the fault that it would have had. So the kernel never faults on a user's address and never sets sstatus.SUM.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/** All or nothing is not promised: false means that a byte on the way could not be reached. */
bool copy_from_user(void *to, uint64_t va, uint64_t bytes);
bool copy_to_user(uint64_t va, const void *from, uint64_t bytes);
/** The same for a space that no task runs in yet. */
struct space;
bool copy_to_space(struct space *s, uint64_t va, const void *from, uint64_t bytes);
/** @return the string's length, or -EFAULT, -ENAMETOOLONG when it has `room` bytes or more */
int64_t copy_text_from_user(char *to, uint64_t va, uint64_t room);
/** A word of user memory, to be read and written in place; NULL when it can't be, or isn't aligned. */
uint32_t *user_word(uint64_t va, int access);
