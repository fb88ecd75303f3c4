/* Faults of metric definitions, chosen by the build with a macro: one metric, wrong in one way. */
#include "fixture.h"

AGENT_PLUGIN_NOTE(AGENT_KIND_METRICS);

#ifndef PREFIX
#define PREFIX "faulty"
#endif
#ifndef METRIC
#define METRIC "depth"
#endif
#ifndef LABEL
#define LABEL "site"
#endif

static const agent_metric_source source = {.event = AGENT_STR(".event"), .measurement = AGENT_STR("depth")};
static const agent_label_def label = {.name = AGENT_STR(LABEL), .key = AGENT_STR("site")};
static const double buckets[] = {1, 2, 5};

static agent_status describe_metric(uint32_t index, agent_metric_def *out) {
#ifndef ENDLESS
    if (index > 0) return AGENT_END;
#else
    (void)index;
#endif
    out->kind = AGENT_METRIC_DISTRIBUTION;
    out->name = agent_text(METRIC);
    out->help = agent_text("How deep it is.");
    out->sources = &source;
    out->sources_count = 1;
    out->labels = &label;
    out->labels_count = 1;
    out->buckets = buckets;
    out->buckets_count = 3;
#if defined(HUGE_TEXT)
    out->help.size = UINT64_C(1) << 40;
#elif defined(NULL_TEXT)
    out->name.data = NULL;
#elif defined(HUGE_COUNT)
    out->labels_count = UINT32_MAX;
#elif defined(NULL_LIST)
    out->sources = NULL;
#endif
    return AGENT_OK;
}

static const agent_metrics_v1 metrics = {
    .size = sizeof metrics,
    .metric_prefix = AGENT_STR(PREFIX),
    .event_prefix = AGENT_STR("fixture"),
    .describe_metric = describe_metric,
};

static const void *get_interface(agent_str id) {
    return agent_is(id, AGENT_METRICS_V1) ? &metrics : NULL;
}

#ifndef HUGE_LENGTHS
FIXTURE_PLUGIN(NAME, SLUG, "1.0.0")
#else
agent_status agent_plugin_entry(const agent_host *host, const agent_plugin **out, agent_error *error) {
    static const agent_plugin honest = FIXTURE_DESCRIPTOR(NAME, SLUG, "1.0.0", fixture_create, fixture_destroy);
    static agent_plugin plugin;
    (void)host;
    (void)error;
    plugin = honest;
    plugin.summary.size = UINT64_MAX;
    plugin.vendor.data = NULL;
    *out = &plugin;
    return AGENT_OK;
}
#endif
