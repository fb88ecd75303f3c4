import Automation
import Benchmark
import BenchmarkSupport
import CYardstick
import MetricRegistry
import Telemetry

/// A check-out and a check-in together, uncontended: without anybody who wants the events, and with the metrics one
/// would make of them. Yardstick: a lock, two counts, two looks at the clock and a `malloc` in C.
func quotaBenchmarks() throws {
    let silent = try server(TelemetryBus())
    Comparison.register("quota - check-out and check-in, no handler", items: 200_000) { count in
        visit(silent, count)
    } yardstick: {
        yardstick_admission($0)
    }

    let bus = TelemetryBus()
    let registry = try MetricRegistry(bus: bus)
    _ = Unmanaged.passRetained(registry)
    try registry.declare(try metrics(), owner: "benchmark")
    let counted = try server(bus)
    Comparison.register("quota - check-out and check-in, with metrics", items: 200_000) { count in
        visit(counted, count)
    } yardstick: {
        yardstick_admission($0)
    }

    let full = try QuotaServer(
        limits: QuotaLimits(global: 10, sites: ["chi1": 0]), bus: TelemetryBus())
    Comparison.register("quota - refusal, no handler", items: 200_000) { count in
        for _ in 0..<count { _ = try? full.checkOut(site: "chi1", metadata: metadata) }
    } yardstick: {
        yardstick_admission($0)
    }

    let shared = try server(TelemetryBus())
    Comparison.register("quota - check-out and check-in, 2 threads", items: 200_000) { count in
        Threads.run(2) { _ in visit(shared, count / 2) }
    } yardstick: { count in
        Threads.run(2) { _ in yardstick_admission(count / 2) }
    }
}

private let metadata = QuotaMetadata(runID: "01932b1e-7a5c-7f00-8000-000000000001")

private func server(_ bus: TelemetryBus) throws -> QuotaServer {
    QuotaServer(
        limits: try QuotaLimits(global: 100, sites: ["chi1": 10, "nyc": 10], otherSites: 5),
        bus: bus)
}

private func visit(_ quota: QuotaServer, _ count: Int) {
    for _ in 0..<count {
        guard let reservation = try? quota.checkOut(site: "chi1", metadata: metadata) else {
            fatalError("the quota is full")
        }
        quota.checkIn(reservation)
    }
}

/// What a dashboard of quotas shows.
private func metrics() throws -> [MetricDefinition] {
    let out: EventName = "net_auto.quota.checked_out"
    let back: EventName = "net_auto.quota.checked_in"
    let labels = try ["scope", "site"].map { LabelMapping(name: try LabelName($0), key: $0) }
    return [
        MetricDefinition(
            name: try MetricName("quota_checkouts_total"), kind: .counter, help: "Check-outs.",
            sources: [MetricSource(event: out)], labels: labels),
        MetricDefinition(
            name: try MetricName("quota_checkins_total"), kind: .counter, help: "Check-ins.",
            sources: [MetricSource(event: back)],
            labels: labels + [LabelMapping(name: try LabelName("reason"), key: "reason")]),
        MetricDefinition(
            name: try MetricName("quota_active"), kind: .lastValue, help: "Active.",
            sources: [out, back].map { MetricSource(event: $0, measurement: "site_active") },
            labels: labels),
        MetricDefinition(
            name: try MetricName("quota_hold_seconds"), kind: .distribution, help: "Held.",
            unit: "seconds", measurementUnit: "nanosecond",
            sources: [MetricSource(event: back, measurement: "held")], labels: [labels[1]],
            buckets: [0.1, 0.5, 1, 5, 10, 60, 300]),
    ]
}
