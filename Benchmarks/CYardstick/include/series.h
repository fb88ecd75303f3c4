/* series.h: a new entry in a table for each of many label sets. */
#ifndef CYARDSTICK_SERIES_H
#define CYARDSTICK_SERIES_H

#include <stdint.h>

/* Makes `count` entries, each from a label text of its own, in a table that doubles; then frees them all.
 * Answers how many were made, so that nothing is optimised away. */
long yardstick_make_series(long count);

#endif
