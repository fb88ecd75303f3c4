#include "series.h"

#include <stdlib.h>
#include <string.h>

typedef struct entry {
    uint64_t hash, value;
    char text[];
} entry;

static uint64_t hash_of(const char *text) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (; *text; text++) hash = (hash ^ (uint8_t)*text) * 0x100000001b3u;
    return hash ^ hash >> 32;
}

/* A text that differs from number to number. */
static int write_text(char *text, long number) {
    int length = 10;
    memcpy(text, "device=\"d-", length);
    do text[length++] = '0' + number % 10;
    while (number /= 10);
    text[length] = 0;
    return length;
}

static void place(entry **slots, uint64_t mask, entry *new) {
    uint64_t slot = new->hash & mask;
    while (slots[slot]) slot = (slot + 1) & mask;
    slots[slot] = new;
}

long yardstick_make_series(long count) {
    uint64_t capacity = 8;
    entry **slots = calloc(capacity, sizeof *slots);
    for (long made = 0; made < count; made++) {
        char text[64];
        int length = write_text(text, made);
        entry *new = malloc(sizeof *new + length + 1);
        memcpy(new->text, text, length + 1);
        new->hash = hash_of(text);
        new->value = 1;
        if ((uint64_t)(made + 1) * 8 > capacity * 5) {
            entry **larger = calloc(capacity * 2, sizeof *slots);
            for (uint64_t slot = 0; slot < capacity; slot++)
                if (slots[slot]) place(larger, capacity * 2 - 1, slots[slot]);
            free(slots);
            slots = larger;
            capacity *= 2;
        }
        place(slots, capacity - 1, new);
    }
    long found = 0;
    for (uint64_t slot = 0; slot < capacity; slot++) {
        found += slots[slot] != 0;
        free(slots[slot]);
    }
    free(slots);
    return found;
}
