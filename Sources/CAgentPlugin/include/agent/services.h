/* agent/services.h: the small services of the host: log, clock, secrets, status, self metrics. */
#ifndef AGENT_SERVICES_H
#define AGENT_SERVICES_H

#include "host.h"

#ifdef __cplusplus
extern "C" {
#endif

/* agent.host.log/1: one structured message in the agent's log, marked with the instance's name. */
#define AGENT_HOST_LOG_V1 "agent.host.log/1"
#define AGENT_LOG_DEBUG 1u
#define AGENT_LOG_INFO 2u
#define AGENT_LOG_WARNING 3u
#define AGENT_LOG_ERROR 4u
typedef struct agent_host_log_v1 {
    uint32_t size;
    uint32_t reserved;

    /* 1 where messages of this level are written: ask before building an expensive one. [any] */
    uint32_t (*enabled)(const agent_host *host, uint32_t level);

    /* Writes a message; all of it is copied before it returns. Fields are for values that vary. Never a
     * secret. [any] */
    void (*write)(const agent_host *host, uint32_t level, agent_str message, const agent_pair *fields,
                  uint32_t fields_count);
} agent_host_log_v1;

/* agent.host.clock/1: the host's clocks; tests move them by hand. */
#define AGENT_HOST_CLOCK_V1 "agent.host.clock/1"
typedef struct agent_host_clock_v1 {
    uint32_t size;
    uint32_t reserved;
    int64_t (*monotonic_ns)(const agent_host *host); /* the clock of deadlines [any] */
    int64_t (*system_ns)(const agent_host *host);    /* since 1970 [any] */
} agent_host_clock_v1;

/* agent.host.secrets/1: settings the operator keeps in the environment or in a file. */
#define AGENT_HOST_SECRETS_V1 "agent.host.secrets/1"
typedef struct agent_host_secrets_v1 {
    uint32_t size;
    uint32_t reserved;

    /* Copies the secret that stands as {"secret": KEY} in the settings into `buffer` and sets *length.
     * AGENT_NOT_FOUND: this instance has none of that key. AGENT_FULL: `capacity` is too small, *length says
     * what is needed, nothing is copied. Only the instance's own secrets are given. Overwrite the buffer when
     * you are done; never log it, never put it into an error. [any] */
    agent_status (*get)(const agent_host *host, agent_str key, char *buffer, uint64_t capacity, uint64_t *length);
} agent_host_secrets_v1;

/* agent.host.status/1: how the instance is doing, shown to operators. */
#define AGENT_HOST_STATUS_V1 "agent.host.status/1"
#define AGENT_STATUS_OK 0u
#define AGENT_STATUS_DEGRADED 1u /* works, but not as it should */
#define AGENT_STATUS_FAILED 2u   /* does not work */
typedef struct agent_host_status_v1 {
    uint32_t size;
    uint32_t reserved;

    /* Says it; `why` is one sentence, copied, empty for OK. Never a secret. [any] */
    void (*set)(const agent_host *host, uint32_t status, agent_str why);
} agent_host_status_v1;

/* agent.host.self_metrics/1: metrics about the plugin itself. They are exposed as agent_plugin_<name> with
 * a label plugin="<instance>" before the labels given. */
#define AGENT_HOST_SELF_METRICS_V1 "agent.host.self_metrics/1"
typedef struct agent_host_self_metrics_v1 {
    uint32_t size;
    uint32_t reserved;

    /* Finds or makes a series. `kind` is AGENT_METRIC_COUNTER, …LAST_VALUE or …UP_DOWN_COUNTER. The handle
     * is valid while the instance lives; 0 when the name or a label is not one, or the series limit is
     * reached: adding to 0 does nothing. [any] */
    uint64_t (*series)(const agent_host *host, uint32_t kind, agent_str name, agent_str help,
                       const agent_pair *labels, uint32_t labels_count);

    void (*add)(const agent_host *host, uint64_t series, agent_value value); /* [any] */
    void (*set)(const agent_host *host, uint64_t series, agent_value value); /* LAST_VALUE only [any] */
} agent_host_self_metrics_v1;

#ifdef __cplusplus
}
#endif
#endif
