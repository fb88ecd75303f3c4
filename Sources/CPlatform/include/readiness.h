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

/* Reports `descriptor` once, when it is readable or hung up, and then no more until it is armed again. */
int32_t platform_poller_arm(int32_t poller, int32_t descriptor);

/* No more reports of `descriptor`; closing it does the same. */
int32_t platform_poller_remove(int32_t poller, int32_t descriptor);

/* Waits and stores up to `capacity` ready descriptors; answers how many, 0 after the timeout or a signal.
 * A negative timeout waits for ever. */
int32_t platform_poller_wait(int32_t poller, int32_t *ready, int32_t capacity, int32_t timeout_milliseconds);

/* Whether `descriptor` is readable or hung up now. */
int32_t platform_is_ready(int32_t descriptor);

/* A pipe whose reading end does not block; neither end survives exec. */
int32_t platform_pipe(int32_t ends[2]);

/* How many bytes a read would find; 0 where nothing is there or that is not known. */
int32_t platform_readable_bytes(int32_t descriptor);

/* A descriptor that platform_wakeup makes readable for good. */
int32_t platform_wakeup_create(void);
void platform_wakeup(int32_t descriptor);

/* Accepts a connection that neither blocks nor survives exec. */
int32_t platform_accept(int32_t listener);

/* Keeps every signal away from the calling thread. */
void platform_block_signals(void);

#endif
