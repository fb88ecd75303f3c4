/* line_protocol.h: reading lines that are known to be plain. */
#ifndef CYARDSTICK_LINE_PROTOCOL_H
#define CYARDSTICK_LINE_PROTOCOL_H

#include "workload.h"

/* Reads `name,run_id=…,site=…,protocol=…,status=… duration=…i,bytes=…i` line by line: no escapes, no checks, keys by
 * their position. Looks each label set up and updates it. Answers how many lines there were. */
long yardstick_read_lines(yardstick_workload *, const char *text, size_t length);

#endif
