#define _GNU_SOURCE
#include "standard_streams.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

void platform_open_standard_streams(void) {
    for (int number = 0; number <= 2; number++) {
        if (fcntl(number, F_GETFD) >= 0 || errno != EBADF) continue;
        /* The lowest free number is given, which is this one. */
        if (open("/dev/null", O_RDWR) < 0) return;
    }
}

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* Waits for room; 0 when the time is over. */
static int has_room(int32_t descriptor, int64_t end) {
    for (;;) {
        int64_t left = end < 0 ? -1 : end - now();
        if (end >= 0 && left <= 0) left = 0;
        struct pollfd target = {.fd = descriptor, .events = POLLOUT};
        int ready = poll(&target, 1, left > INT_MAX ? INT_MAX : (int)left);
        if (ready > 0) return 1;
        if (ready < 0 && errno == EINTR) continue;
        if (ready < 0 || (end >= 0 && now() >= end)) return 0;
    }
}

int32_t platform_write_all(int32_t descriptor, const void *bytes, size_t count, int32_t patience) {
    const char *rest = bytes;
    int64_t end = patience < 0 ? -1 : now() + patience;
    while (count > 0) {
        /* A pipe that says it has room takes so much without blocking. */
        size_t piece = patience >= 0 && count > PIPE_BUF ? PIPE_BUF : count;
        if (patience >= 0 && !has_room(descriptor, end)) {
            errno = ETIMEDOUT;
            return -1;
        }
        ssize_t written = write(descriptor, rest, piece);
        if (written > 0) {
            rest += written;
            count -= (size_t)written;
        } else if (written < 0 && errno == EAGAIN) {
            if (has_room(descriptor, end)) continue;
            errno = ETIMEDOUT;
            return -1;
        } else if (written == 0 || errno != EINTR) {
            return -1;
        }
    }
    return 0;
}
