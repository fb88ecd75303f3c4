import AgentConfiguration
import AgentRuntime
import Benchmark
import BenchmarkSupport
import CYardstick
import Logging
import Redaction
import Synchronization
import Telemetry

/// Lines of the log with nine fields, from the call that asks for one to its bytes: both threads' time together, the
/// caller's allocations. Yardstick: the same line by `snprintf`.
let benchmarks: @Sendable () -> Void = {
    for (name, format, fields) in [
        ("ECS", LogConfiguration.Format.json, LogConfiguration.Fields.ecs),
        ("OpenTelemetry", .json, .otel), ("for people", .human, .ecs),
    ] {
        let scene = Scene(format, fields)
        register("log - a failed run's line, \(name)") { scene.failRuns($0) }
        register("log - a message's line, \(name)") { scene.log($0) }
    }
    let quiet = Scene(.json, .ecs)
    register("log - an event that is not told of") { quiet.endRuns($0) }
}

private func register(_ name: String, _ body: @escaping (Int) -> Void) {
    // Fewer than may wait: none is dropped.
    Comparison.register(name, items: 4000, body) { _ = yardstick_log_line($0) }
}

/// A bus, the agent's own handlers on it, and a log that goes nowhere.
private final class Scene {
    private typealias Event = PreparedEvent<3, 6>

    private let bus = TelemetryBus()
    private let log: StructuredLog
    private let logger: Logger
    private let handlers: DefaultHandlers
    private let stop: Event

    private static let run = "01a1fd69-d11e-7279-83f0-85bd4aafeae7"

    init(_ format: LogConfiguration.Format, _ fields: LogConfiguration.Fields) {
        let written = Written()
        log = StructuredLog { written.count($0.count) }
        log.apply(
            LogConfiguration(
                format: format, fields: fields, level: .info, levels: [:], maxBytes: 8 << 10))
        logger = log.logger("agent.runs")
        handlers = DefaultHandlers(bus, log: log, redactor: CurrentRedactor())
        handlers.apply(.standard)
        stop = Event(
            bus, "net_auto.runner.stop", measurements: ["duration", "bytes", "chunks"],
            metadata: ["run_id", "device_id", "protocol", "site", "status", "exit_code"])
    }

    private func emit(_ count: Int, _ status: StaticString) {
        for number in 0..<count {
            stop.emit(
                [.integer(Int64(number)), 5, 1],
                [Self.run, "box", "local", "lab", "\(status)", "1"])
        }
        log.flush()
    }

    func failRuns(_ count: Int) { emit(count, "error") }
    func endRuns(_ count: Int) { emit(count, "ok") }

    func log(_ count: Int) {
        for number in 0..<count {
            logger.warning(
                "run failed",
                metadata: [
                    "run_id": "\(Self.run)", "device_id": "box", "protocol": "local", "site": "lab",
                    "status": "error", "exit_code": "1", "duration_seconds": "0.000005",
                    "bytes": "\(number)", "chunks": "1",
                ])
        }
        log.flush()
    }
}

private final class Written: Sendable {
    private let bytes = Mutex(0)

    func count(_ more: Int) { bytes.withLock { $0 += more } }
}
