/* agent/poll.h: agent.poll/1: measurements the plugin fetches itself, at an interval. */
#ifndef AGENT_POLL_H
#define AGENT_POLL_H

#include "emit.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AGENT_POLL_V1 "agent.poll/1"

typedef struct agent_poll_v1 {
    uint32_t size;
    uint32_t reserved;
    int64_t interval_ns; /* default; the configuration's `interval` overrides it */
    int64_t timeout_ns;  /* default; the configuration's `timeout` overrides it */

    /* Looks once and emits what it saw through `emit`, which is static: the same table as agent.host.emit/1,
     * with `host` the instance's own. Prepare events in create or in the first poll. Returns before
     * `deadline_ns` (monotonic). A failure or an overrun is counted and lengthens the interval up to 16
     * times, until a poll succeeds; polling never stops for good. [instance] */
    agent_status (*poll)(void *instance, const agent_host *host, const agent_host_emit_v1 *emit,
                         int64_t deadline_ns, agent_error *error);
} agent_poll_v1;

#ifdef __cplusplus
}
#endif
#endif
