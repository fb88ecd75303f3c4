/* Two versions of one metrics plugin, for replacing it while it runs: the second has one metric more. */
#include "fixture.h"

AGENT_PLUGIN_NOTE(AGENT_KIND_METRICS);

static agent_status describe_metric(uint32_t index, agent_metric_def *out) {
    static const agent_metric_source sources[] = {
        {.event = AGENT_STR(".counted")},
        {.event = AGENT_STR(".counted"), .measurement = AGENT_STR("bytes")},
    };
    static const agent_label_def label = {.name = AGENT_STR("site")};
    if (index >= METRICS) return AGENT_END;
    out->kind = index == 0 ? AGENT_METRIC_COUNTER : AGENT_METRIC_SUM;
    out->flags = index == 0 ? 0 : AGENT_METRIC_OPTIONAL_MEASUREMENT;
    out->name = agent_text(index == 0 ? "events_total" : "bytes_total");
    out->help = agent_text(index == 0 ? "Events counted." : "Bytes of the events counted.");
    out->sources = &sources[index];
    out->sources_count = 1;
    out->labels = &label;
    out->labels_count = 1;
    return AGENT_OK;
}

static const agent_metrics_v1 metrics = {
    .size = sizeof metrics,
    .metric_prefix = AGENT_STR("counting"),
    .event_prefix = AGENT_STR("fixture"),
    .describe_metric = describe_metric,
};

static const void *get_interface(agent_str id) {
    return agent_is(id, AGENT_METRICS_V1) ? &metrics : NULL;
}

FIXTURE_PLUGIN("Counting", "counting", VERSION)
