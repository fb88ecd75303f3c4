/* poll-good: each poll emits "fixture.polled" with value = how many polls there were; poll-fails: the first
 * `number` polls fail (without a number: all of them). Both report the calls. */
#include "fixture.h"

AGENT_PLUGIN_NOTE(AGENT_KIND_METRICS | AGENT_KIND_POLL);

static agent_status describe_metric(uint32_t index, agent_metric_def *out) {
    static const agent_metric_source source = {.event = AGENT_STR(".polled"), .measurement = AGENT_STR("value")};
    static const agent_label_def label = {.name = AGENT_STR("site")};
    if (index > 0) return AGENT_END;
    out->kind = AGENT_METRIC_LAST_VALUE;
    out->name = agent_text("value");
    out->help = agent_text("Polls so far.");
    out->sources = &source;
    out->sources_count = 1;
    out->labels = &label;
    out->labels_count = 1;
    return AGENT_OK;
}

static const agent_metrics_v1 metrics = {
    .size = sizeof metrics,
    .metric_prefix = AGENT_STR("polled"),
    .event_prefix = AGENT_STR("fixture"),
    .describe_metric = describe_metric,
};

static agent_status poll(void *instance, const agent_host *host, const agent_host_emit_v1 *emit,
                         int64_t deadline_ns, agent_error *error) {
    fixture *self = instance;
    const agent_str measurement = AGENT_STR("value"), metadata = AGENT_STR("site"), site = AGENT_STR("chi1");
    (void)deadline_ns;
    fixture_report(self, ++self->count);
#ifdef FAILS
    if (self->number < 0 || self->count <= (uint64_t)self->number)
        return AGENT_FAIL(error, AGENT_ERROR, "nobody answers on the other end");
#endif
    agent_event_keys keys = {
        .size = sizeof keys,
        .name = AGENT_STR(".polled"),
        .measurements = &measurement,
        .metadata = &metadata,
        .measurements_count = 1,
        .metadata_count = 1,
    };
    if (self->event == 0) {
        agent_status status = emit->prepare(host, &keys, &self->event, error);
        if (status != AGENT_OK) return status;
    }
    agent_value value = agent_i64((int64_t)self->count);
    return emit->emit(host, self->event, &value, &site);
}

static const agent_poll_v1 polling = {
    .size = sizeof polling,
    .interval_ns = INT64_C(50000000),
    .timeout_ns = INT64_C(1000000000),
    .poll = poll,
};

static const void *get_interface(agent_str id) {
    if (agent_is(id, AGENT_METRICS_V1)) return &metrics;
    return agent_is(id, AGENT_POLL_V1) ? &polling : NULL;
}

FIXTURE_PLUGIN(NAME, SLUG, "1.0.0")
