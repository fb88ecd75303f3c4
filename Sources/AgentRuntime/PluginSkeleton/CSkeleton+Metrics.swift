extension CSkeleton {
    /// As generated it declares a counter and a distribution on one event.
    static let metrics = #"""
        /* @NAME@: metrics of an application. agent_plugin.h and the headers it includes say all there
         * is to know.
         *
         * The definitions are data: the agent executes them, and no code here runs while it does. */
        #include <agent_plugin.h>

        #include <string.h>

        AGENT_PLUGIN_NOTE(AGENT_KIND_METRICS);

        /* What an instance may be told in the configuration besides what every metrics plugin may. */
        static const char settings_schema[] =
            "{\"type\": \"object\", \"additionalProperties\": false, \"properties\": {}}";

        /* The event: @SLUG@.request.stop */
        static const agent_field_def measurements[] = {
            {AGENT_STR("duration"), AGENT_STR("nanosecond"), AGENT_STR("Time the request took.")},
        };
        static const agent_field_def metadata[] = {
            {.name = AGENT_STR("status"), .help = AGENT_STR("How it ended: ok or error.")},
        };
        static const agent_event_def events[] = {{
            .name = AGENT_STR(".request.stop"),
            .help = AGENT_STR("A request has ended."),
            .measurements = measurements,
            .metadata = metadata,
            .measurements_count = 1,
            .metadata_count = 1,
        }};

        /* The metrics: @SLUG@_requests_total and @SLUG@_request_duration_seconds */
        static const agent_metric_source counted[] = {{.event = AGENT_STR(".request.stop")}};
        static const agent_metric_source timed[] = {
            {.event = AGENT_STR(".request.stop"), .measurement = AGENT_STR("duration")},
        };
        static const agent_label_def labels[] = {{.name = AGENT_STR("status")}};
        static const double buckets[] = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
        static const agent_metric_def definitions[] = {
            {
                .kind = AGENT_METRIC_COUNTER,
                .name = AGENT_STR("requests_total"),
                .help = AGENT_STR("Requests that have ended."),
                .sources = counted,
                .labels = labels,
                .sources_count = 1,
                .labels_count = 1,
            },
            {
                .kind = AGENT_METRIC_DISTRIBUTION,
                .name = AGENT_STR("request_duration_seconds"),
                .help = AGENT_STR("Time requests took."),
                .unit = AGENT_STR("seconds"),
                .measurement_unit = AGENT_STR("duration"),
                .sources = timed,
                .labels = labels,
                .buckets = buckets,
                .sources_count = 1,
                .labels_count = 1,
                .buckets_count = sizeof buckets / sizeof buckets[0],
            },
        };

        /* An older host has room for fewer fields than these headers know: it gets those. */
        static agent_status describe_metric(uint32_t index, agent_metric_def *out) {
            uint32_t size = out->size;
            if (index >= sizeof definitions / sizeof definitions[0]) return AGENT_END;
            memcpy(out, &definitions[index], size < sizeof *out ? size : sizeof *out);
            out->size = size;
            return AGENT_OK;
        }

        static agent_status describe_event(uint32_t index, agent_event_def *out) {
            uint32_t size = out->size;
            if (index >= sizeof events / sizeof events[0]) return AGENT_END;
            memcpy(out, &events[index], size < sizeof *out ? size : sizeof *out);
            out->size = size;
            return AGENT_OK;
        }

        static const agent_metrics_v1 metrics = {
            .size = sizeof metrics,
            .metric_prefix = AGENT_STR("@SLUG@"),
            .event_prefix = AGENT_STR("@SLUG@"),
            .describe_metric = describe_metric,
            .describe_event = describe_event,
        };

        /* An instance has no state: the metrics are all there is. */
        static agent_status create(const agent_host *host, const agent_instance_config *config,
                                   void **out, agent_error *error) {
            (void)host;
            (void)config;
            (void)error;
            *out = NULL;
            return AGENT_OK;
        }

        static void destroy(void *context) {
            (void)context;
        }

        static const void *get_interface(agent_str id) {
            if (agent_is(id, AGENT_METRICS_V1)) return &metrics;
            return NULL;
        }

        """#
}
