/* workload.h: one event's four metrics, updated by hand. */
#ifndef CYARDSTICK_WORKLOAD_H
#define CYARDSTICK_WORKLOAD_H

#include <stddef.h>
#include <stdint.h>

#define YARDSTICK_LABELS 3
#define YARDSTICK_BOUNDS 10

/* Counter, sum, last value, and a distribution: its sum and its buckets. */
typedef struct yardstick_cells {
    uint64_t count, sum, last, duration, buckets[YARDSTICK_BOUNDS + 1];
} yardstick_cells;

typedef struct yardstick_set {
    const char *labels[YARDSTICK_LABELS];
    uint32_t lengths[YARDSTICK_LABELS];
    uint64_t hash;
    yardstick_cells cells;
} yardstick_set;

/* Label sets, and where each is found by its labels; `slots` has 256 entries. */
typedef struct yardstick_workload {
    yardstick_set *sets;
    int count;
    yardstick_set **slots;
} yardstick_workload;

/* Copies nothing: the labels must live as long. */
yardstick_workload *yardstick_workload_make(int capacity);
void yardstick_workload_add(yardstick_workload *, const char *const labels[YARDSTICK_LABELS]);
void yardstick_workload_free(yardstick_workload *);

/* The set of these labels: one hash, one comparison. */
yardstick_set *yardstick_find(const yardstick_workload *, const char *const *labels, const uint32_t *lengths);

/* Events whose set is known: atomic additions that any thread may make, or plain ones of one thread. */
void yardstick_atomic(yardstick_workload *, long events);
void yardstick_plain(yardstick_workload *, long events);

/* Events whose set is looked up by its labels; then plain additions. */
void yardstick_lookup(yardstick_workload *, long events);

/* All a plain event does once its set is found. */
void yardstick_apply(yardstick_cells *, int64_t duration, int64_t bytes);

#endif
