/* What a plugin must never do, each chosen by the build with a macro: end or stop the process in an initialiser, in
 * the entry function, in create, in its service's start, in describing its route, in answering it, or in stop. */
#include "fixture.h"

#include <unistd.h>

AGENT_PLUGIN_NOTE(AGENT_KIND_SERVICE | AGENT_KIND_ROUTE);

__attribute__((unused)) static void hang(void) {
    for (;;) pause();
}

#ifdef IN_CONSTRUCTOR
__attribute__((constructor)) static void begin(void) { IN_CONSTRUCTOR; }
#endif
#ifndef IN_ENTRY
#define IN_ENTRY (void)0
#endif
#ifndef IN_CREATE
#define IN_CREATE (void)0
#endif
#ifndef IN_START
#define IN_START (void)0
#endif
#ifndef IN_ROUTE
#define IN_ROUTE (void)0
#endif
#ifndef IN_STOP
#define IN_STOP (void)0
#endif

/* More memory than any entry function has use for, every page of it. */
__attribute__((unused)) static void take_everything(void) {
    for (;;) {
        char *piece = malloc(64u << 20);
        if (!piece) abort();
        memset(piece, 1, 64u << 20);
    }
}

static agent_status create(const agent_host *host, const agent_instance_config *config, void **instance,
                           agent_error *error) {
    IN_CREATE;
    return fixture_create(host, config, instance, error);
}

static agent_status start(void *instance, agent_error *error) {
    (void)instance;
    (void)error;
    IN_START;
    return AGENT_OK;
}

static agent_status stop(void *instance, int64_t deadline_ns, agent_error *error) {
    (void)instance;
    (void)deadline_ns;
    (void)error;
    IN_STOP;
    return AGENT_OK;
}

static const agent_service_v1 service = {.size = sizeof service, .start = start, .stop = stop};

static agent_status describe_route(void *instance, uint32_t index, agent_route_def *out) {
    (void)instance;
    if (index > 0) return AGENT_END;
    out->path = agent_text("/fixture/" SLUG);
    out->methods = agent_text("GET");
    return AGENT_OK;
}

static agent_status handle(void *instance, const agent_request *request, agent_snapshot *snapshot,
                           const agent_response *response, agent_error *error) {
    (void)instance;
    (void)request;
    (void)snapshot;
    (void)error;
    IN_ROUTE;
    return response->begin(response, 200, NULL, 0);
}

static const agent_route_v1 route = {.size = sizeof route, .describe_route = describe_route, .handle = handle};

static const void *get_interface(agent_str id) {
    if (agent_is(id, AGENT_SERVICE_V1)) return &service;
    if (agent_is(id, AGENT_ROUTE_V1)) return &route;
    return NULL;
}

static const agent_plugin plugin = FIXTURE_DESCRIPTOR(NAME, SLUG, "1.0.0", create, fixture_destroy);
agent_status agent_plugin_entry(const agent_host *host, const agent_plugin **out, agent_error *error) {
    (void)host;
    (void)error;
    IN_ENTRY;
    *out = &plugin;
    return AGENT_OK;
}
