#include "../runtime/console.h"

void tell(uint64_t checksum)
{
	put_checksum(checksum);
}
