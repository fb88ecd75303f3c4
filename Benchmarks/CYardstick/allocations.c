#include "allocations.h"

#include <errno.h>
#include <stddef.h>

/* glibc's own, by the names it exports for this purpose. */
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);

static _Thread_local uint64_t made __attribute__((tls_model("initial-exec")));

uint64_t yardstick_allocations(void) { return made; }

void *malloc(size_t size) {
    made++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    made++;
    return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
    made++;
    return __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    made++;
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    made++;
    *result = __libc_memalign(alignment, size);
    return *result ? 0 : ENOMEM;
}
