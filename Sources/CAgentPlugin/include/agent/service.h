/* agent/service.h: agent.service/1: a plugin with threads of its own. */
#ifndef AGENT_SERVICE_H
#define AGENT_SERVICE_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AGENT_SERVICE_V1 "agent.service/1"

typedef struct agent_service_v1 {
    uint32_t size;
    uint32_t reserved;

    /* Starts threads and connections and returns at once; what takes time happens in its threads. On
     * failure nothing runs. [main] */
    agent_status (*start)(void *instance, agent_error *error);

    /* Stops and joins every thread before `deadline_ns` (monotonic). Called once for each start that
     * succeeded. With any answer but AGENT_OK, or none in time, the instance is abandoned: threads may still
     * run, so destroy is not called. [main] */
    agent_status (*stop)(void *instance, int64_t deadline_ns, agent_error *error);
} agent_service_v1;

#ifdef __cplusplus
}
#endif
#endif
