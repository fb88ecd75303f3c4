import PluginKit

extension RunnerPlugin {
    static let events: [EventDefinition] = [
        EventDefinition(
            ".run.created", "A run was asked for and stored.",
            measurements: [.field("count", "1.")],
            metadata: aRun + [.field("requested_by", "Who asked for it.")]),
        EventDefinition(
            ".run.chunk", "A piece of a run's output arrived.",
            measurements: [.field("bytes", "Size of the piece.", unit: "byte")],
            metadata: aRun + [.field("seq", "Number of the piece within its run.")]),
        EventDefinition(
            ".runner.start", "A run's turn came: the device is being talked to.",
            measurements: [
                .field("system_time", "When, since 1970.", unit: "nanosecond"),
                .field("queue_time", "How long it waited.", unit: "duration"),
            ],
            metadata: aRun),
        EventDefinition(
            ".runner.stop", "A run came to its end, whatever the end was.",
            measurements: [
                .field("duration", "Time since its start.", unit: "duration"),
                .field("bytes", "Size of its output.", unit: "byte"),
                .field("chunks", "Pieces its output came in."),
            ],
            metadata: aRun + [
                .field("status", "ok, error, canceled or timeout."),
                .field("exit_code", "What the device's command answered."),
            ]),
        EventDefinition(
            ".runner.error", "A run broke off: its adapter or its connection failed.",
            measurements: [
                .field("duration", "Time since its start.", unit: "duration"),
                .field("bytes", "Size of the output until then.", unit: "byte"),
            ],
            metadata: aRun + [
                .field("kind", "The class of the failure."),
                .field("reason", "The failure's reason: a class, never free text."),
            ]),
    ]

    private static let aRun: [EventDefinition.Field] = [
        .field("run_id", "The run."),
        .field("device_id", "The device it talks to."),
        .field("protocol", "How it talks: ssh, netconf, …"),
        .field("site", "Where the device stands."),
    ]
}
