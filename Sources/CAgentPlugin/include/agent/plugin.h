/* agent/plugin.h: what a plugin library shows: an ELF note, one function, a descriptor.
 *
 * The host reads the note from the file before it maps it, so that a foreign or newer library is refused
 * without running one instruction of it. Then it loads the library, calls agent_plugin_entry once, and asks
 * the descriptor for the interfaces it knows by id.
 *
 * The life of an instance: create; agent.service/1 start; then polls, events, samples, requests and exports;
 * those end and are waited for; one last export; agent.service/1 stop; destroy. A library is never unloaded.
 */
#ifndef AGENT_PLUGIN_DESCRIPTOR_H
#define AGENT_PLUGIN_DESCRIPTOR_H

#include "base.h"
#include "host.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a plugin offers, said in the note so that it can be listed without loading. */
#define AGENT_KIND_METRICS 1u
#define AGENT_KIND_EXPORTER 2u
#define AGENT_KIND_ROUTE 4u
#define AGENT_KIND_STREAM 8u
#define AGENT_KIND_POLL 16u
#define AGENT_KIND_HANDLER 32u
#define AGENT_KIND_SERVICE 64u
#define AGENT_KIND_DASHBOARDS 128u

#define AGENT_NOTE_SECTION ".note.agent.plugin"
#define AGENT_NOTE_TYPE 0x41474e54u /* "AGNT" */

/* The note as it lies in the file: an ELF note header, the name "agent" padded to 8, and 32 bytes. */
typedef struct agent_note {
    uint32_t name_size; /* 6 */
    uint32_t desc_size; /* 32 */
    uint32_t type;      /* AGENT_NOTE_TYPE */
    char name[8];       /* "agent" */
    uint32_t abi_major;
    uint32_t abi_minor;
    uint32_t lowest_host_minor; /* the oldest host this plugin works with */
    uint32_t kinds;             /* AGENT_KIND_… */
    uint32_t flags;             /* 0 */
    uint32_t reserved[3];       /* 0 */
} agent_note;
AGENT_STATIC_ASSERT(sizeof(agent_note) == 52, "agent_note");

/* Writes the note; once per library, at file scope: AGENT_PLUGIN_NOTE(AGENT_KIND_EXPORTER); */
#define AGENT_PLUGIN_NOTE(kinds_) AGENT_PLUGIN_NOTE_FROM(kinds_, 0)

/* The same for a plugin that cannot work with a host below 1.<lowest_host_minor_>. */
#define AGENT_PLUGIN_NOTE_FROM(kinds_, lowest_host_minor_)                                       \
    __attribute__((section(AGENT_NOTE_SECTION), used, aligned(4))) static const agent_note       \
        agent_plugin_note = {6, 32, AGENT_NOTE_TYPE, "agent", AGENT_ABI_MAJOR, AGENT_ABI_MINOR,  \
                             (lowest_host_minor_), (kinds_), 0, {0, 0, 0}}

/* What one instance is created from. Views are valid during create only: copy what you keep. */
#define AGENT_INSTANCE_REPLACES 1u /* one of the same name runs and will be ended: it has exported until now */
typedef struct agent_instance_config {
    uint32_t size;
    uint32_t flags;     /* AGENT_INSTANCE_… */
    agent_str name;     /* the instance's name in the configuration */
    agent_str settings; /* its settings: a JSON object that the plugin's schema accepts, {} where none are
                           written, defaults not filled in. A value the operator keeps secret stands as
                           {"secret": "KEY"}: ask agent.host.secrets/1 */
} agent_instance_config;

/* A plugin, described. The plugin's own, static and constant: it stays valid until the process ends, and so
 * does all it points to. No function pointer is NULL. */
typedef struct agent_plugin {
    uint32_t size;
    uint32_t abi_major;
    uint32_t abi_minor;
    uint32_t reserved;
    agent_str id;              /* reverse DNS, stable for ever: "org.example.agent.kafka" */
    agent_str name;            /* one word of letters, digits, "_" and "-", up to 64: "Kafka" */
    agent_str version;         /* semantic version of the plugin: "1.4.0" */
    agent_str vendor;
    agent_str summary;         /* one sentence */
    agent_str settings_schema; /* JSON Schema (2020-12) of the settings object; absent: no settings */

    /* Makes an instance: parses settings, allocates; no I/O, no threads (agent.service/1 starts those).
     * `host` stands for this instance and is valid until destroy returns. *instance is the plugin's own, NULL
     * where it has no state, and comes back in every call. On failure nothing is left behind and destroy is
     * not called. [main] */
    agent_status (*create)(const agent_host *host, const agent_instance_config *config, void **instance,
                           agent_error *error);

    /* Frees an instance. Nothing of it runs any more when this is called; an instance that cannot be brought
     * to rest in time is abandoned instead. [main] */
    void (*destroy)(void *instance);

    /* The interface of this id ("agent.exporter/1"), or NULL. Same answer every time; the table is static.
     * [any] */
    const void *(*get_interface)(agent_str id);
} agent_plugin;
AGENT_STATIC_ASSERT(sizeof(agent_plugin) == 136, "agent_plugin");

/* Compares an id with a literal: if (agent_is(id, AGENT_EXPORTER_V1)) return &exporter; [any] */
static inline int32_t agent_str_equal(agent_str a, const char *b, uint64_t size) {
    if (a.size != size) return 0;
    for (uint64_t i = 0; i < size; i++)
        if (a.data[i] != b[i]) return 0;
    return 1;
}
#define agent_is(id, literal) agent_str_equal((id), (literal), sizeof(literal) - 1)

#define AGENT_EXPORT __attribute__((visibility("default")))

/* The one symbol a library exports. Sets *plugin to its descriptor and answers AGENT_OK, or says in `error`
 * why it cannot work here. Called once. No I/O, no threads, no allocation that matters. `host` describes the
 * host (version, log) and stays valid until the process ends. [main] */
AGENT_EXPORT agent_status agent_plugin_entry(const agent_host *host, const agent_plugin **plugin,
                                             agent_error *error);

#ifdef __cplusplus
}
#endif
#endif
