/*
 * The migration extension: trips, refusals, recalls, rings. Works with any number of accelerator harts, none
 * included.
 */
#include "threads.h"

void tests_migration(void) {
  if (!accelerators) {
    tests_no_class();
    return;
  }
  tests_refusals();
  tests_state();
  tests_exceptions();
  if (SBI(MIG_EID, MIG_CLASSES, 0).value >> MIG_CLASS_XHARTDOT & 1) tests_unit();
  tests_returns();
  tests_asks();
  tests_guests();
  tests_hints();
  tests_fences();
  tests_hostile();
  tests_homes();
}
