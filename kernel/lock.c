#include "lock.h"

struct kernel_lock the_kernel_lock;
