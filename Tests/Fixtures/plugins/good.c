/* good: two metrics and an exporter that reports how often it was called. Several bad fixtures are this file
 * with one thing changed, each chosen by the build with a macro. */
#include "fixture.h"

#ifndef NAME
#define NAME "Good"
#define SLUG "good"
#endif
#ifndef PREFIX
#define PREFIX "good"
#endif

#if defined(OTHER_MAJOR)
static const agent_note note __attribute__((section(AGENT_NOTE_SECTION), used, aligned(4))) = {
    6, 32, AGENT_NOTE_TYPE, "agent", AGENT_ABI_MAJOR + 1, 0, 0, AGENT_KIND_METRICS | AGENT_KIND_EXPORTER, 0, {0}};
#elif defined(NEWER_MINOR)
AGENT_PLUGIN_NOTE_FROM(AGENT_KIND_METRICS | AGENT_KIND_EXPORTER, 99);
#elif !defined(NO_NOTE)
AGENT_PLUGIN_NOTE(AGENT_KIND_METRICS | AGENT_KIND_EXPORTER);
#endif

static const agent_metric_source sources[] = {
    {.event = AGENT_STR(".event")},
    {.event = AGENT_STR(".event"), .measurement = AGENT_STR("depth")},
};
static const agent_label_def labels[] = {{.name = AGENT_STR("site")}};

static agent_status describe_metric(uint32_t index, agent_metric_def *out) {
    if (index > 1) return AGENT_END;
    out->kind = index == 0 ? AGENT_METRIC_COUNTER : AGENT_METRIC_LAST_VALUE;
    out->name = agent_text(index == 0 ? "events_total" : "depth");
    out->help = agent_text(index == 0 ? "Events seen." : "Depth of the newest event.");
    out->sources = &sources[index];
    out->sources_count = 1;
    out->labels = labels;
    out->labels_count = 1;
    return AGENT_OK;
}

static agent_status describe_event(uint32_t index, agent_event_def *out) {
    static const agent_field_def depth = {.name = AGENT_STR("depth"), .help = AGENT_STR("Its depth.")};
    static const agent_field_def site = {.name = AGENT_STR("site"), .help = AGENT_STR("Where it was.")};
    if (index > 0) return AGENT_END;
    out->name = agent_text(".event");
    out->help = agent_text("Something happened.");
    out->measurements = &depth;
    out->measurements_count = 1;
    out->metadata = &site;
    out->metadata_count = 1;
    return AGENT_OK;
}

static const agent_metrics_v1 metrics = {
    .size = sizeof metrics,
    .metric_prefix = AGENT_STR(PREFIX),
    .event_prefix = AGENT_STR("fixture"),
    .describe_metric = describe_metric,
    .describe_event = describe_event,
};

static agent_status export_snapshot(void *instance, agent_snapshot *snapshot, int64_t deadline_ns,
                                    agent_export_result *result, agent_error *error) {
    fixture *self = instance;
    const agent_host_snapshot_v1 *snapshots = fixture_service(self->host, AGENT_HOST_SNAPSHOT_V1);
    (void)deadline_ns;
    (void)error;
    if (!snapshots) return AGENT_UNSUPPORTED;
    for (uint32_t family = 0; family < snapshots->family_count(snapshot); family++) {
        agent_series batch[32];
        uint64_t cursor = 0;
        uint32_t count = 0;
        while (snapshots->series(snapshot, family, &cursor, batch, 32, &count) == AGENT_OK && count > 0)
            result->accepted += count;
    }
    fixture_report(self, ++self->count);
    return AGENT_OK;
}

static const agent_exporter_v1 exporter = {
    .size = sizeof exporter,
    .interval_ns = INT64_C(1000000000),
    .timeout_ns = INT64_C(1000000000),
    .export_snapshot = export_snapshot,
};

static const void *get_interface(agent_str id) {
    if (agent_is(id, AGENT_METRICS_V1)) return &metrics;
    if (agent_is(id, AGENT_EXPORTER_V1)) return &exporter;
    return NULL;
}

FIXTURE_PLUGIN(NAME, SLUG, "1.0.0")
