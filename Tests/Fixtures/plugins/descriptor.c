/* Faults of the entry function, the descriptor and the schema, chosen by the build with a macro. */
#include "fixture.h"

#ifdef NOTE_LIES
AGENT_PLUGIN_NOTE(AGENT_KIND_EXPORTER); /* there is none */
#else
AGENT_PLUGIN_NOTE(0);
#endif

static const void *get_interface(agent_str id) {
    (void)id;
    return NULL;
}

#ifdef CREATE_FAILS
static agent_status create(const agent_host *host, const agent_instance_config *config, void **instance,
                           agent_error *error) {
    (void)host;
    (void)config;
    *instance = NULL;
    return AGENT_FAIL(error, AGENT_INVALID, "settings: \"number\" must be even");
}
#define CREATE create
#else
#define CREATE fixture_create
#endif

#ifndef SCHEMA
#define SCHEMA FIXTURE_SCHEMA
#endif
#ifndef DESCRIPTOR_SIZE
#define DESCRIPTOR_SIZE sizeof(agent_plugin)
#endif

static const agent_plugin descriptor = {
    .size = DESCRIPTOR_SIZE,
    .abi_major = AGENT_ABI_MAJOR,
    .abi_minor = AGENT_ABI_MINOR,
    .id = AGENT_STR("org.example.fixture." SLUG),
    .name = AGENT_STR(NAME),
    .version = AGENT_STR("1.0.0"),
    .summary = AGENT_STR("A library for tests."),
    .settings_schema = AGENT_STR(SCHEMA),
    .create = CREATE,
    .destroy = fixture_destroy,
    .get_interface = get_interface,
};

#ifdef MISSING_SYMBOL
#define agent_plugin_entry agent_plugin_entry_of_another_name
agent_status agent_plugin_entry(const agent_host *, const agent_plugin **, agent_error *);
#endif
agent_status agent_plugin_entry(const agent_host *host, const agent_plugin **out, agent_error *error) {
    (void)host;
    (void)error;
    *out = &descriptor;
#if defined(ENTRY_ERROR)
    return AGENT_FAIL(error, AGENT_ERROR, "the licence of this library has run out");
#elif defined(ENTRY_ERROR_NO_TEXT)
    return -1042;
#elif defined(NULL_DESCRIPTOR)
    *out = NULL;
    return AGENT_OK;
#else
    return AGENT_OK;
#endif
}
