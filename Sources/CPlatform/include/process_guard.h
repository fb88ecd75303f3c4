/* process_guard.h: a process that outlives this one for a moment, and ends what it leaves behind.
 *
 * It is forked, holds nothing of its parent but one socket, and waits. It is told which marks are in use
 * (process_sweep.h) and which process groups belong to them. When its parent is gone, however it went, it kills the
 * groups, then every process with one of the marks, and ends.
 */
#ifndef CPLATFORM_PROCESS_GUARD_H
#define CPLATFORM_PROCESS_GUARD_H

#include "process_sweep.h"

typedef struct platform_guard {
    int32_t process;
    int32_t socket;
} platform_guard;

/* Forks the guard. 0, or -1 and errno. Whoever calls owns both numbers: closing the socket ends the guard, and what
 * it guards; the process is to be waited for. */
int32_t platform_guard_start(platform_guard *guard);

/* The mark is in use from now on. Told before its first process starts, so that none is missed. `group` 0: its group
 * is not known yet. Telling it again replaces the group. 0, or -1 and errno: EPIPE when the guard is gone. */
int32_t platform_guard_add(int32_t socket, const platform_mark *mark, int32_t group);

/* Nothing of the mark is left. */
int32_t platform_guard_remove(int32_t socket, const platform_mark *mark);

#endif
