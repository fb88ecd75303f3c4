/* agent/dashboards.h: agent.dashboards/1: Grafana dashboards that belong to the plugin, and
 * agent.host.dashboards/1: those of all plugins, for one that takes them somewhere. */
#ifndef AGENT_DASHBOARDS_H
#define AGENT_DASHBOARDS_H

#include "host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AGENT_DASHBOARDS_V1 "agent.dashboards/1"

/* A dashboard. The host sets `size` and zeroes the rest; what the plugin fills in is valid until the process
 * ends. */
typedef struct agent_dashboard_def {
    uint32_t size;
    uint32_t reserved;
    agent_str uid; /* stable, at most 40 characters */
    agent_str title;
    agent_str json; /* Grafana's dashboard model, without "id" */
} agent_dashboard_def;

typedef struct agent_dashboards_v1 {
    uint32_t size;
    uint32_t reserved;

    /* Dashboard number `index`; AGENT_END past the last. [any] */
    agent_status (*describe_dashboard)(uint32_t index, agent_dashboard_def *out);
} agent_dashboards_v1;

#define AGENT_HOST_DASHBOARDS_V1 "agent.host.dashboards/1"

typedef struct agent_host_dashboards_v1 {
    uint32_t size;
    uint32_t reserved;

    /* Dashboard number `index` of the plugins that run now, as they describe it; AGENT_END past the last. Set
     * out->size. Plugins come and go, so one may be missed or come twice while they do. [any] */
    agent_status (*dashboard)(const agent_host *host, uint32_t index, agent_dashboard_def *out);
} agent_host_dashboards_v1;

#ifdef __cplusplus
}
#endif
#endif
