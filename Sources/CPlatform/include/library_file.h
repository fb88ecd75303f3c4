/* library_file.h: opening directories only to look inside, and files that live in memory alone. */
#ifndef CPLATFORM_LIBRARY_FILE_H
#define CPLATFORM_LIBRARY_FILE_H

#include <stdint.h>

/* Opens an entry of a directory, itself a directory, following no link and asking for no right to list it;
 * -1 and errno otherwise. `parent` may be AT_FDCWD. */
int platform_open_directory(int parent, const char *name);

/* A new file in memory that may be mapped as code; -1 and errno where the kernel forbids it. */
int platform_memory_file(const char *name);

/* Forbids every later change of a file in memory, also to ourselves. 0, or -1 and errno. */
int platform_memory_seal(int file);

#endif
