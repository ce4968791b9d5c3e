/* Physical memory protection: what the supervisor and its programs may not touch. */
#ifndef PMP_H
#define PMP_H

/* Set up this hart. A hart without PMP is left open. */
void pmp_init(void);

#endif
