extension CSkeleton {
    /// As generated it counts the samples of a snapshot and logs how many there were.
    static let exporter = #"""
        /* @NAME@: an exporter. agent_plugin.h and the headers it includes say all there is to know. */
        #include <agent_plugin.h>

        #include <inttypes.h>
        #include <stdio.h>
        #include <stdlib.h>

        AGENT_PLUGIN_NOTE(AGENT_KIND_EXPORTER);

        /* What an instance may be told in the configuration. The agent checks it before create sees it. */
        static const char settings_schema[] =
            "{\"type\": \"object\", \"additionalProperties\": false, \"properties\": {}}";

        typedef struct instance {
            const agent_host *host;
            const agent_host_snapshot_v1 *snapshots;
            const agent_host_log_v1 *log; /* NULL where the host has none */
        } instance;

        /* Sends one snapshot. As it stands it counts the samples and says how many there were. */
        static agent_status export_snapshot(void *context, agent_snapshot *snapshot,
                                            int64_t deadline_ns, agent_export_result *result,
                                            agent_error *error) {
            instance *self = context;
            agent_family family = {.size = sizeof family};
            uint64_t samples = 0;
            (void)deadline_ns; /* CLOCK_MONOTONIC: what takes time stops before it */
            (void)error;       /* why, where the result is not AGENT_EXPORT_OK */
            for (uint32_t i = 0; self->snapshots->family(snapshot, i, &family) == AGENT_OK; i++) {
                agent_series batch[64];
                uint64_t cursor = 0;
                uint32_t count = 0;
                while (self->snapshots->series(snapshot, i, &cursor, batch, 64, &count) == AGENT_OK)
                    samples += count;
            }
            if (self->log) {
                char text[64];
                snprintf(text, sizeof text, "%" PRIu64 " samples", samples);
                self->log->write(self->host, AGENT_LOG_INFO, agent_text(text), NULL, 0);
            }
            result->accepted = samples;
            return AGENT_OK;
        }

        static const agent_exporter_v1 exporter = {
            .size = sizeof exporter,
            .interval_ns = INT64_C(15000000000),
            .timeout_ns = INT64_C(5000000000),
            .export_snapshot = export_snapshot,
        };

        static const void *service(const agent_host *host, const char *id) {
            return host->get_interface(host, agent_text(id));
        }

        static agent_status create(const agent_host *host, const agent_instance_config *config,
                                   void **out, agent_error *error) {
            instance *self = calloc(1, sizeof *self);
            (void)config;
            if (!self) return AGENT_FAIL(error, AGENT_ERROR, "out of memory");
            self->host = host;
            self->snapshots = service(host, AGENT_HOST_SNAPSHOT_V1);
            self->log = service(host, AGENT_HOST_LOG_V1);
            if (!self->snapshots) {
                free(self);
                return AGENT_FAIL(error, AGENT_UNSUPPORTED, "this host offers no snapshots");
            }
            *out = self;
            return AGENT_OK;
        }

        static void destroy(void *context) {
            free(context);
        }

        static const void *get_interface(agent_str id) {
            if (agent_is(id, AGENT_EXPORTER_V1)) return &exporter;
            return NULL;
        }

        """#
}
