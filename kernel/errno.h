/** Linux error numbers. System calls give them back negated. */
#pragma once

enum {
  EPERM = 1, ENOENT = 2, ESRCH = 3, EINTR = 4, EIO = 5, E2BIG = 7, ENOEXEC = 8, EBADF = 9, ECHILD = 10, EAGAIN = 11,
  ENOMEM = 12, EACCES = 13, EFAULT = 14, EBUSY = 16, EEXIST = 17, ENOTDIR = 20, EINVAL = 22, EMFILE = 24, ENOTTY = 25, ESPIPE = 29, EPIPE = 32,
  ERANGE = 34, ENAMETOOLONG = 36, ENOSYS = 38, EOVERFLOW = 75, ETIMEDOUT = 110,

  /* Never reaches a program: made EINTR, or the call is done again after a handler with SA_RESTART. */
  ERESTART = 512,
};
