#include "exposition.h"

#include <string.h>

static inline char *write_integer(char *at, uint64_t value) {
    char digits[20];
    int count = 0;
    do {
        digits[count++] = '0' + value % 10;
    } while (value /= 10);
    while (count) *at++ = digits[--count];
    return at;
}

size_t yardstick_write_lines(const char *text, size_t length, long count, char *buffer, size_t capacity) {
    size_t total = 0;
    char *at = buffer;
    for (long line = 0; line < count; line++) {
        if ((size_t)(buffer + capacity - at) < length + 22) {
            total += at - buffer;
            at = buffer;
        }
        memcpy(at, text, length);
        at += length;
        *at++ = ' ';
        at = write_integer(at, line & 0xffff);
        *at++ = '\n';
    }
    return total + (at - buffer);
}
