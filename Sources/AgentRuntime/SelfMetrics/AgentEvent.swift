/// The events that the agent itself emits, documented as plugins document theirs.
enum AgentEvent {
    static let all: [EventListing.Row] =
        handlers + configuration + intake + plugins + exporters

    private static let handlers = [
        row(
            "telemetry.handler.failure", "A handler failed on an event.",
            [monotonicTime, systemTime],
            [
                ("event_name", "", "The event it failed on."),
                ("handler_id", "", "The handler."),
                ("kind", "", "The error's type."),
                ("reason", "", "The error's text."),
                ("quarantined", "", "Whether it is set aside now."),
            ])
    ]

    private static let configuration = [
        row(
            "agent.config.loaded", "A configuration is in use.",
            [("plugins", "", "Plugins it names."), ("metrics", "", "Metrics it defines.")],
            [("file", "", "The file."), ("hash", "", "Changes when the file does.")]),
        row(
            "agent.config.rejected", "A configuration was not taken into use.",
            [("errors", "", "How many.")], [("file", "", "The file.")]),
    ]

    private static let intake = [
        row(
            "agent.intake.rejected", "Events of a request, or of a while, were not applied.",
            [("count", "", "How many.")],
            [
                ("source", "", "Where they came in."),
                ("reason", "", "Why, as in agent_events_rejected_total."),
            ])
    ]

    private static let plugins = [
        row(
            "agent.plugin.loaded", "A plugin's instance runs.",
            [one, ("duration", "nanosecond", "How long it took.")],
            [plugin, id, ("version", "", "The plugin's version."), file]),
        row(
            "agent.plugin.refused", "A plugin was not loaded, or its instance not made.", [one],
            [plugin, reason, message]),
        row(
            "agent.plugin.failed", "A plugin's instance cannot work.", [one],
            [plugin, reason, message]),
        row(
            "agent.plugin.replaced", "A running plugin was replaced by a newly loaded one.", [one],
            [plugin, id, ("version", "", "The new version."), file]),
    ]

    private static let exporters = [
        row(
            "agent.exporter.export.start", "An exporter is given a snapshot.",
            [monotonicTime, systemTime], [plugin, span]),
        row(
            "agent.exporter.export.stop", "An exporter has returned.",
            [
                ("duration", "nanosecond", "How long it took."), monotonicTime,
                ("bytes", "byte", "Sent."), ("samples", "", "Accepted by the receiver."),
                ("rejected", "", "Samples refused by the receiver."),
            ],
            [plugin, ("result", "", "ok, retry, partial, reject or fatal."), span]),
        row(
            "agent.exporter.export.exception", "An exporter failed or overran its deadline.",
            [("duration", "nanosecond", "How long it took."), monotonicTime],
            [plugin, ("kind", "", "The error's type."), reason, span]),
    ]

    private typealias Text = (name: String, unit: String, help: String)
    private static let plugin: Text = ("plugin", "", "The instance's name.")
    private static let reason: Text = ("reason", "", "Why.")
    private static let message: Text = ("message", "", "The same as a sentence.")
    private static let one: Text = ("count", "", "1.")
    private static let id: Text = ("id", "", "The plugin's id.")
    private static let file: Text = ("file", "", "The library.")
    private static let span: Text = ("span_id", "", "Ties start and end together.")
    private static let monotonicTime: Text = (
        "monotonic_time", "nanosecond", "When, on the monotonic clock."
    )
    private static let systemTime: Text = ("system_time", "nanosecond", "When, since 1970.")

    private static func row(
        _ name: String, _ help: String, _ measurements: [Text], _ metadata: [Text]
    ) -> EventListing.Row {
        EventListing.Row(
            name: name, measurements: measurements.map(field), metadata: metadata.map(field),
            plugin: SelfMetric.owner, help: help)
    }

    private static func field(_ text: Text) -> EventListing.Field {
        EventListing.Field(name: text.name, unit: text.unit, help: text.help)
    }
}
