/* agent/dashboards.h: agent.dashboards/1: Grafana dashboards that belong to the plugin. */
#ifndef AGENT_DASHBOARDS_H
#define AGENT_DASHBOARDS_H

#include "base.h"

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

#ifdef __cplusplus
}
#endif
#endif
