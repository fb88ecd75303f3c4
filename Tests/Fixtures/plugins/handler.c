/* handler-good: counts the events below "fixture"; destroy reports how many there were. handler-fails: the
 * first `number` calls fail. */
#include "fixture.h"

AGENT_PLUGIN_NOTE(AGENT_KIND_HANDLER);

static agent_status subscription(void *instance, uint32_t index, agent_str *pattern) {
    (void)instance;
    if (index > 0) return AGENT_END;
    *pattern = agent_text("fixture.*");
    return AGENT_OK;
}

static agent_status on_events(void *instance, const agent_event *events, uint32_t count, agent_error *error) {
    fixture *self = instance;
#ifdef FAILS
    if (self->number-- > 0) return AGENT_FAIL(error, AGENT_ERROR, "the sum does not come out even");
#endif
    for (uint32_t i = 0; i < count; i++)
        if (events[i].name.size == 0) return AGENT_FAIL(error, AGENT_INVALID, "an event without a name");
    self->count += count;
    return AGENT_OK;
}

static void destroy(void *instance) {
    fixture *self = instance;
    fixture_report(self, self->count);
    fixture_destroy(self);
}

static const agent_handler_v1 handler = {
    .size = sizeof handler,
    .batch = 64,
    .interval_ns = INT64_C(20000000),
    .subscription = subscription,
    .on_events = on_events,
};

static const void *get_interface(agent_str id) {
    return agent_is(id, AGENT_HANDLER_V1) ? &handler : NULL;
}

FIXTURE_PLUGIN_WITH(NAME, SLUG, "1.0.0", fixture_create, destroy)
