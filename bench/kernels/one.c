/* One kernel, KERNEL, and its checksum. */
#include "../runtime/console.h"
#include "kernels.h"

int main(void)
{
	put_checksum(KERNEL(ROUNDS));
	return 0;
}
