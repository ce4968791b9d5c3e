#include "transport.h"

#include "../text.h"

static const struct transport *const transports[] = {&transport_fifo, &transport_mailbox};
const struct transport *transport = &transport_fifo;

void transport_init(const char *bootargs) {
  for (unsigned i = 0; i < sizeof transports / sizeof *transports; i++)
    if (word_is(bootargs, "migrate.transport", transports[i]->name)) transport = transports[i];
}
