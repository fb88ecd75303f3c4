/* allocations.h: how often this process asked for memory.
 *
 * The file behind it takes the place of malloc and its kin in the whole executable and counts calls before it
 * hands them on to glibc.
 */
#ifndef CYARDSTICK_ALLOCATIONS_H
#define CYARDSTICK_ALLOCATIONS_H

#include <stdint.h>

/* Allocations that the calling thread has made so far. */
uint64_t yardstick_allocations(void);

#endif
