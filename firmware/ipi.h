/* Requests of one hart to another, announced by a machine software interrupt. */
#ifndef IPI_H
#define IPI_H

#include <stdint.h>

#include "hart.h"

enum ipi_request {
  IPI_SUPERVISOR = 1 << 0, /* raise the supervisor software interrupt */
  IPI_FENCE = 1 << 1,      /* see fence_from */
  IPI_RETURN = 1 << 2,     /* threads came back for this origin hart */
  IPI_MESSAGE = 1 << 3,    /* a thread is queued for this accelerator hart */
  IPI_RECALL = 1 << 4,     /* the running thread may have been recalled */
  IPI_START = 1 << 5,      /* the state of a stopped hart changed */
};

void ipi_send(struct hart *to, uint32_t request);

/*
 * Serve what is asked of this hart. regs: of the interrupted, none when firmware waits for another hart and
 * serves its own requests meanwhile.
 */
void ipi_take(struct regs *regs);

/* While waiting for another hart: ipi_take, only when there is something. */
void ipi_poll(void);

#endif
