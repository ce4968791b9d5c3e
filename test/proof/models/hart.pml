/*
 * What all models share: harts, their software interrupts, the requests that harts send each other (firmware/ipi.c) and locks.
 *
 * A model's step is one access to memory that another hart can see, or one CSR write that matters. Steps of all harts interleave in
 * every order: sequential consistency, which is what the emulated harts give each other. What touches only the hart's own variables is
 * joined with the step before it (atomic, d_step). Names are those of the C code, which docs/protocol.md maps one by one.
 *
 * A wait is a blocked statement, not a loop that looks again and again. So whoever waits for something that never comes, waits in a state
 * from which nothing goes on: the checker reports each such "invalid end state". Places where a hart may rest for good are labelled end.
 */
#define APPLICATION 2 /* harts 0 and 1 */
#define HARTS       4 /* and accelerator harts 2 and 3 */
#define is_accelerator(hart) ((hart) >= APPLICATION)
#define NONE 7

/* enum ipi_request */
#define IPI_SUPERVISOR 1
#define IPI_ANNOUNCE   2
#define IPI_FENCE      4
#define IPI_RETURN     8
#define IPI_RECALL     16

bool msip[HARTS];     /* the word of the interrupt controller that raises the hart's M-mode software interrupt */
byte requests[HARTS]; /* struct hart */

/* ipi.c: ipi_send. The request is in memory before the interrupt that announces it. */
inline ipi_send(to, request) {
  requests[to] = requests[to] | (request);
  msip[to] = true
}

/* lock.h: lock_take, lock_drop */
inline lock_take(held) { atomic { !held -> held = true } }
inline lock_drop(held) { held = false }
