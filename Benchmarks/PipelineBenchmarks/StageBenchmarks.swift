import BenchmarkSupport
import MetricRegistry
import Redaction
import Telemetry

/// What a stage adds to an event that a counter takes. Yardstick: the same event on a bus without a pipeline, so that the
/// difference of the two is the stage.
func stageBenchmarks() throws {
    let all = EventPattern.all
    let sampling = EventPipeline.Sampling(events: all, keepOneIn: 1, correctsCounters: true)
    let limit = EventPipeline.RateLimit(events: all, perSecond: 1e9, burst: 1_000_000_000)
    let redaction = EventPipeline.Redaction(events: all, redactor: Redactor.standard)
    let stages: [(String, EventPipeline)] = [
        ("sampling", EventPipeline(samplings: [sampling])),
        ("rate limit", EventPipeline(rateLimits: [limit])),
        ("redaction", EventPipeline(redactions: [redaction])),
        (
            "everything",
            EventPipeline(samplings: [sampling], rateLimits: [limit], redactions: [redaction])
        ),
    ]
    for (name, pipeline) in stages {
        try compare("pipeline - \(name), event of short texts", pipeline) { bus in
            let event = TypicalEvent.short(bus)
            return { count in for number in 0..<count { TypicalEvent.emit(event, number) } }
        }
    }
    for (name, pipeline) in stages.suffix(2) {
        try compare("pipeline - \(name), event of long texts", pipeline) { bus in
            let event = TypicalEvent.long(bus)
            return { count in for number in 0..<count { TypicalEvent.emit(event, number) } }
        }
        try compare("pipeline - \(name), event with secrets", pipeline) { bus in
            let event = TypicalEvent.long(bus)
            return { count in for number in 0..<count { TypicalEvent.emitSecrets(event, number) } }
        }
    }
    try correlationBenchmarks(stages.map(\.1))
}

/// What it costs that events carry the correlation id of their task. Yardstick: the same events outside of one.
private func correlationBenchmarks(_ stages: [EventPipeline]) throws {
    for (name, pipeline) in [("alone", EventPipeline()), ("with everything", stages[3])] {
        let bus = try TypicalEvent.bus()
        bus.setPipeline(pipeline)
        let event = TypicalEvent.short(bus)
        Comparison.register("pipeline - correlation, \(name)", items: 100_000) { count in
            Correlation.$current.withValue("0190a1b2-7c3d-7000-8000-0123456789ab") {
                for number in 0..<count { TypicalEvent.emit(event, number) }
            }
        } yardstick: { count in
            for number in 0..<count { TypicalEvent.emit(event, number) }
        }
    }
}

private func compare(
    _ name: String, _ pipeline: EventPipeline, _ make: (TelemetryBus) -> (Int) -> Void
) throws {
    let (staged, plain) = (try TypicalEvent.bus(), try TypicalEvent.bus())
    staged.setPipeline(pipeline)
    Comparison.register(name, items: 100_000, make(staged), yardstick: make(plain))
}

/// Events as the agent's own runs and an application's requests make them.
enum TypicalEvent {
    static func bus() throws -> TelemetryBus {
        let bus = TelemetryBus()
        let registry = try MetricRegistry(bus: bus)
        // To be there as long as the process.
        _ = Unmanaged.passRetained(registry)
        try registry.declare(
            ["short", "long"].map { name in
                MetricDefinition(
                    name: try MetricName("\(name)_total"), kind: .counter, help: "Events.",
                    sources: [MetricSource(event: try EventName("bench.\(name)"))],
                    labels: [LabelMapping(name: try LabelName("site"), key: "site")])
            }, owner: "benchmark")
        return bus
    }

    /// As `net_auto.runner.stop`.
    static func short(_ bus: TelemetryBus) -> PreparedEvent<2, 5> {
        PreparedEvent(
            bus, "bench.short", measurements: ["duration", "bytes"],
            metadata: ["run_id", "device_id", "protocol", "site", "status"])
    }

    /// As an application's request that failed.
    static func long(_ bus: TelemetryBus) -> PreparedEvent<2, 6> {
        PreparedEvent(
            bus, "bench.long", measurements: ["duration", "bytes"],
            metadata: ["request_id", "site", "method", "url", "user_agent", "message"])
    }

    @inline(__always)
    static func emit(_ event: PreparedEvent<2, 5>, _ number: Int) {
        event.emit(
            [.integer(Int64(number)), .integer(5)],
            ["0190a1b2-7c3d-7000-8000-0123456789ab", "edge-17.ams", "ssh", "ams1", "ok"])
    }

    @inline(__always)
    static func emit(_ event: PreparedEvent<2, 6>, _ number: Int) {
        emit(
            event, number, url: "https://api.example.net/v1/devices/edge-17?fields=name,site",
            message: "connection to edge-17.ams closed by the other side after 3 tries")
    }

    @inline(__always)
    static func emitSecrets(_ event: PreparedEvent<2, 6>, _ number: Int) {
        emit(
            event, number,
            url: "https://me:not-a-secret@api.example.net/v1/devices/edge-17?token=none-at-all",
            message: "connection to edge-17.ams refused: password=none-at-all is wrong")
    }

    @inline(__always)
    private static func emit(
        _ event: PreparedEvent<2, 6>, _ number: Int, url: String, message: String
    ) {
        event.emit(
            [.integer(Int64(number)), .integer(5)],
            [
                "0190a1b2-7c3d-7000-8000-0123456789ab", "ams1", "GET", url,
                "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0", message,
            ])
    }
}
