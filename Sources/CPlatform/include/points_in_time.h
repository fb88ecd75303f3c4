/* points_in_time.h: times as plain nanoseconds. In which module Swift finds struct timespec depends on the order in which
 * a target's files are read; in a release build of a large one it is a module that no file can import.
 */
#ifndef CPLATFORM_POINTS_IN_TIME_H
#define CPLATFORM_POINTS_IN_TIME_H

#include <pthread.h>
#include <stdint.h>

/* pthread_cond_timedwait until `deadline` on the clock of the condition. */
int32_t platform_condition_wait(pthread_cond_t *condition, pthread_mutex_t *mutex, int64_t deadline);

/* User and system time of this process since its start; 0 where that is not known. */
int64_t platform_process_time(void);

#endif
