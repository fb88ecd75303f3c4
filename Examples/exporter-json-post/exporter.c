/* post: posts every sample as one JSON document. The receiver's answer says what becomes of the export; schedule,
 * retry and drops are the agent's. */
#define _POSIX_C_SOURCE 200809L
#include "post.h"

#include <stdlib.h>
#include <string.h>

AGENT_PLUGIN_NOTE(AGENT_KIND_EXPORTER);

static const char schema[] =
    "{\"type\": \"object\", \"additionalProperties\": false, \"required\": [\"url\"],"
    " \"properties\": {\"url\": {\"type\": \"string\", \"maxLength\": 1200,"
    "  \"pattern\": \"^http://[A-Za-z0-9.-]+(:[0-9]+)?/[!#-\\\\[\\\\]-~]*$\","
    "  \"description\": \"Where to post: http://host:port/path\"}}}";

typedef struct instance {
    const agent_host_snapshot_v1 *snapshots;
    post_target target;
} instance;

/* What an answer means for the export. */
static agent_status judge(const post_target *target, post_answer answer, agent_export_result *result,
                          agent_error *error) {
    char text[512];
    int busy = answer.status == 429 || answer.status == 503;
    if (answer.status >= 200 && answer.status < 300) return AGENT_OK;
    result->outcome = answer.status >= 400 && answer.status < 500 && !busy ? AGENT_EXPORT_REJECT
                                                                           : AGENT_EXPORT_RETRY;
    if (busy) result->retry_after_ns = answer.retry_after * INT64_C(1000000000);
    if (answer.status) snprintf(text, sizeof text, "%s:%s answered %d", target->host, target->port, answer.status);
    else snprintf(text, sizeof text, "%s:%s: %s", target->host, target->port, answer.problem);
    agent_fail(error, AGENT_OK, text, strlen(text));
    return AGENT_OK;
}

static agent_status export_snapshot(void *context, agent_snapshot *snapshot, int64_t deadline_ns,
                                    agent_export_result *result, agent_error *error) {
    instance *self = context;
    char *body = NULL;
    size_t size = 0;
    uint64_t samples;
    agent_status status;
    FILE *out = open_memstream(&body, &size);
    if (!out) return AGENT_FAIL(error, AGENT_ERROR, "out of memory");
    samples = post_write_json(out, self->snapshots, snapshot);
    if (fclose(out) != 0) {
        free(body);
        return AGENT_FAIL(error, AGENT_ERROR, "out of memory");
    }
    status = judge(&self->target, post_send(&self->target, body, size, deadline_ns), result, error);
    if (result->outcome == AGENT_EXPORT_OK) {
        result->accepted = samples;
        result->bytes = size;
    }
    free(body);
    return status;
}

static const agent_exporter_v1 exporter = {
    .size = sizeof exporter,
    .interval_ns = INT64_C(15000000000),
    .timeout_ns = INT64_C(5000000000),
    .export_snapshot = export_snapshot,
};

static agent_status create(const agent_host *host, const agent_instance_config *config, void **out,
                           agent_error *error) {
    char url[1201];
    instance *self = calloc(1, sizeof *self);
    if (!self) return AGENT_FAIL(error, AGENT_ERROR, "out of memory");
    self->snapshots = host->get_interface(host, agent_text(AGENT_HOST_SNAPSHOT_V1));
    if (!self->snapshots) {
        free(self);
        return AGENT_FAIL(error, AGENT_UNSUPPORTED, "this host offers no snapshots");
    }
    if (!post_read_settings(config->settings, url, sizeof url) || !post_parse_url(url, &self->target)) {
        free(self);
        return AGENT_FAIL(error, AGENT_INVALID, "settings: \"url\" must be like http://host:port/path");
    }
    *out = self;
    return AGENT_OK;
}

static void destroy(void *context) {
    free(context);
}

static const void *get_interface(agent_str id) {
    return agent_is(id, AGENT_EXPORTER_V1) ? &exporter : NULL;
}

static const agent_plugin plugin = {
    .size = sizeof plugin,
    .abi_major = AGENT_ABI_MAJOR,
    .abi_minor = AGENT_ABI_MINOR,
    .id = AGENT_STR("org.example.agent.post"),
    .name = AGENT_STR("Post"),
    .version = AGENT_STR("1.0.0"),
    .vendor = AGENT_STR("Example"),
    .summary = AGENT_STR("Posts every sample as JSON over HTTP."),
    .settings_schema = {schema, sizeof schema - 1},
    .create = create,
    .destroy = destroy,
    .get_interface = get_interface,
};

agent_status agent_plugin_entry(const agent_host *host, const agent_plugin **out, agent_error *error) {
    (void)host;
    (void)error;
    *out = &plugin;
    return AGENT_OK;
}
