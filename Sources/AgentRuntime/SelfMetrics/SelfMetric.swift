import MetricRegistry
import Telemetry

/// What the agent tells of itself: the same definitions as a plugin's, of the owner "agent".
enum SelfMetric {
    static let owner = "agent"

    static let events = "agent_events_total"
    static let eventsRejected = "agent_events_rejected_total"
    static let eventsDropped = "agent_events_dropped_total"
    static let pipelineEvents = "agent_pipeline_events_total"
    static let samplingRatio = "agent_pipeline_sampling_ratio"
    static let redactedEvents = "agent_pipeline_redacted_events_total"
    static let timedEvents = "agent_pipeline_timed_events_total"
    static let timedSeconds = "agent_pipeline_timed_seconds_total"
    static let series = "agent_series"
    static let seriesOverflow = "agent_series_overflow_total"
    static let updatesSkipped = "agent_metric_updates_skipped_total"
    static let pluginUp = "agent_plugin_up"
    static let componentHealth = "agent_component_health"
    static let pluginImages = "agent_plugin_images"
    static let configHash = "agent_config_hash_info"
    static let lastReload = "agent_config_last_reload_seconds"
    static let lastReloadSuccess = "agent_config_last_reload_success"
    static let storeBytes = "agent_store_bytes"
    static let storeLimits = "agent_store_limit_bytes"
    static let auditEntries = "agent_audit_entries"
    static let auditHead = "agent_audit_head_info"
    static let auditWaiting = "agent_audit_entries_waiting"
    static let auditLost = "agent_audit_entries_lost_total"
    static let auditAlterations = "agent_audit_alterations"
    static let buildInfo = "agent_build_info"
    static let scheduleRuns = "agent_schedule_runs_total"
    static let scheduleMissed = "agent_schedule_missed_total"
    static let scheduleFailures = "agent_schedule_failures_in_a_row"
    static let scheduleSuccessAge = "agent_schedule_success_age_seconds"
    static let scheduleInterval = "agent_schedule_interval_seconds"
    static let cpuSeconds = "process_cpu_seconds_total"
    static let residentMemory = "process_resident_memory_bytes"
    static let virtualMemory = "process_virtual_memory_bytes"
    static let openFiles = "process_open_fds"
    static let maximumFiles = "process_max_fds"
    static let threads = "process_threads"
    static let startTime = "process_start_time_seconds"

    /// All of them. Throws only where one of the texts here is wrong.
    static func definitions() throws -> [MetricDefinition] {
        try intake() + pipeline() + registry() + plugins() + configuration() + store() + exports()
            + schedules() + process()
    }

    private static func pipeline() throws -> [MetricDefinition] {
        [
            try instrument(
                pipelineEvents, .counter,
                "Events that came to a rule of the pipeline, by what became of them.",
                labels: ["stage", "events", "outcome"]),
            try instrument(
                samplingRatio, .lastValue, "The part of the events that a sampling rule lets pass.",
                labels: ["events"]),
            try instrument(
                redactedEvents, .counter,
                "Events from which something secret was taken before their handlers got them."),
            try instrument(
                timedEvents, .counter, "Events whose way through the pipeline was timed: one in 64."
            ),
            try instrument(
                timedSeconds, .sum, "Time these took, their handlers' not counted.",
                unit: "seconds", from: "nanosecond"),
        ]
    }

    private static func intake() throws -> [MetricDefinition] {
        [
            try instrument(
                events, .counter, "Events that arrived: those applied, rejected and dropped.",
                labels: ["source"]),
            try instrument(
                eventsRejected, .counter, "Events that were not applied, by reason.",
                labels: ["source", "reason"]),
            try instrument(
                eventsDropped, .counter,
                "Events that were lost before they could be read, or kept out by a rule.",
                labels: ["source", "reason"]),
            MetricDefinition(
                name: try MetricName("agent_handler_failures_total"), kind: .counter,
                help: "Failures of event handlers.",
                sources: [MetricSource(event: "telemetry.handler.failure")],
                labels: [
                    try label("handler", from: "handler_id"), try label("kind", from: "kind"),
                ]),
        ]
    }

    private static func registry() throws -> [MetricDefinition] {
        [
            try instrument(
                series, .lastValue, "Label sets a metric has, its overflow series not counted.",
                labels: ["metric"]),
            try instrument(
                seriesOverflow, .counter,
                "Updates that went to a metric's overflow series, because it has all the series it may.",
                labels: ["metric"]),
            try instrument(
                updatesSkipped, .counter, "Updates a metric could not take, by reason.",
                labels: ["metric", "reason"]),
        ]
    }

    private static func plugins() throws -> [MetricDefinition] {
        try [
            try instrument(
                pluginUp, .lastValue,
                "Whether a plugin's instance works, and what it sends arrives: 1 or 0.",
                labels: ["plugin"]),
            try instrument(
                componentHealth, .lastValue,
                "How a component of the agent fares: 1 for its status, 0 for the others.",
                labels: ["component", "status"]),
            try instrument(
                pluginImages, .lastValue,
                "Plugin libraries in memory; one that was replaced stays until the agent ends."),
            try instrument(
                buildInfo, .lastValue, "Always 1; the labels say what this build is.",
                labels: ["version", "abi", "swift"]),
        ]
            + PluginLoss.allCases.map {
                try instrument($0.metric, .counter, $0.help, labels: ["plugin"])
            }
    }

    private static func configuration() throws -> [MetricDefinition] {
        [
            try instrument(
                configHash, .lastValue,
                "Always 1; the label changes when the configuration in use does.",
                labels: ["hash"]),
            try instrument(
                lastReload, .lastValue,
                "When the configuration in use was taken into use, since 1970.", unit: "seconds",
                from: "nanosecond"),
            try instrument(
                lastReloadSuccess, .lastValue,
                "Whether the last configuration that was read was taken into use: 1 or 0."),
        ]
    }

    private static func store() throws -> [MetricDefinition] {
        [
            try instrument(
                storeBytes, .lastValue,
                "What the store takes: runs, the audit log, free room, and the log beside the file.",
                unit: "bytes", labels: ["part"]),
            try instrument(
                storeLimits, .lastValue, "What runs and the audit log may take.", unit: "bytes",
                labels: ["part"]),
            try instrument(auditEntries, .lastValue, "Entries of the audit log."),
            try instrument(
                auditHead, .lastValue,
                "Always 1; the label is the audit log's last entry as it was last told.",
                labels: ["head"]),
            try instrument(
                auditWaiting, .lastValue, "Entries of the audit log that are not stored yet."),
            try instrument(
                auditLost, .counter,
                "Entries that the audit log had no room for; the agent's log has them."),
            try instrument(
                auditAlterations, .lastValue,
                "How often the audit log was not as the agent had left it, since the agent's start."
            ),
        ]
    }

    private static func exports() throws -> [MetricDefinition] {
        let plugin = try label("plugin", from: "plugin")
        return [
            MetricDefinition(
                name: try MetricName("agent_exports_total"), kind: .counter,
                help: "Exports, by what became of them.",
                sources: [
                    MetricSource(event: "agent.exporter.export.stop"),
                    MetricSource(
                        event: "agent.exporter.export.exception", constants: ["result": "error"]),
                ],
                labels: [
                    plugin,
                    LabelMapping(name: try LabelName("result"), key: "result", defaultValue: "ok"),
                ]),
            MetricDefinition(
                name: try MetricName("agent_export_seconds"), kind: .distribution,
                help: "How long an export took.", unit: "seconds", measurementUnit: "nanosecond",
                sources: [
                    MetricSource(event: "agent.exporter.export.stop", measurement: "duration"),
                    MetricSource(event: "agent.exporter.export.exception", measurement: "duration"),
                ],
                labels: [plugin],
                buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
                isMeasurementOptional: true),
            MetricDefinition(
                name: try MetricName("agent_export_bytes"), kind: .distribution,
                help: "How much an export sent.", unit: "bytes", measurementUnit: "byte",
                sources: [MetricSource(event: "agent.exporter.export.stop", measurement: "bytes")],
                labels: [plugin],
                buckets: [1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000],
                isMeasurementOptional: true),
        ]
    }

    private static func schedules() throws -> [MetricDefinition] {
        [
            try instrument(
                scheduleRuns, .counter, "Runs of a schedule that ended, by how they ended.",
                labels: ["schedule", "status"]),
            try instrument(
                scheduleMissed, .counter,
                "Begins of a schedule that were left out, because its run before was not over.",
                labels: ["schedule"]),
            try instrument(
                scheduleFailures, .lastValue,
                "Runs of a schedule that failed one after the other, up to now.",
                labels: ["schedule"]),
            try instrument(
                scheduleSuccessAge, .lastValue,
                "Time since a run of the schedule ended well, or since it is known where none has.",
                unit: "seconds", from: "nanosecond", labels: ["schedule"]),
            try instrument(
                scheduleInterval, .lastValue, "From one begin of a schedule to the next.",
                unit: "seconds", from: "nanosecond", labels: ["schedule"]),
        ]
    }

    private static func process() throws -> [MetricDefinition] {
        [
            try instrument(
                cpuSeconds, .sum, "User and system processor time used.", unit: "seconds",
                from: "nanosecond"),
            try instrument(
                residentMemory, .lastValue, "Memory that is resident, shared pages included.",
                unit: "bytes"),
            try instrument(
                virtualMemory, .lastValue, "Addresses that are mapped.", unit: "bytes"),
            try instrument(openFiles, .lastValue, "Open file descriptors."),
            try instrument(maximumFiles, .lastValue, "How many file descriptors may be open."),
            try instrument(threads, .lastValue, "Threads of the process."),
            try instrument(
                startTime, .lastValue, "When the process started, since 1970.", unit: "seconds",
                from: "millisecond"),
        ]
    }

    private static func instrument(
        _ name: String, _ kind: MetricKind, _ help: String, unit: String = "",
        from measurementUnit: String = "", labels: [String] = []
    ) throws -> MetricDefinition {
        MetricDefinition(
            name: try MetricName(name), kind: kind, help: help, unit: unit,
            measurementUnit: measurementUnit, labels: try labels.map { try label($0, from: $0) },
            isInstrument: true)
    }

    private static func label(_ name: String, from key: String) throws -> LabelMapping {
        LabelMapping(name: try LabelName(name), key: key)
    }
}
