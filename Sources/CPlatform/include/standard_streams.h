/* standard_streams.h: what the process was given to read and write, and how to write without being held up. */
#ifndef CPLATFORM_STANDARD_STREAMS_H
#define CPLATFORM_STANDARD_STREAMS_H

#include <stddef.h>
#include <stdint.h>

/* Opens /dev/null for each of the descriptors 0 to 2 that is not open: else the first files and sockets of the process
 * would get these numbers, and what is meant for people would be written into them. */
void platform_open_standard_streams(void);

/* Writes all of it, waiting for room without using the processor, whether or not the descriptor blocks. At most
 * `patience` milliseconds in all, -1 for ever. 0; -1 and errno, ETIMEDOUT when nobody has made room in time. */
int32_t platform_write_all(int32_t descriptor, const void *bytes, size_t count, int32_t patience);

#endif
