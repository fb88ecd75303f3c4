/* /fixture/large streams `number` bytes (8 MiB without one) in pieces of 64 KiB; /fixture/echo answers what
 * the host said about the request and how many families the snapshot has. */
#include "fixture.h"

AGENT_PLUGIN_NOTE(AGENT_KIND_ROUTE);

static agent_status describe_route(void *instance, uint32_t index, agent_route_def *out) {
    (void)instance;
    if (index > 1) return AGENT_END;
    out->flags = index == 1 ? AGENT_ROUTE_SNAPSHOT : 0;
    out->path = agent_text(index == 0 ? "/fixture/large" : "/fixture/echo");
    out->methods = agent_text("GET HEAD");
    out->summary = agent_text("For tests.");
    return AGENT_OK;
}

static agent_status large(fixture *self, const agent_response *response) {
    static char piece[65536];
    static const agent_pair type = {AGENT_STR("content-type"), AGENT_STR("application/octet-stream")};
    uint64_t left = self->number < 0 ? 8u << 20 : (uint64_t)self->number;
    agent_status status = response->begin(response, 200, &type, 1);
    while (status == AGENT_OK && left > 0) {
        uint64_t size = left < sizeof piece ? left : sizeof piece;
        status = response->write(response, piece, size);
        left -= size;
    }
    return status;
}

static agent_status echo(fixture *self, const agent_request *request, agent_snapshot *snapshot,
                         const agent_response *response) {
    static const agent_pair type = {AGENT_STR("content-type"), AGENT_STR("text/plain; charset=utf-8")};
    const agent_host_snapshot_v1 *snapshots = fixture_service(self->host, AGENT_HOST_SNAPSHOT_V1);
    char text[2048];
    int length = snprintf(text, sizeof text,
        "method=%.*s\nquery=%.*s\naccept=%.*s\naccept_encoding=%.*s\nfamilies=%u\n",
        (int)request->method.size, request->method.data ? request->method.data : "",
        (int)request->query.size, request->query.data ? request->query.data : "",
        (int)request->accept.size, request->accept.data ? request->accept.data : "",
        (int)request->accept_encoding.size, request->accept_encoding.data ? request->accept_encoding.data : "",
        snapshots && snapshot ? snapshots->family_count(snapshot) : 0);
    if (length >= (int)sizeof text) length = sizeof text - 1;
    agent_status status = response->begin(response, 200, &type, 1);
    return status == AGENT_OK ? response->write(response, text, (uint64_t)length) : status;
}

static agent_status handle(void *instance, const agent_request *request, agent_snapshot *snapshot,
                           const agent_response *response, agent_error *error) {
    (void)error;
    return request->route == 0 ? large(instance, response) : echo(instance, request, snapshot, response);
}

static const agent_route_v1 route = {
    .size = sizeof route,
    .describe_route = describe_route,
    .handle = handle,
};

static const void *get_interface(agent_str id) {
    return agent_is(id, AGENT_ROUTE_V1) ? &route : NULL;
}

FIXTURE_PLUGIN("RouteGood", "route-good", "1.0.0")
