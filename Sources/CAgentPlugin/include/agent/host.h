/* agent/host.h: the host, seen from a plugin. What it offers is found by id, like a plugin's interfaces. */
#ifndef AGENT_HOST_H
#define AGENT_HOST_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The host's own, constant: a plugin reads it and hands the pointer back in every call to the host. The one
 * given to create stands for that instance and is valid until destroy returns. */
typedef struct agent_host {
    uint32_t size;
    uint32_t abi_major;
    uint32_t abi_minor;
    uint32_t reserved;
    agent_str version; /* the agent's version, "1.0.0" */
    void *context;     /* the host's own: who is asking */

    /* The host interface of this id ("agent.host.log/1"), or NULL where this host does not offer it.
     * Tables are static: keep the pointer. [any] */
    const void *(*get_interface)(const struct agent_host *host, agent_str id);
} agent_host;
AGENT_STATIC_ASSERT(sizeof(agent_host) == 48, "agent_host");

#ifdef __cplusplus
}
#endif
#endif
