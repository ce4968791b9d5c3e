/* Requests of one hart to another, announced by a machine software interrupt. */
#ifndef IPI_H
#define IPI_H

#include <stdint.h>

#include "hart.h"

enum ipi_request {
  IPI_SUPERVISOR = 1 << 0, /* raise the supervisor software interrupt */
  IPI_ANNOUNCE = 1 << 1,   /* raise the interrupt that announces completions */
  IPI_FENCE = 1 << 2,      /* see fence_from */
  IPI_RETURN = 1 << 3,     /* threads came back to this origin hart, for which its ring has no room */
  IPI_RECALL = 1 << 4,     /* a thread that is on this accelerator hart or in its queue was recalled */
  IPI_START = 1 << 5,      /* the state of a stopped hart changed */
};

_Static_assert(IPI_SUPERVISOR == REQUEST_SUPERVISOR && IPI_ANNOUNCE == REQUEST_ANNOUNCE, "entry.S");

void ipi_send(struct hart *to, uint32_t request);

/* Interrupt a hart that will see by itself what for. */
void ipi_ring(struct hart *to);

/* Serve what is asked of this hart. On an accelerator hart the thread may be gone afterwards. */
void ipi_take(void);

/* While waiting for another hart: ipi_take, only when there is something. */
void ipi_poll(void);

#endif
