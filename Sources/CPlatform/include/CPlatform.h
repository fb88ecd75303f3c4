#pragma once
#include <stdint.h>
extern _Thread_local void *agent_tls_slot __attribute__((tls_model("initial-exec")));
static inline void *agent_thread_current(void) { return agent_tls_slot; }
static inline void agent_thread_set(void *p) { agent_tls_slot = p; }
int agent_membarrier_register(void);
int agent_membarrier(void);
