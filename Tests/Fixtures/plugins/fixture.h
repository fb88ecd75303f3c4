/* What the fixtures share: one instance type, plain settings, a file to report into, a descriptor in one line.
 *
 * Settings of every fixture: "path" (a file it reports into) and "number" (what it means stands in the
 * README). Tests write both plainly, so no escapes are read here. */
#ifndef FIXTURE_H
#define FIXTURE_H

#define _GNU_SOURCE
#include <agent_plugin.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct fixture {
    const agent_host *host;
    int64_t number; /* -1 where the settings have none */
    uint64_t count;
    uint64_t event; /* a prepared event, 0 before */
    char path[1024];
} fixture;

/* Where the value of a setting begins, or NULL. `text` is NUL-terminated. */
static inline const char *fixture_value(const char *text, const char *key) {
    char quoted[64];
    snprintf(quoted, sizeof quoted, "\"%s\"", key);
    const char *at = strstr(text, quoted);
    return at ? at + strlen(quoted) + strspn(at + strlen(quoted), " \t\r\n:") : NULL;
}

static inline agent_status fixture_create(const agent_host *host, const agent_instance_config *config,
                                          void **instance, agent_error *error) {
    char text[2048];
    fixture *self = calloc(1, sizeof *self);
    if (!self || config->settings.size >= sizeof text) {
        free(self);
        return AGENT_FAIL(error, AGENT_ERROR, "the settings do not fit");
    }
    if (config->settings.size > 0) memcpy(text, config->settings.data, config->settings.size);
    text[config->settings.size] = 0;
    const char *path = fixture_value(text, "path"), *number = fixture_value(text, "number");
    if (path && *path == '"')
        snprintf(self->path, sizeof self->path, "%.*s", (int)strcspn(path + 1, "\""), path + 1);
    self->number = number ? strtoll(number, NULL, 10) : -1;
    self->host = host;
    *instance = self;
    return AGENT_OK;
}

static inline void fixture_destroy(void *instance) { free(instance); }

/* A host service; NULL where the host has none. */
static inline const void *fixture_service(const agent_host *host, const char *id) {
    return host->get_interface(host, agent_text(id));
}

/* Puts a number into the instance's file, replaced as a whole: a reader never sees half of it. */
static inline void fixture_report(const fixture *self, uint64_t number) {
    char temporary[1024 + 8];
    if (!self->path[0]) return;
    snprintf(temporary, sizeof temporary, "%s.new", self->path);
    FILE *file = fopen(temporary, "we");
    if (!file) return;
    fprintf(file, "%" PRIu64 "\n", number);
    fclose(file);
    rename(temporary, self->path);
}

static inline void fixture_sleep(int64_t milliseconds) {
    struct timespec pause = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    while (nanosleep(&pause, &pause) != 0) {}
}

#define FIXTURE_SCHEMA                                                                            \
    "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"                        \
    "\"path\":{\"type\":\"string\"},\"number\":{\"type\":\"integer\"}}}"

/* A descriptor's initialiser. The file defines get_interface. */
#define FIXTURE_DESCRIPTOR(name_, slug_, version_, create_, destroy_)                             \
    {.size = sizeof(agent_plugin), .abi_major = AGENT_ABI_MAJOR, .abi_minor = AGENT_ABI_MINOR,    \
     .id = AGENT_STR("org.example.fixture." slug_), .name = AGENT_STR(name_),                     \
     .version = AGENT_STR(version_), .vendor = AGENT_STR("Fixtures"),                             \
     .summary = AGENT_STR("A library for tests."), .settings_schema = AGENT_STR(FIXTURE_SCHEMA),  \
     .create = (create_), .destroy = (destroy_), .get_interface = get_interface}

/* A descriptor and the entry function that gives it. */
#define FIXTURE_PLUGIN(name_, slug_, version_) \
    FIXTURE_PLUGIN_WITH(name_, slug_, version_, fixture_create, fixture_destroy)
#define FIXTURE_PLUGIN_WITH(name_, slug_, version_, create_, destroy_)                            \
    static const agent_plugin plugin =                                                            \
        FIXTURE_DESCRIPTOR(name_, slug_, version_, create_, destroy_);                            \
    agent_status agent_plugin_entry(const agent_host *host, const agent_plugin **out,             \
                                    agent_error *error) {                                         \
        (void)host;                                                                               \
        (void)error;                                                                              \
        *out = &plugin;                                                                           \
        return AGENT_OK;                                                                          \
    }

#endif
