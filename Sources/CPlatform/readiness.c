#define _GNU_SOURCE
#include "readiness.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { reports_at_once = 64 };

int32_t platform_poller_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int32_t platform_poller_add(int32_t poller, int32_t descriptor) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
    return epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event);
}

int32_t platform_poller_arm(int32_t poller, int32_t descriptor) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLONESHOT, .data.fd = descriptor};
    if (epoll_ctl(poller, EPOLL_CTL_MOD, descriptor, &event) == 0) return 0;
    return errno == ENOENT ? epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event) : -1;
}

int32_t platform_poller_remove(int32_t poller, int32_t descriptor) {
    return epoll_ctl(poller, EPOLL_CTL_DEL, descriptor, 0);
}

int32_t platform_poller_wait(int32_t poller, int32_t *ready, int32_t capacity, int32_t timeout_milliseconds) {
    struct epoll_event events[reports_at_once];
    int limit = capacity < reports_at_once ? capacity : reports_at_once;
    int count = epoll_wait(poller, events, limit, timeout_milliseconds);
    if (count < 0) return errno == EINTR ? 0 : -1;
    for (int index = 0; index < count; index++) ready[index] = events[index].data.fd;
    return count;
}

int32_t platform_is_ready(int32_t descriptor) {
    struct pollfd source = {.fd = descriptor, .events = POLLIN};
    return poll(&source, 1, 0) > 0;
}

int32_t platform_pipe(int32_t ends[2]) {
    if (pipe2(ends, O_CLOEXEC) != 0) return -1;
    /* Only our end: what is non-blocking is the pipe's end, and the other one is the command's. */
    return fcntl(ends[0], F_SETFL, O_NONBLOCK);
}

int32_t platform_readable_bytes(int32_t descriptor) {
    int count = 0;
    return ioctl(descriptor, FIONREAD, &count) == 0 ? count : 0;
}

int32_t platform_wakeup_create(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

void platform_wakeup(int32_t descriptor) {
    uint64_t one = 1;
    /* Fails only when it is readable already. */
    if (write(descriptor, &one, sizeof one) < 0) return;
}

int32_t platform_accept(int32_t listener) { return accept4(listener, 0, 0, SOCK_CLOEXEC | SOCK_NONBLOCK); }

void platform_block_signals(void) {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, 0);
}
