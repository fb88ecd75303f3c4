#include "workload.h"

#include <stdlib.h>
#include <string.h>

/* The benchmark's buckets, in nanoseconds. */
static const int64_t bounds[YARDSTICK_BOUNDS] = {5000000,   10000000,  25000000,   50000000,   100000000,
                                                 250000000, 500000000, 1000000000, 2500000000, 5000000000};

static inline int bucket_of(int64_t value) {
    int bucket = 0;
    for (int index = 0; index < YARDSTICK_BOUNDS; index++) bucket += bounds[index] < value;
    return bucket;
}

static inline uint64_t fold(uint64_t a, uint64_t b) {
    __uint128_t product = (__uint128_t)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t hash_text(uint64_t state, const char *text, uint32_t length) {
    uint64_t a = 0, b = 0;
    if (length >= 8) {
        memcpy(&a, text, 8);
        memcpy(&b, text + length - 8, 8);
    } else if (length >= 4) {
        memcpy(&a, text, 4);
        memcpy(&b, text + length - 4, 4);
    } else if (length) {
        a = (uint8_t)text[0] | (uint64_t)(uint8_t)text[length >> 1] << 8 | (uint64_t)(uint8_t)text[length - 1] << 16;
    }
    return fold(state ^ a ^ 0x9e3779b97f4a7c15u, b ^ length ^ 0xd1b54a32d192ed03u);
}

static inline uint64_t hash_labels(const char *const *labels, const uint32_t *lengths) {
    uint64_t hash = 0x2545f4914f6cdd1du;
    for (int index = 0; index < YARDSTICK_LABELS; index++) hash = hash_text(hash, labels[index], lengths[index]);
    return hash;
}

yardstick_workload *yardstick_workload_make(int capacity) {
    yardstick_workload *workload = malloc(sizeof *workload);
    workload->sets = calloc(capacity, sizeof *workload->sets);
    workload->slots = calloc(256, sizeof *workload->slots);
    workload->count = 0;
    return workload;
}

void yardstick_workload_add(yardstick_workload *workload, const char *const labels[YARDSTICK_LABELS]) {
    yardstick_set *set = &workload->sets[workload->count++];
    for (int index = 0; index < YARDSTICK_LABELS; index++) {
        set->labels[index] = labels[index];
        set->lengths[index] = strlen(labels[index]);
    }
    set->hash = hash_labels(set->labels, set->lengths);
    int slot = set->hash & 255;
    while (workload->slots[slot]) slot = (slot + 1) & 255;
    workload->slots[slot] = set;
}

void yardstick_workload_free(yardstick_workload *workload) {
    free(workload->sets);
    free(workload->slots);
    free(workload);
}

yardstick_set *yardstick_find(const yardstick_workload *workload, const char *const *labels, const uint32_t *lengths) {
    uint64_t hash = hash_labels(labels, lengths);
    for (int slot = hash & 255;; slot = (slot + 1) & 255) {
        yardstick_set *set = workload->slots[slot];
        if (!set) return 0;
        if (set->hash != hash) continue;
        int same = 1;
        for (int index = 0; index < YARDSTICK_LABELS && same; index++)
            same = set->lengths[index] == lengths[index] && !memcmp(set->labels[index], labels[index], lengths[index]);
        if (same) return set;
    }
}

void yardstick_apply(yardstick_cells *cells, int64_t duration, int64_t bytes) {
    cells->count += 1;
    cells->sum += bytes;
    cells->last = bytes;
    cells->duration += duration;
    cells->buckets[bucket_of(duration)] += 1;
}

void yardstick_atomic(yardstick_workload *workload, long events) {
    int next = 0;
    for (long event = 0; event < events; event++) {
        yardstick_cells *cells = &workload->sets[next].cells;
        int64_t duration = (event & 1023) * 1000000, bytes = event & 4095;
        __atomic_fetch_add(&cells->count, 1, __ATOMIC_RELAXED);
        __atomic_fetch_add(&cells->sum, bytes, __ATOMIC_RELAXED);
        __atomic_store_n(&cells->last, bytes, __ATOMIC_RELAXED);
        __atomic_fetch_add(&cells->duration, duration, __ATOMIC_RELAXED);
        __atomic_fetch_add(&cells->buckets[bucket_of(duration)], 1, __ATOMIC_RELAXED);
        if (++next == workload->count) next = 0;
    }
}

void yardstick_plain(yardstick_workload *workload, long events) {
    int next = 0;
    for (long event = 0; event < events; event++) {
        yardstick_apply(&workload->sets[next].cells, (event & 1023) * 1000000, event & 4095);
        if (++next == workload->count) next = 0;
    }
}

void yardstick_lookup(yardstick_workload *workload, long events) {
    int next = 0;
    for (long event = 0; event < events; event++) {
        yardstick_set *given = &workload->sets[next];
        yardstick_set *found = yardstick_find(workload, given->labels, given->lengths);
        yardstick_apply(&found->cells, (event & 1023) * 1000000, event & 4095);
        if (++next == workload->count) next = 0;
    }
}
