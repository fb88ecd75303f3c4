/* processes.h: starting programs and waiting for them. */
#ifndef CYARDSTICK_PROCESSES_H
#define CYARDSTICK_PROCESSES_H

/* Runs a program `count` times, `at_once` at a time, each in a session of its own and with a pipe that is read to its
 * end, by fork and exec. Answers how many ended well. */
long yardstick_processes(const char *path, long count, long at_once);

#endif
