/* agent/metrics.h: agent.metrics/1: metrics and events described as data.
 *
 * The host executes the definitions; no code of the plugin runs per event. They are read without creating an
 * instance, so `agent --list-metrics` is exact. Everything a definition points to stays valid until the
 * process ends.
 *
 * Names. A metric's full name is the metric prefix, "_" and the name given here; an event whose name begins
 * with "." follows the event prefix (".runner.stop" is "net_auto.runner.stop"), another one is absolute.
 * The event prefix of a plugin without this interface is "net_auto".
 * Operators may change both prefixes, bucket bounds and limits, and drop metrics and labels, in the
 * configuration; the plugin need not care.
 */
#ifndef AGENT_METRICS_H
#define AGENT_METRICS_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define AGENT_METRICS_V1 "agent.metrics/1"

/* How updates become a value. */
#define AGENT_METRIC_COUNTER 1u         /* counts events; name ends in _total */
#define AGENT_METRIC_SUM 2u             /* adds a measurement, never negative; name ends in _total */
#define AGENT_METRIC_LAST_VALUE 3u      /* the newest measurement: a gauge */
#define AGENT_METRIC_UP_DOWN_COUNTER 4u /* adds a measurement of either sign: a gauge */
#define AGENT_METRIC_DISTRIBUTION 5u    /* explicit buckets, `le` inclusive, with sum and count */
#define AGENT_METRIC_SUMMARY 6u         /* quantiles of a mergeable sketch, relative error at most 1 %, with sum and count */

/* A metadata key; a nested one by its path: "device.site". Applications that say the same under different keys are
 * served by alternatives, on lines of their own ("view\nsocket.view"): the first one an event has counts. */

/* A label and where its value comes from. */
#define AGENT_LABEL_HAS_DEFAULT 1u /* default_value stands in for missing metadata; without it the update is skipped and counted */
typedef struct agent_label_def {
    agent_str name;
    agent_str key; /* a metadata key, as above. Empty: the label's own name */
    agent_str default_value;
    uint32_t flags;
    uint32_t reserved;
} agent_label_def;

/* A test on an event. All `keep` tests must hold and no `drop` test may. */
#define AGENT_CONDITION_EQUALS 1u /* the value is one of `values`; absent metadata equals nothing */
#define AGENT_CONDITION_EXISTS 2u
#define AGENT_CONDITION_PREFIX 3u /* the value begins with one of `values` */
#define AGENT_CONDITION_ABOVE 4u  /* `key` is a measurement's: it is there, and greater than the limit values[0].
                                     values[1], where there is one, names the setting that sets another limit.
                                     A limit is a number in the measurement's own unit, or a duration ("250ms"),
                                     for a measurement in the instance's duration_unit */
#define AGENT_CONDITION_NEGATED 1u
typedef struct agent_condition {
    agent_str key; /* a metadata key, as above */
    uint32_t op;
    uint32_t flags;
    const agent_str *values;
    uint32_t values_count;
    uint32_t reserved;
} agent_condition;

/* One event that feeds a metric. */
typedef struct agent_metric_source {
    agent_str event;
    agent_str measurement;      /* empty: the number 1 */
    int64_t factor;             /* the measurement is multiplied by it; 0 means 1. −1 makes an event count down */
    const agent_pair *constants; /* labels fixed for this source, in place of metadata: {"scope", "site"} */
    uint32_t constants_count;
    uint32_t reserved;
} agent_metric_source;

#define AGENT_METRIC_OPTIONAL_MEASUREMENT 1u /* an absent measurement is normal: skip it, do not count it */
typedef struct agent_metric_def {
    uint32_t size;
    uint32_t kind;  /* AGENT_METRIC_… */
    uint32_t flags; /* AGENT_METRIC_OPTIONAL_… */
    uint32_t max_series; /* label sets kept; 0: the host's default. Past it updates go to one overflow series */
    agent_str name;
    agent_str help;
    agent_str unit; /* base unit of the exposed value, also the end of the name: "seconds", "bytes"; empty: none */
    agent_str measurement_unit; /* unit of the measurement: "nanosecond", "millisecond", "second", "byte", "kibibyte",
                                   "percent", …; "duration": the instance's duration_unit; empty: as exposed */
    const agent_metric_source *sources;
    const agent_label_def *labels;
    const agent_condition *keep;
    const agent_condition *drop;
    const double *buckets;   /* DISTRIBUTION: upper bounds in `unit`, increasing, without +Inf */
    const double *quantiles; /* SUMMARY: between 0 and 1, increasing */
    uint32_t sources_count;
    uint32_t labels_count;
    uint32_t keep_count;
    uint32_t drop_count;
    uint32_t buckets_count;
    uint32_t quantiles_count;
    int64_t expire_after_ns; /* an idle series is removed after this; 0: never */
} agent_metric_def;
AGENT_STATIC_ASSERT(sizeof(agent_metric_def) == 160, "agent_metric_def");

/* A measurement or a metadata key of an event, for people and for tools. */
typedef struct agent_field_def {
    agent_str name;
    agent_str unit; /* measurements only */
    agent_str help;
} agent_field_def;

typedef struct agent_event_def {
    uint32_t size;
    uint32_t reserved;
    agent_str name;
    agent_str help;
    const agent_field_def *measurements;
    const agent_field_def *metadata;
    uint32_t measurements_count;
    uint32_t metadata_count;
} agent_event_def;

typedef struct agent_metrics_v1 {
    uint32_t size;
    uint32_t reserved;
    agent_str metric_prefix; /* default: "runner"; empty: names are used as they are */
    agent_str event_prefix;  /* default: "net_auto" */

    /* Definition number `index`, counted from 0 without gaps; AGENT_END past the last. The host sets
     * `out->size` and zeroes the rest. [any] */
    agent_status (*describe_metric)(uint32_t index, agent_metric_def *out);

    /* The events those metrics listen to, or the plugin emits, in the same way. NULL: not documented. [any] */
    agent_status (*describe_event)(uint32_t index, agent_event_def *out);
} agent_metrics_v1;

#ifdef __cplusplus
}
#endif
#endif
