/* One small dashboard. */
#include "fixture.h"

AGENT_PLUGIN_NOTE(AGENT_KIND_DASHBOARDS);

static agent_status describe_dashboard(uint32_t index, agent_dashboard_def *out) {
    if (index > 0) return AGENT_END;
    out->uid = agent_text("fixture-overview");
    out->title = agent_text("Fixture");
    out->json = agent_text("{\"uid\":\"fixture-overview\",\"title\":\"Fixture\",\"schemaVersion\":41,"
                           "\"editable\":false,\"panels\":[]}");
    return AGENT_OK;
}

static const agent_dashboards_v1 dashboards = {
    .size = sizeof dashboards,
    .describe_dashboard = describe_dashboard,
};

static const void *get_interface(agent_str id) {
    return agent_is(id, AGENT_DASHBOARDS_V1) ? &dashboards : NULL;
}

FIXTURE_PLUGIN("DashboardsGood", "dashboards-good", "1.0.0")
