/* process_sweep.h: finding and ending processes by a mark in their environment.
 *
 * A process inherits the mark from its parent and keeps it whatever session or group it moves to; it is lost only
 * with the environment itself (env -i).
 */
#ifndef CPLATFORM_PROCESS_SWEEP_H
#define CPLATFORM_PROCESS_SWEEP_H

#include <stddef.h>
#include <stdint.h>

/* The variable that carries the mark. */
#define PLATFORM_MARK_VARIABLE "AGENT_RUN_ID"

enum { platform_mark_size = 64 };

/* The variable's value, ended by a zero. */
typedef struct platform_mark {
    char text[platform_mark_size];
} platform_mark;

/* Sends `signal` to each process of this machine that carries one of the marks and may be seen, but not to the
 * caller; 0 counts them only. Answers how many there were, or -1 and errno where /proc cannot be read.
 * Async-signal-safe. A process that another forks during the walk may be missed: KILL until there are none. */
int32_t platform_sweep(const platform_mark *marks, size_t count, int32_t signal);

#endif
