#include "admission.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

struct ticket {
    int64_t since;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static volatile long global_active, site_active, held;

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static struct ticket *check_out(void) {
    int64_t since = now();
    pthread_mutex_lock(&lock);
    int is_in = global_active < 100 && site_active < 10;
    if (is_in) {
        global_active++;
        site_active++;
    }
    pthread_mutex_unlock(&lock);
    if (!is_in) return NULL;
    struct ticket *ticket = malloc(sizeof *ticket);
    if (ticket) ticket->since = since;
    return ticket;
}

static void check_in(struct ticket *ticket) {
    if (!ticket) return;
    int64_t end = now();
    pthread_mutex_lock(&lock);
    global_active--;
    site_active--;
    held += end - ticket->since;
    pthread_mutex_unlock(&lock);
    free(ticket);
}

void yardstick_admission(long rounds) {
    for (long round = 0; round < rounds; round++) check_in(check_out());
}
