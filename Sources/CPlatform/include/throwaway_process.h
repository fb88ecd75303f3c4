/* throwaway_process.h: processes that are made to be lost: to try in them what may crash or hang. */
#ifndef CPLATFORM_THROWAWAY_PROCESS_H
#define CPLATFORM_THROWAWAY_PROCESS_H

#include <stdint.h>
#include <sys/types.h>

/* Starts `program` with the arguments, an empty signal mask, usual signal dispositions, /dev/null as input, output
 * and errors, and copies of `files` as the descriptors from *first on; `output` becomes the one after them. The
 * process's id, or -1 and errno. Safe from any thread. */
pid_t platform_spawn(const char *program, char *const arguments[], const int32_t *files, uint32_t count,
                     int32_t first, int32_t output);

/* Copies the process, for a program that has started no thread yet; 0 in the copy, -1 and errno. The copy ends with
 * its parent, is the first to go when memory runs out, leaves no core, and may have `bytes` of memory beyond what it
 * has (0: as much as it likes). */
pid_t platform_throwaway_copy(uint64_t bytes);

/* Has this process end when its parent, which is `parent`, does. */
void platform_end_with_parent(pid_t parent);

#endif
