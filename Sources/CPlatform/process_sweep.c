#define _GNU_SOURCE
#include "process_sweep.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif

static const char variable[] = PLATFORM_MARK_VARIABLE "=";
enum { variable_size = sizeof variable - 1, entry_size = variable_size + platform_mark_size };

static int is_marked(const char *entry, const platform_mark *marks, size_t count) {
    if (memcmp(entry, variable, variable_size) != 0) return 0;
    for (size_t index = 0; index < count; index++)
        if (strncmp(entry + variable_size, marks[index].text, platform_mark_size) == 0) return 1;
    return 0;
}

/* Reads an environment piece by piece; only the head of an entry is kept. */
static int carries_mark(int directory, const char *process, const platform_mark *marks, size_t count) {
    char path[32] = {0};
    size_t length = strlen(process);
    if (length > 16) return 0;
    memcpy(path, process, length);
    memcpy(path + length, "/environ", sizeof "/environ");
    int file = openat(directory, path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;

    char piece[4096], entry[entry_size] = {0};
    size_t filled = 0;
    int found = 0;
    for (ssize_t size; !found && (size = read(file, piece, sizeof piece)) > 0;) {
        for (ssize_t at = 0; at < size && !found; at++) {
            if (filled < entry_size) entry[filled] = piece[at];
            filled++;
            if (piece[at]) continue;
            found = filled > variable_size && filled <= entry_size && is_marked(entry, marks, count);
            filled = 0;
        }
    }
    close(file);
    return found;
}

static int process_number(const char *name) {
    int number = 0;
    for (; *name >= '0' && *name <= '9' && number < 100000000; name++) number = number * 10 + (*name - '0');
    return *name ? 0 : number;
}

/* The descriptor keeps the number from being given to another process between the second look and the signal. */
static int end_process(int directory, const char *name, int number, const platform_mark *marks, size_t count,
                       int sent) {
    int process = (int)syscall(SYS_pidfd_open, number, 0);
    if (process < 0) return errno == ESRCH ? 0 : kill(number, sent) == 0;
    int done = carries_mark(directory, name, marks, count) &&
               syscall(SYS_pidfd_send_signal, process, sent, 0, 0) == 0;
    close(process);
    return done;
}

int32_t platform_sweep(const platform_mark *marks, size_t count, int32_t signal) {
    /* opendir allocates, and may not be used between fork and exec. */
    int directory = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return -1;
    _Alignas(struct dirent64) char names[8192];
    int own = getpid(), found = 0;
    for (long size; (size = syscall(SYS_getdents64, directory, names, sizeof names)) > 0;) {
        for (long at = 0; at < size;) {
            const struct dirent64 *name = (const struct dirent64 *)(names + at);
            at += name->d_reclen;
            int number = process_number(name->d_name);
            if (number <= 0 || number == own || !carries_mark(directory, name->d_name, marks, count)) continue;
            if (!signal || end_process(directory, name->d_name, number, marks, count, signal)) found++;
        }
    }
    close(directory);
    return found;
}
