/* agent/snapshot.h: agent.host.snapshot/1: all series at one time, as exporters read them.
 *
 * families → series → values. Reading does not stop writers; each series is read once and is consistent in
 * itself (a distribution's count is the sum of its buckets). A snapshot is used by one thread at a time.
 * An exporter and a route are handed theirs; acquire is for a plugin that works on its own schedule.
 * The instance's include and exclude filters are already applied.
 */
#ifndef AGENT_SNAPSHOT_H
#define AGENT_SNAPSHOT_H

#include "host.h"
#include "metrics.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AGENT_HOST_SNAPSHOT_V1 "agent.host.snapshot/1"

typedef struct agent_snapshot agent_snapshot;

/* A metric family. The caller owns it and sets `size`; its views are valid until the snapshot is released. */
typedef struct agent_family {
    uint32_t size;
    uint32_t kind; /* AGENT_METRIC_… */
    agent_str name;
    agent_str help;
    agent_str unit;
    const agent_str *label_names;
    const double *bounds;          /* DISTRIBUTION, in `unit`, without +Inf */
    const agent_str *bounds_text;  /* the same as text: "0.005" */
    const double *quantiles;       /* SUMMARY */
    const agent_str *quantiles_text;
    uint32_t label_count;
    uint32_t bounds_count;
    uint32_t quantiles_count;
    uint32_t reserved;
} agent_family;
AGENT_STATIC_ASSERT(sizeof(agent_family) == 112, "agent_family");

/* One series of a family; the caller owns the array it is written to. `labels` and `id` are valid until the
 * snapshot is released, `buckets` and `quantiles` until the next call of `series` on the same snapshot. */
typedef struct agent_series {
    agent_str labels;         /* rendered and escaped for Prometheus text, without braces: site="chi1",status="ok" */
    agent_value value;        /* COUNTER, SUM, LAST_VALUE, UP_DOWN_COUNTER; with DISTRIBUTION and SUMMARY how many
                               * observations were below zero, 0 from a host that does not tell */
    agent_value sum;          /* DISTRIBUTION, SUMMARY */
    uint64_t count;           /* DISTRIBUTION, SUMMARY */
    const uint64_t *buckets;  /* DISTRIBUTION: bounds_count + 1 counts, each its own bucket, not cumulative */
    const double *quantiles;  /* SUMMARY: quantiles_count values; NaN while there is none */
    int64_t start_time_ns;    /* when a cumulative series began, since 1970; 0 for gauges */
    uint64_t id;              /* the same for the same series while it lives */
} agent_series;
AGENT_STATIC_ASSERT(sizeof(agent_series) == 88, "agent_series");

typedef struct agent_host_snapshot_v1 {
    uint32_t size;
    uint32_t reserved;

    /* Takes a snapshot, which stays valid until release. [any] */
    agent_status (*acquire)(const agent_host *host, agent_snapshot **snapshot);

    /* Gives back what acquire took: each one once, before destroy returns. Never one that was handed to an
     * exporter or a route. [object] */
    void (*release)(const agent_host *host, agent_snapshot *snapshot);

    /* When it was taken, since 1970. [object] */
    int64_t (*time_ns)(const agent_snapshot *snapshot);

    /* How many families it has; their indexes count from 0. [object] */
    uint32_t (*family_count)(const agent_snapshot *snapshot);

    /* Family number `index`, sorted by name. The caller sets out->size. AGENT_END past the last. [object] */
    agent_status (*family)(agent_snapshot *snapshot, uint32_t index, agent_family *out);

    /* Up to `capacity` further series of a family into `out`; *count is how many. Set *cursor to 0 before the
     * first call and leave it alone between calls; it ends with *count == 0 and AGENT_END. [object] */
    agent_status (*series)(agent_snapshot *snapshot, uint32_t family, uint64_t *cursor, agent_series *out,
                           uint32_t capacity, uint32_t *count);

    /* The labels of a series as plain pairs, unescaped; at most `capacity`, *count is how many there are.
     * Views are valid until the snapshot is released. AGENT_NOT_FOUND when the series is not in it. [object] */
    agent_status (*labels)(agent_snapshot *snapshot, uint32_t family, uint64_t series_id, agent_pair *out,
                           uint32_t capacity, uint32_t *count);
} agent_host_snapshot_v1;

#ifdef __cplusplus
}
#endif
#endif
