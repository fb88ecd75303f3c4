import AgentConfiguration
import EventIntake
import MetricRegistry
import PluginHost
import Redaction
import Telemetry

/// What the agent is busy with, from one look to the next.
///
/// All but events and handlers is counted by the parts themselves, whether anybody looks or not.
struct TopSource: Sendable {
    /// What is counted from the start on.
    private struct Totals {
        var time: Int64
        var process: ProcessFigures
        var received = 0
        var applied = 0
        var rejected = 0
        var dropped = 0
        var plugins: [String: PluginCounters] = [:]
    }

    let registry: MetricRegistry
    let accounting: IntakeAccounting
    let plugins: RunningPlugins
    let redactor: CurrentRedactor
    let clock: TelemetryClock

    private static let maximumEvents = 100
    private static let maximumMetrics = 20
    /// How many series are looked at for the worst label of a metric.
    private static let seriesLimit = 10_000

    /// Follows one meter and one watch; used by one task.
    struct Look {
        private let source: TopSource
        private let meter: EventMeter
        private let handlers: HandlerWatch
        private var last: Totals

        init(_ source: TopSource, _ meter: EventMeter, _ handlers: HandlerWatch) {
            self.source = source
            self.meter = meter
            self.handlers = handlers
            last = source.totals()
        }

        /// What was since the last frame.
        mutating func frame() -> JSONValue {
            let now = source.totals()
            defer { last = now }
            return source.frame(meter.take(), handlers.take(), from: last, to: now)
        }
    }

    private func totals() -> Totals {
        var totals = Totals(time: clock.monotonic(), process: .read())
        for counts in accounting.snapshot().values {
            totals.received += counts.received
            totals.applied += counts.applied
            totals.rejected += counts.rejectedInAll
            totals.dropped += counts.droppedInAll
        }
        for report in plugins.reports { totals.plugins[report.name] = report.counters }
        return totals
    }

    // MARK: A frame

    private func frame(
        _ events: [(name: String, count: Int)], _ handlers: [HandlerWatch.Load],
        from old: Totals, to new: Totals
    ) -> JSONValue {
        let seconds = max(Double(new.time &- old.time) / 1e9, 1e-9)
        func rate(_ count: Int) -> JSONValue { .number(Double(count) / seconds) }
        let redactor = redactor.value
        let cpu = Double(new.process.cpuTime &- old.process.cpuTime) / 1e9 / seconds
        let sorted = events.sorted { ($0.count, $1.name) > ($1.count, $0.name) }
        var frame: JSONObject = [
            "at": .moment(clock.system()), "seconds": .number(seconds),
            "version": .string(AgentVersion.text),
            "process": [
                "cpu_ratio": .number(cpu), "resident_bytes": .integer(new.process.residentBytes),
                "threads": .integer(new.process.threads),
                "open_files": .integer(new.process.openFiles),
            ],
            "intake": [
                "received_per_second": rate(new.received - old.received),
                "applied_per_second": rate(new.applied - old.applied),
                "rejected_per_second": rate(new.rejected - old.rejected),
                "dropped_per_second": rate(new.dropped - old.dropped),
            ],
            "event_names": .integer(Int64(events.count)),
            "events_per_second": rate(events.reduce(0) { $0 + $1.count }),
            "events": .array(
                sorted.prefix(Self.maximumEvents).map { event in
                    [
                        "event": .string(redactor.text(event.name)),
                        "count": .integer(Int64(event.count)),
                        "per_second": rate(event.count),
                    ]
                }),
        ]
        frame["series"] = .integer(Int64(registry.statistics.reduce(0) { $0 + $1.series }))
        frame["metrics"] = .array(metrics())
        let busiest = handlers.sorted { ($0.nanoseconds, $1.id) > ($1.nanoseconds, $0.id) }
        frame["handlers"] = .array(
            busiest.map { handler in
                [
                    "handler": .string(handler.id), "calls": .integer(Int64(handler.calls)),
                    "calls_per_second": rate(handler.calls),
                    "busy_ratio": .number(handler.nanoseconds / 1e9 / seconds),
                    "call_seconds": handler.calls > 0
                        ? .number(handler.nanoseconds / 1e9 / Double(handler.calls)) : .null,
                ]
            })
        frame["plugins"] = .array(
            plugins.reports.map { report in
                plugin(
                    report, since: old.plugins[report.name] ?? report.counters, seconds, redactor)
            })
        return .object(frame)
    }

    /// Those with the most series.
    private func metrics() -> [JSONValue] {
        let overflowed = Dictionary(
            registry.statistics.map { ($0.name, $0.overflowed) }
        ) { first, _ in first }
        let families = registry.snapshot().families.sorted {
            ($0.seriesCount, $1.definition.name) > ($1.seriesCount, $0.definition.name)
        }
        return families.prefix(Self.maximumMetrics).filter { $0.seriesCount > 0 }.map { family in
            let worst = family.labelCardinalities(limit: Self.seriesLimit).first
            return [
                "metric": .string(family.definition.name.description),
                "plugin": .string(family.owner),
                "series": .integer(Int64(family.seriesCount)),
                "overflowed": .integer(Int64(clamping: overflowed[family.definition.name] ?? 0)),
                "worst_label": worst.map {
                    [
                        "label": .string($0.label), "values": .integer(Int64($0.values)),
                        // Of more series than were looked at there may be more values.
                        "at_least": .bool(family.seriesCount > Self.seriesLimit),
                    ]
                } ?? .null,
            ]
        }
    }

    private func plugin(
        _ report: PluginReport, since old: PluginCounters, _ seconds: Double,
        _ redactor: Redactor
    ) -> JSONValue {
        let counters = report.counters
        func rate(_ now: UInt64, _ before: UInt64) -> JSONValue {
            .number(Double(now &- min(now, before)) / seconds)
        }
        let busy = Double(counters.callNanoseconds &- old.callNanoseconds) / 1e9 / seconds
        let exports = counters.exports.sorted { $0.key < $1.key }
        var results: JSONObject = [:]
        for (result, count) in exports { results[result] = .integer(Int64(clamping: count)) }
        return [
            "plugin": .string(report.name),
            "kinds": .array(report.description.kinds.words.map { .string($0) }),
            "state": .string(report.state.rawValue), "status": .string("\(report.status.level)"),
            "why": .string(redactor.text(report.status.why)), "busy_ratio": .number(max(0, busy)),
            "events_per_second": rate(counters.eventsDelivered, old.eventsDelivered),
            "requests_per_second": rate(counters.requests, old.requests),
            "samples_per_second": rate(
                counters.samplesAccepted &+ counters.samplesStreamed,
                old.samplesAccepted &+ old.samplesStreamed),
            "bytes_per_second": rate(counters.exportBytes, old.exportBytes),
            "dropped": .integer(
                Int64(
                    clamping: counters.eventsDropped &+ counters.samplesDropped
                        &+ counters.exportsDropped)),
            "exports": .object(results),
        ]
    }
}
