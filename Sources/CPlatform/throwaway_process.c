#define _GNU_SOURCE
#include "throwaway_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

extern char **environ;

pid_t platform_spawn(const char *program, char *const arguments[], const int32_t *files, uint32_t count,
                     int32_t first, int32_t output) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    pid_t process = -1;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int code = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDWR, 0);
    for (uint32_t i = 0; code == 0 && i < count; i++)
        code = posix_spawn_file_actions_adddup2(&actions, files[i], first + (int32_t)i);
    if (code == 0) code = posix_spawn_file_actions_adddup2(&actions, output, first + (int32_t)count);
    if (code == 0) code = posix_spawn_file_actions_adddup2(&actions, 0, 1);
    if (code == 0) code = posix_spawn_file_actions_adddup2(&actions, 0, 2);
    if (code == 0) code = posix_spawn(&process, program, &actions, &attributes, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    errno = code;
    return code == 0 ? process : -1;
}

void platform_end_with_parent(pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    /* It may have ended before it was asked for. */
    if (getppid() != parent) _exit(1);
}

/* Limits the addresses of this process to what it has and `bytes` more. */
static void limit_memory(uint64_t bytes) {
    unsigned long long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    int found = file ? fscanf(file, "%llu", &pages) : 0;
    if (file) fclose(file);
    if (found != 1) return;
    struct rlimit limit;
    uint64_t wanted = pages * (uint64_t)sysconf(_SC_PAGESIZE) + bytes;
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_max < wanted) return;
    limit.rlim_cur = limit.rlim_max = wanted;
    setrlimit(RLIMIT_AS, &limit);
}

pid_t platform_throwaway_copy(uint64_t bytes) {
    static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP};
    static const struct rlimit no_core = {0, 0};
    pid_t parent = getpid();
    pid_t copy = fork();
    if (copy != 0) return copy;
    platform_end_with_parent(parent);
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++) signal(crashes[i], SIG_DFL);
    setrlimit(RLIMIT_CORE, &no_core);
    int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (file >= 0) {
        ssize_t written = write(file, "1000", 4);
        (void)written;
        close(file);
    }
    if (bytes > 0) limit_memory(bytes);
    return 0;
}
