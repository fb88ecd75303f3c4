/* Answers as no plugin may; `number` says how: 0 a header of two lines, 1 more than it announced, 2 less, 3 twice,
 * 4 a body with 204, 5 a body before the answer began. */
#include "fixture.h"

AGENT_PLUGIN_NOTE(AGENT_KIND_ROUTE);

#ifndef ROUTE
#define ROUTE "/fixture/bad"
#endif

static agent_status describe_route(void *instance, uint32_t index, agent_route_def *out) {
    (void)instance;
    if (index > 0) return AGENT_END;
    out->path = agent_text(ROUTE);
    out->methods = agent_text("GET");
    return AGENT_OK;
}

static agent_status handle(void *instance, const agent_request *request, agent_snapshot *snapshot,
                           const agent_response *response, agent_error *error) {
    static const agent_pair split = {AGENT_STR("x-note"), AGENT_STR("a\r\nset-cookie: b=c\r\n\r\nforged")};
    static const agent_pair length = {AGENT_STR("content-length"), AGENT_STR("5")};
    static const char text[] = "0123456789";
    const fixture *self = instance;
    (void)request;
    (void)snapshot;
    (void)error;
    if (self->number == 5) response->write(response, text, 10);
    response->begin(response, self->number == 4 ? 204 : 200, self->number == 0 ? &split : &length,
                    self->number < 3 ? 1 : 0);
    if (self->number == 3) response->begin(response, 404, NULL, 0);
    if (self->number > 0) response->write(response, text, self->number == 2 ? 3 : 10);
    return AGENT_OK;
}

static const agent_route_v1 route = {.size = sizeof route, .describe_route = describe_route, .handle = handle};

static const void *get_interface(agent_str id) {
    return agent_is(id, AGENT_ROUTE_V1) ? &route : NULL;
}

FIXTURE_PLUGIN(NAME, SLUG, "1.0.0")
