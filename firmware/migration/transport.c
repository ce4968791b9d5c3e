#include "transport.h"

#include "../csr.h"
#include "../ipi.h"
#include "../text.h"

static const struct transport *const transports[] = {&transport_device, &transport_fifo, &transport_mailbox};
const struct transport *transport;

void transport_init(const char *bootargs) {
  for (unsigned i = 0; i < sizeof transports / sizeof *transports; i++) {
    bool named = word_is(bootargs, "migrate.transport", transports[i]->name);
    if ((named || !transport) && transports[i]->depth()) transport = transports[i];
  }
}

void transport_interrupt(struct hart *to) {
  /* The message before the look: a hart that is about to wait looks for messages after it said that it listens. */
  fence_all();
  if (__atomic_load_n(&to->accelerator.listening, __ATOMIC_RELAXED)) ipi_ring(to);
}

void transport_announce(struct hart *home) { ipi_send(home, IPI_ANNOUNCE); }
