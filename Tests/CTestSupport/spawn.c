#define _GNU_SOURCE
#include "CTestSupport.h"

#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

int test_memory_file(void) { return memfd_create("child", MFD_CLOEXEC); }

/* A test runner may block or ignore signals, which a child would inherit. */
static void use_default_signals(posix_spawnattr_t *attributes)
{
    sigset_t set;
    sigemptyset(&set);
    posix_spawnattr_setsigmask(attributes, &set);
    sigfillset(&set);
    posix_spawnattr_setsigdefault(attributes, &set);
    posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

int test_spawn(pid_t *process, const char *program, char *const *arguments,
               char *const *environment, const char *directory, const int descriptors[3])
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&files);
    if (error)
        return error;
    error = posix_spawnattr_init(&attributes);
    if (error) {
        posix_spawn_file_actions_destroy(&files);
        return error;
    }
    for (int i = 0; i < 3 && !error; i++)
        error = posix_spawn_file_actions_adddup2(&files, descriptors[i], i);
    if (!error)
        error = posix_spawn_file_actions_addclosefrom_np(&files, 3);
    if (!error && directory)
        error = posix_spawn_file_actions_addchdir_np(&files, directory);
    if (!error) {
        use_default_signals(&attributes);
        error = posix_spawnp(process, program, &files, &attributes, arguments, environment);
    }
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return error;
}

pid_t test_fork(void)
{
    pid_t parent = getpid();
    pid_t child = fork();
    if (child)
        return child;
    while (getppid() == parent)
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    _exit(0);
}
