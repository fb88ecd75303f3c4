/* readiness.h: waiting for descriptors (epoll, eventfd), which Swift's view of glibc leaves out.
 *
 * Functions answer -1 with errno set where the system call they stand for does.
 */
#ifndef CPLATFORM_READINESS_H
#define CPLATFORM_READINESS_H

#include <stdint.h>

int32_t platform_poller_create(void);

/* Reports `descriptor` for as long as it is readable or hung up (level-triggered). */
int32_t platform_poller_add(int32_t poller, int32_t descriptor);

/* No more reports of `descriptor`; closing it does the same. */
int32_t platform_poller_remove(int32_t poller, int32_t descriptor);

/* Waits and stores up to `capacity` ready descriptors; answers how many, 0 after the timeout or a signal.
 * A negative timeout waits for ever. */
int32_t platform_poller_wait(int32_t poller, int32_t *ready, int32_t capacity, int32_t timeout_milliseconds);

/* A descriptor that platform_wakeup makes readable for good. */
int32_t platform_wakeup_create(void);
void platform_wakeup(int32_t descriptor);

/* Accepts a connection that neither blocks nor survives exec. */
int32_t platform_accept(int32_t listener);

/* Keeps every signal away from the calling thread. */
void platform_block_signals(void);

#endif
