/* agent/exporter.h: agent.exporter/1: sends snapshots somewhere. The host owns schedule, retry and drops. */
#ifndef AGENT_EXPORTER_H
#define AGENT_EXPORTER_H

#include "snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AGENT_EXPORTER_V1 "agent.exporter/1"

/* What became of an export. */
#define AGENT_EXPORT_OK 0u      /* all of it arrived */
#define AGENT_EXPORT_RETRY 1u   /* nothing was taken for now: try again, not before retry_after_ns if that is > 0 */
#define AGENT_EXPORT_PARTIAL 2u /* `accepted` arrived, `rejected` will never be taken; no retry */
#define AGENT_EXPORT_REJECT 3u  /* the receiver refused it for good; the next snapshot may fare better */
#define AGENT_EXPORT_FATAL 4u   /* this instance cannot work as configured: stop calling it, show it as failed */

/* The host's own; it sets `size` and zeroes the rest, so an untouched result says that all went well. */
typedef struct agent_export_result {
    uint32_t size;
    uint32_t outcome; /* AGENT_EXPORT_… */
    int64_t retry_after_ns;
    uint64_t accepted; /* samples: series of a snapshot, updates of a stream */
    uint64_t rejected; /* samples */
    uint64_t bytes;    /* sent */
} agent_export_result;
AGENT_STATIC_ASSERT(sizeof(agent_export_result) == 40, "agent_export_result");

typedef struct agent_exporter_v1 {
    uint32_t size;
    uint32_t reserved;
    int64_t interval_ns; /* default time between exports; the configuration's `interval` overrides it */
    int64_t timeout_ns;  /* default time one export may take; the configuration's `timeout` overrides it */

    /* Sends one snapshot and returns before `deadline_ns` (monotonic). Read it through agent.host.snapshot/1;
     * it is valid until the call returns, and the host releases it. Answers AGENT_OK and says in `result` what
     * became of it, with the reason in `error` where that is not AGENT_EXPORT_OK; a negative answer counts as
     * AGENT_EXPORT_RETRY. An overrun is counted; the instance is left alone until the call returns. On shutdown
     * one last export is made. [instance] */
    agent_status (*export_snapshot)(void *instance, agent_snapshot *snapshot, int64_t deadline_ns,
                                    agent_export_result *result, agent_error *error);
} agent_exporter_v1;

#ifdef __cplusplus
}
#endif
#endif
