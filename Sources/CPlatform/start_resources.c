#define _GNU_SOURCE
#include "start_resources.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>

static void *wait_for_the_others(void *gate) {
    pthread_mutex_lock(gate);
    pthread_mutex_unlock(gate);
    return 0;
}

int32_t platform_try_threads(int32_t count) {
    pthread_t *threads = calloc((size_t)count, sizeof *threads);
    if (!threads) return ENOMEM;
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    int32_t code = 0, started = 0;
    pthread_mutex_lock(&gate);
    for (; started < count; started++) {
        code = pthread_create(&threads[started], 0, wait_for_the_others, &gate);
        if (code) break;
    }
    pthread_mutex_unlock(&gate);
    for (int32_t at = 0; at < started; at++) pthread_join(threads[at], 0);
    free(threads);
    return code;
}

int32_t platform_try_memory(size_t bytes) {
    void *memory = mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return errno;
    munmap(memory, bytes);
    return 0;
}

static rlim_t limit_before_raise; /* 0: not raised */

void platform_raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max) return;
    rlim_t before = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) == 0) __atomic_store_n(&limit_before_raise, before, __ATOMIC_RELEASE);
}

uint64_t platform_descriptor_limit(void) {
    struct rlimit limit;
    return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : 0;
}

void platform_limit_child(int32_t process) {
    rlim_t before = __atomic_load_n(&limit_before_raise, __ATOMIC_ACQUIRE);
    struct rlimit limit;
    if (!before || prlimit(process, RLIMIT_NOFILE, 0, &limit) != 0) return;
    limit.rlim_cur = before;
    prlimit(process, RLIMIT_NOFILE, &limit, 0);
}
