#define _GNU_SOURCE
#include "process_guard.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

enum { verb_add = 1, verb_remove = 2 };
enum { walk_pause = 10 /* ms */, settled_walks = 5, starting_walks = 100, most_walks = 1000 };

typedef struct message {
    int32_t verb;
    int32_t group;
    platform_mark mark;
} message;

/* Everything below runs in the forked child of a process with many threads: system calls only. */

typedef struct table {
    platform_mark *marks; /* apart from the groups, as platform_sweep takes them */
    int32_t *groups;
    size_t count, capacity;
} table;

static int has_room(table *table) {
    if (table->count < table->capacity) return 1;
    size_t capacity = table->capacity ? table->capacity * 2 : 256;
    size_t marks_size = capacity * sizeof(platform_mark), groups_size = capacity * sizeof(int32_t);
    char *memory =
        mmap(0, marks_size + groups_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return 0;
    platform_mark *marks = (platform_mark *)memory;
    int32_t *groups = (int32_t *)(memory + marks_size);
    if (table->count) {
        memcpy(marks, table->marks, table->count * sizeof *marks);
        memcpy(groups, table->groups, table->count * sizeof *groups);
        munmap(table->marks, table->capacity * (sizeof *marks + sizeof *groups));
    }
    *table = (struct table){.marks = marks, .groups = groups, .count = table->count, .capacity = capacity};
    return 1;
}

static void take(table *table, const message *message) {
    size_t at = 0;
    while (at < table->count && memcmp(&table->marks[at], &message->mark, sizeof message->mark) != 0) at++;
    if (message->verb == verb_remove) {
        if (at == table->count) return;
        table->count--;
        table->marks[at] = table->marks[table->count];
        table->groups[at] = table->groups[table->count];
    } else if (message->verb == verb_add && (at < table->count || has_room(table))) {
        if (at == table->count) table->count++;
        table->marks[at] = message->mark;
        table->groups[at] = message->group;
    }
}

static void pause_for(long milliseconds) {
    struct timespec time = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000};
    nanosleep(&time, 0);
}

/* Walks until nothing was found for a while: a process is not seen while it executes its program, and before that
 * not at all where it was forked sharing memory (posix_spawn), for its environment is the parent's then. */
static void end_all(const table *table) {
    int is_starting = 0;
    for (size_t at = 0; at < table->count; at++) {
        if (table->groups[at] > 1) kill(-table->groups[at], SIGKILL);
        is_starting |= table->groups[at] == 0;
    }
    int clean_walks = is_starting ? starting_walks : settled_walks;
    for (int walk = 0, clean = 0; table->count && clean < clean_walks && walk < most_walks; walk++) {
        clean = platform_sweep(table->marks, table->count, SIGKILL) > 0 ? 0 : clean + 1;
        pause_for(walk_pause);
    }
}

static void guard(int socket, int parent) {
    table table = {0};
    struct pollfd sources[2] = {{.fd = socket, .events = POLLIN}, {.fd = parent, .events = POLLIN}};
    for (;;) {
        message message;
        ssize_t size = recv(socket, &message, sizeof message, MSG_DONTWAIT);
        if (size == (ssize_t)sizeof message) {
            take(&table, &message);
            continue;
        }
        if (size >= 0 || (errno != EAGAIN && errno != EINTR)) break;
        /* What the parent said before it died has been read by now. */
        if (sources[1].revents) break;
        if (poll(sources, 2, -1) < 0 && errno != EINTR) break;
    }
    end_all(&table);
}

/* Has ps and pidof call this process by its name. With the agent's own command line it would be taken for a second agent,
 * and "kill -HUP $(pidof agent)" would have two addresses. Where the arguments lie cannot be told (no /proc), nothing changes. */
static void name_itself(void) {
    static const char name[] = "agent-guard";
    char stat[1024];
    int file = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
    if (file < 0) return;
    ssize_t size = read(file, stat, sizeof stat - 1);
    close(file);
    if (size <= 0) return;
    stat[size] = 0;
    /* The process's own name stands in parentheses and may hold anything; behind it comes the third field. */
    char *field = strrchr(stat, ')');
    for (int number = 2; field && number < 48; number++) field = strchr(field + 1, ' ');
    if (!field) return;
    char *end = 0;
    uintptr_t start = strtoull(field, &end, 10), stop = strtoull(end, &end, 10);
    if (start == 0 || stop <= start || stop - start < sizeof name) return;
    memset((void *)start, 0, stop - start);
    memcpy((void *)start, name, sizeof name);
}

/* Leaves the parent's session, so that what ends it (a terminal, a signal to the group) does not end the guard. */
static void become_guard(int socket, int parent_number) {
    setsid();
    prctl(PR_SET_NAME, "agent-guard", 0, 0, 0);
    name_itself();
    for (int number = 1; number < NSIG; number++) signal(number, number == SIGCHLD ? SIG_DFL : SIG_IGN);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, 0);
    if (chdir("/") != 0) _exit(1);

    /* The socket becomes 0, the parent's descriptor 1; nothing else stays open. */
    if (dup2(socket, 0) < 0) _exit(1);
    int parent = (int)syscall(SYS_pidfd_open, parent_number, 0);
    if (parent >= 0 && parent != 1) dup2(parent, 1);
    if (parent < 0) close(1);
    if (syscall(SYS_close_range, 2u, ~0u, 0) != 0)
        for (int number = 2; number < 65536; number++) close(number);
    /* Forked, and then orphaned before the descriptor was there. */
    int is_orphan = getppid() != parent_number;
    guard(0, parent < 0 || is_orphan ? -1 : 1);
    _exit(0);
}

int32_t platform_guard_start(platform_guard *started) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return -1;
    int parent = getpid();
    /* No handler of the parent may run in the child. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t child = fork();
    if (child == 0) become_guard(ends[1], parent);
    int code = errno;
    pthread_sigmask(SIG_SETMASK, &before, 0);
    close(ends[1]);
    if (child < 0) {
        close(ends[0]);
        errno = code;
        return -1;
    }
    *started = (platform_guard){.process = child, .socket = ends[0]};
    return 0;
}

static int32_t tell(int32_t socket, int32_t verb, const platform_mark *mark, int32_t group) {
    message message = {.verb = verb, .group = group, .mark = *mark};
    ssize_t sent;
    do sent = send(socket, &message, sizeof message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -1 : 0;
}

int32_t platform_guard_add(int32_t socket, const platform_mark *mark, int32_t group) {
    return tell(socket, verb_add, mark, group);
}

int32_t platform_guard_remove(int32_t socket, const platform_mark *mark) {
    return tell(socket, verb_remove, mark, 0);
}
