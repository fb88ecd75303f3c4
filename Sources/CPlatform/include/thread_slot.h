/* thread_slot.h: a small identity for each thread, and read sections without locks.
 *
 * Swift has no thread-local storage, and readers that announce themselves with one plain store need
 * membarrier(2): both live here, everything above them is Swift.
 *
 * A reader enters a section before it follows a shared pointer and leaves it after. Whoever replaces a
 * pointer frees the old memory when every thread that was inside a section has left it (a "grace period").
 * Entering costs a load and a store; the writer pays, with a barrier in all threads of the process.
 */
#ifndef CPLATFORM_THREAD_SLOT_H
#define CPLATFORM_THREAD_SLOT_H

#include <stdint.h>

/* One per live thread that ever asked, on a cache line of its own; reused when its thread has ended. */
typedef struct platform_thread_slot {
    uint64_t sequence; /* odd while the thread is inside a read section */
    uint32_t index;    /* from 1; no two live threads share one */
    uint32_t in_use;
    struct platform_thread_slot *next; /* all slots ever made, newest first */
    void *scratch; /* the owner's: memory it reuses from event to event; kept when the thread ends */
    uint64_t padding[12];
} platform_thread_slot; /* 128 bytes, allocated at such a boundary */

extern _Thread_local platform_thread_slot *platform_current_slot __attribute__((tls_model("initial-exec")));
extern int platform_has_membarrier;

/* Gives the calling thread a slot; the slow path of platform_thread_slot_get. */
platform_thread_slot *platform_thread_slot_claim(void);

/* The newest slot; follow `next` for the others. */
platform_thread_slot *platform_thread_slots(void);

/* Orders every store made before a section in every thread with the loads that come after this call. */
void platform_barrier_all_threads(void);

static inline platform_thread_slot *platform_thread_slot_get(void) {
    platform_thread_slot *slot = platform_current_slot;
    return __builtin_expect(slot != 0, 1) ? slot : platform_thread_slot_claim();
}

/* Enters a section. 1: the caller must leave it; 0: the thread was inside one already. */
static inline uint32_t platform_section_enter(platform_thread_slot *slot) {
    uint64_t sequence = __atomic_load_n(&slot->sequence, __ATOMIC_RELAXED);
    if (sequence & 1) return 0;
    __atomic_store_n(&slot->sequence, sequence + 1, __ATOMIC_RELAXED);
    if (__builtin_expect(platform_has_membarrier, 1))
        __atomic_signal_fence(__ATOMIC_SEQ_CST);
    else
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
    return 1;
}

static inline void platform_section_leave(platform_thread_slot *slot) {
    uint64_t sequence = __atomic_load_n(&slot->sequence, __ATOMIC_RELAXED);
    __atomic_store_n(&slot->sequence, sequence + 1, __ATOMIC_RELEASE);
}

/* The sequence as another thread sees it. */
static inline uint64_t platform_slot_sequence(const platform_thread_slot *slot) {
    return __atomic_load_n(&slot->sequence, __ATOMIC_ACQUIRE);
}

#endif
