/* overrun-export: takes `number` milliseconds for each export, whatever the deadline, and reports the calls.
 * export-outcome: answers `number`: an outcome, or a negative status. */
#include "fixture.h"

AGENT_PLUGIN_NOTE(AGENT_KIND_EXPORTER);

static agent_status export_snapshot(void *instance, agent_snapshot *snapshot, int64_t deadline_ns,
                                    agent_export_result *result, agent_error *error) {
    fixture *self = instance;
    (void)snapshot;
    (void)deadline_ns;
    fixture_report(self, ++self->count);
#ifdef OVERRUN
    (void)error;
    (void)result;
    fixture_sleep(self->number < 0 ? 2000 : self->number);
#else
    if (self->number != 0) AGENT_FAIL(error, AGENT_ERROR, "the receiver did not want it");
    if (self->number < 0) return (agent_status)self->number;
    result->outcome = (uint32_t)self->number;
    result->retry_after_ns = INT64_C(3000000000);
    result->accepted = 7;
    result->rejected = 2;
    result->bytes = 90;
#endif
    return AGENT_OK;
}

static const agent_exporter_v1 exporter = {
    .size = sizeof exporter,
    .interval_ns = INT64_C(100000000),
    .timeout_ns = INT64_C(50000000),
    .export_snapshot = export_snapshot,
};

static const void *get_interface(agent_str id) {
    return agent_is(id, AGENT_EXPORTER_V1) ? &exporter : NULL;
}

FIXTURE_PLUGIN(NAME, SLUG, "1.0.0")
