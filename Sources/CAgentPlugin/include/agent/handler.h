/* agent/handler.h: agent.handler/1: events in batches, for a plugin that must compute with them. */
#ifndef AGENT_HANDLER_H
#define AGENT_HANDLER_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AGENT_HANDLER_V1 "agent.handler/1"

typedef struct agent_measurement {
    agent_str key;
    agent_value value;
} agent_measurement;

/* An event, copied out of its emitter's thread. Views are valid until on_events returns. */
typedef struct agent_event {
    agent_str name;
    agent_str correlation_id; /* absent when there is none */
    int64_t time_ns;          /* since 1970 */
    const agent_measurement *measurements;
    const agent_pair *metadata; /* nested metadata is flattened: "device.site" */
    uint32_t measurements_count;
    uint32_t metadata_count;
} agent_event;
AGENT_STATIC_ASSERT(sizeof(agent_event) == 64, "agent_event");

typedef struct agent_handler_v1 {
    uint32_t size;
    uint32_t batch;      /* events the plugin likes best per call; 0: 256 */
    int64_t interval_ns; /* the longest an event waits for its batch */

    /* Event names wanted, by index; ".x" follows the event prefix, "a.b.*" means everything below a.b.
     * AGENT_END past the last. The text stays valid while the instance lives. [main] */
    agent_status (*subscription)(void *instance, uint32_t index, agent_str *pattern);

    /* Takes a batch. Events that find the host's bounded queue full are dropped and counted. A failing
     * handler is quarantined and tried again after a back-off. [instance] */
    agent_status (*on_events)(void *instance, const agent_event *events, uint32_t count, agent_error *error);
} agent_handler_v1;

#ifdef __cplusplus
}
#endif
#endif
