#include "points_in_time.h"

#include <time.h>

enum { nanoseconds_per_second = 1000000000 };

int32_t platform_condition_wait(pthread_cond_t *condition, pthread_mutex_t *mutex, int64_t deadline) {
    struct timespec end = {
        .tv_sec = deadline / nanoseconds_per_second, .tv_nsec = deadline % nanoseconds_per_second};
    return pthread_cond_timedwait(condition, mutex, &end);
}

int64_t platform_process_time(void) {
    struct timespec time;
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) != 0) return 0;
    return (int64_t)time.tv_sec * nanoseconds_per_second + time.tv_nsec;
}
