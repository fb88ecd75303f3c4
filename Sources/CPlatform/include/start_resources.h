/* start_resources.h: whether the system gives what a start needs, asked before anything depends on it. */
#ifndef CPLATFORM_START_RESOURCES_H
#define CPLATFORM_START_RESOURCES_H

#include <stddef.h>
#include <stdint.h>

/* Whether `count` further threads can be there at the same time; 0, or the error's number. They end at once. */
int32_t platform_try_threads(int32_t count);

/* Whether so many bytes of memory can be mapped; 0, or the error's number. None of them is touched. */
int32_t platform_try_memory(size_t bytes);

/* Sets the limit of open files as high as this process may. */
void platform_raise_descriptor_limit(void);

/* The limit of open files. */
uint64_t platform_descriptor_limit(void);

/* Gives a child that was just started the limit that this process had before it raised its own: there are programs that
 * go through all numbers there may be, or that can use only the first of them. */
void platform_limit_child(int32_t process);

#endif
