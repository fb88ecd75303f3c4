#pragma once

#include <stddef.h>
#include <sys/types.h>

/* What the GNU C library has and Swift's Glibc module does not show. */

/* An empty file without a name, closed on exec; negative with errno set on failure. */
int test_memory_file(void);

/*
 * Starts a program, found on the PATH when its name has no slash, with three descriptors as its
 * 0, 1 and 2 and no others, and with default signal handling. `arguments`, whose first is the
 * program's name, and `environment` end with NULL; `directory` may be NULL. Returns 0, or an
 * errno value.
 */
int test_spawn(pid_t *process, const char *program, char *const *arguments,
               char *const *environment, const char *directory, const int descriptors[3]);

/*
 * Makes a child that holds a copy of each of this process's descriptors, as one has between fork
 * and exec, and does nothing until this process ends. Negative with errno set on failure.
 */
pid_t test_fork(void);

/*
 * Makes a terminal; answers the end a person would sit at, and gives the program's. Both are closed
 * on exec. Negative with errno set on failure.
 */
int test_open_terminal(int *device);

/* Bytes that malloc has handed out; 0 under a sanitizer, which brings its own. */
size_t test_allocated_bytes(void);
