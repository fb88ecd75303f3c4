#define _GNU_SOURCE
#include "thread_slot.h"

#include <linux/membarrier.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

_Thread_local platform_thread_slot *platform_current_slot __attribute__((tls_model("initial-exec")));
int platform_has_membarrier;

static platform_thread_slot *newest;
static pthread_key_t exit_key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void release_slot(void *pointer) {
    platform_thread_slot *slot = pointer;
    platform_current_slot = 0;
    __atomic_store_n(&slot->in_use, 0, __ATOMIC_RELEASE);
}

static void initialise(void) {
    pthread_key_create(&exit_key, release_slot);
    /* Refused by old kernels and some sandboxes; sections then pay for a full fence themselves. */
    int registered = syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
    __atomic_store_n(&platform_has_membarrier, registered, __ATOMIC_RELEASE);
}

platform_thread_slot *platform_thread_slot_claim(void) {
    pthread_once(&once, initialise);
    platform_thread_slot *slot = __atomic_load_n(&newest, __ATOMIC_ACQUIRE);
    for (; slot; slot = slot->next) {
        uint32_t unused = 0;
        if (__atomic_compare_exchange_n(&slot->in_use, &unused, 1, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) break;
    }
    if (!slot) {
        void *memory = 0;
        if (posix_memalign(&memory, sizeof(platform_thread_slot), sizeof(platform_thread_slot))) abort();
        slot = memory;
        slot->sequence = 0;
        slot->scratch = 0;
        slot->in_use = 1;
        platform_thread_slot *head = __atomic_load_n(&newest, __ATOMIC_ACQUIRE);
        do {
            slot->next = head;
            slot->index = head ? head->index + 1 : 1;
        } while (!__atomic_compare_exchange_n(&newest, &head, slot, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE));
    }
    platform_current_slot = slot;
    pthread_setspecific(exit_key, slot);
    return slot;
}

platform_thread_slot *platform_thread_slots(void) { return __atomic_load_n(&newest, __ATOMIC_ACQUIRE); }

void platform_barrier_all_threads(void) {
    if (platform_has_membarrier)
        syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
    else
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
}
