#define _GNU_SOURCE
#include "line_protocol.h"

#include <string.h>

static inline int64_t read_integer(const char **at) {
    int64_t value = 0;
    for (; **at >= '0' && **at <= '9'; ++*at) value = value * 10 + (**at - '0');
    return value;
}

/* What stands between the next `=` and `end`; `at` goes behind it. */
static inline const char *value(const char **at, char end, uint32_t *length) {
    const char *start = (const char *)rawmemchr(*at, '=') + 1;
    *at = rawmemchr(start, end);
    *length = *at - start;
    return start;
}

long yardstick_read_lines(yardstick_workload *workload, const char *text, size_t length) {
    const char *at = text, *end = text + length;
    long lines = 0;
    while (at < end) {
        const char *labels[YARDSTICK_LABELS];
        uint32_t lengths[YARDSTICK_LABELS], run;
        value(&at, ',', &run);
        labels[0] = value(&at, ',', &lengths[0]);
        labels[1] = value(&at, ',', &lengths[1]);
        labels[2] = value(&at, ' ', &lengths[2]);
        at = (const char *)rawmemchr(at, '=') + 1;
        int64_t duration = read_integer(&at);
        at = (const char *)rawmemchr(at, '=') + 1;
        int64_t bytes = read_integer(&at);
        at = (const char *)rawmemchr(at, '\n') + 1;
        yardstick_set *set = yardstick_find(workload, labels, lengths);
        if (set) yardstick_apply(&set->cells, duration, bytes);
        lines++;
    }
    return lines;
}
