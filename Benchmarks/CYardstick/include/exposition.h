/* exposition.h: a line of text for each series. */
#ifndef CYARDSTICK_EXPOSITION_H
#define CYARDSTICK_EXPOSITION_H

#include <stddef.h>
#include <stdint.h>

/* `count` lines of a copied text and a number each, through `buffer`, which is used again when it is full.
 * Answers how many bytes that were. */
size_t yardstick_write_lines(const char *text, size_t length, long count, char *buffer, size_t capacity);

#endif
