/* agent/stream.h: agent.stream/1: every single update, in batches, for exporters such as StatsD. */
#ifndef AGENT_STREAM_H
#define AGENT_STREAM_H

#include "exporter.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AGENT_STREAM_V1 "agent.stream/1"

/* One update of one series, as it was applied; of a COUNTER, SUM or UP_DOWN_COUNTER also several, added up exactly:
 * a burst of them does not fill the queue. */
typedef struct agent_sample {
    const agent_family *family;
    agent_str labels; /* rendered, as in agent_series */
    agent_value value; /* what was added, observed or set, in the family's unit */
    int64_t time_ns;   /* since 1970; one reading of the clock per batch */
    uint64_t series_id;
} agent_sample;

typedef struct agent_stream_v1 {
    uint32_t size;
    uint32_t batch; /* samples the plugin likes best per call; 0: 256. A batch may be smaller when time is up */
    int64_t interval_ns; /* the longest a sample waits for its batch */

    /* Takes `count` samples; views, the families among them, are valid until it returns. `result` and `error`
     * as in agent.exporter/1; on AGENT_EXPORT_RETRY the host brings the same batch again or counts it as
     * dropped. Samples that find the host's bounded queue full are dropped and counted, never waited for.
     * [instance] */
    agent_status (*push)(void *instance, const agent_sample *samples, uint32_t count, int64_t deadline_ns,
                         agent_export_result *result, agent_error *error);

    /* Whether this instance takes samples at all, 1 or 0; asked once, after create and start. Where it does not,
     * push is never called, and emitters pay nothing for it. NULL: it does. [main] */
    uint32_t (*wanted)(void *instance);
} agent_stream_v1;

#ifdef __cplusplus
}
#endif
#endif
