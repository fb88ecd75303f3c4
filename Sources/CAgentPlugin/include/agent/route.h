/* agent/route.h: agent.route/1: a path on the agent's HTTP server, answered as a stream. */
#ifndef AGENT_ROUTE_H
#define AGENT_ROUTE_H

#include "snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AGENT_ROUTE_V1 "agent.route/1"

#define AGENT_ROUTE_SNAPSHOT 1u /* hand a fresh snapshot to `handle` */

/* A route; the host sets `size` and zeroes the rest. */
typedef struct agent_route_def {
    uint32_t size;
    uint32_t flags;    /* AGENT_ROUTE_… */
    agent_str path;    /* exact: "/metrics" */
    agent_str methods; /* separated by spaces: "GET HEAD"; HEAD is answered as GET is, the host leaves the body out */
    agent_str summary;
} agent_route_def;

/* A request. Views are valid until handle returns. */
typedef struct agent_request {
    uint32_t size;
    uint32_t route; /* index of the route that matched */
    agent_str method;
    agent_str path;
    agent_str query; /* without "?" */
    agent_str accept;
    agent_str accept_encoding;
    agent_str remote; /* peer address */
    const agent_pair *headers; /* all of them, names in lower case */
    uint32_t headers_count;
    uint32_t reserved;
} agent_request;

/* Where the answer goes: `begin` once, then `write` as often as wanted. The host's own, valid until handle
 * returns; the answer is complete when it does. */
typedef struct agent_response {
    uint32_t size;
    uint32_t reserved;
    void *context;

    /* Status and headers, copied before it returns. Content-Length is optional; the host does the framing.
     * AGENT_INVALID: begun already, or a header that is not one. [object] */
    agent_status (*begin)(const struct agent_response *response, uint32_t status, const agent_pair *headers,
                          uint32_t headers_count);

    /* Some bytes of the body, copied before it returns. Waits while the client is slow (back-pressure);
     * AGENT_CLOSED or AGENT_TIMEOUT mean: stop and return. Write in pieces of 16 to 64 KiB. [object] */
    agent_status (*write)(const struct agent_response *response, const void *data, uint64_t size);
} agent_response;

typedef struct agent_route_v1 {
    uint32_t size;
    uint32_t reserved;

    /* Route number `index` of this instance; AGENT_END past the last. Views stay valid while it lives. [main] */
    agent_status (*describe_route)(void *instance, uint32_t index, agent_route_def *out);

    /* Answers a request, in a thread where blocking in `write` is fine; several requests may be answered at
     * once. `snapshot` is NULL without AGENT_ROUTE_SNAPSHOT, and the host releases it. A failure before
     * `begin` becomes a 500, after it the connection is cut. [any] */
    agent_status (*handle)(void *instance, const agent_request *request, agent_snapshot *snapshot,
                           const agent_response *response, agent_error *error);
} agent_route_v1;

#ifdef __cplusplus
}
#endif
#endif
