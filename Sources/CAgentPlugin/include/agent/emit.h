/* agent/emit.h: agent.host.emit/1: events from a plugin into the bus.
 *
 * Prepare an event once (name and keys), then emit it often: values are given in the order of the keys.
 */
#ifndef AGENT_EMIT_H
#define AGENT_EMIT_H

#include "host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AGENT_HOST_EMIT_V1 "agent.host.emit/1"

/* What an event is called and which values it carries. The plugin's own, copied by prepare. */
typedef struct agent_event_keys {
    uint32_t size;
    uint32_t reserved;
    agent_str name; /* dotted path; one that begins with "." follows the instance's event prefix */
    const agent_str *measurements;
    const agent_str *metadata;
    uint32_t measurements_count;
    uint32_t metadata_count;
} agent_event_keys;

typedef struct agent_host_emit_v1 {
    uint32_t size;
    uint32_t reserved;

    /* Prepares an event; the handle is valid while the instance lives. AGENT_INVALID with the reason when a
     * name is not one, or `keys` too many. [any] */
    agent_status (*prepare)(const agent_host *host, const agent_event_keys *keys, uint64_t *event,
                            agent_error *error);

    /* Emits one event; the arrays are as long as the prepared keys and are read before it returns. An absent
     * measurement has type AGENT_VALUE_ABSENT, absent metadata data == NULL. Handlers run before it returns.
     * AGENT_INVALID: no such event. [any] */
    agent_status (*emit)(const agent_host *host, uint64_t event, const agent_value *measurements,
                         const agent_str *metadata);

    /* Emits `count` events whose values lie one behind the other: all of the first, then all of the second.
     * [any] */
    agent_status (*emit_batch)(const agent_host *host, uint64_t event, uint32_t count,
                               const agent_value *measurements, const agent_str *metadata);
} agent_host_emit_v1;

#ifdef __cplusplus
}
#endif
#endif
