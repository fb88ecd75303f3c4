/* admission.h: letting one in and out again, against two limits and under one lock. */
#ifndef CYARDSTICK_ADMISSION_H
#define CYARDSTICK_ADMISSION_H

/* Locks, compares two counts with their limits, counts up, reads the clock and allocates a ticket; then the same
 * backwards. `rounds` times. */
void yardstick_admission(long rounds);

#endif
