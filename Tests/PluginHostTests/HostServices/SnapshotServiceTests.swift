import CAgentPlugin
import MetricRegistry
import Telemetry
import Testing

@testable import PluginHost

struct SnapshotServiceTests {
    private static func probe(_ filter: SnapshotFilter = SnapshotFilter()) throws -> ProbeHost {
        let host = try ProbeHost(filter: filter)
        let site = LabelMapping(name: try LabelName("site"), key: "site")
        try host.registry.declare(
            [
                MetricDefinition(
                    name: try MetricName("jobs_total"), kind: .counter, help: "Jobs.",
                    sources: [MetricSource(event: "job.done")], labels: [site]),
                MetricDefinition(
                    name: try MetricName("job_seconds"), kind: .distribution, help: "Time.",
                    unit: "seconds", measurementUnit: "nanosecond",
                    sources: [MetricSource(event: "job.done", measurement: "duration")],
                    labels: [site], buckets: [0.005, 1, 10]),
                MetricDefinition(
                    name: try MetricName("queue_depth"), kind: .lastValue, help: "",
                    sources: [MetricSource(event: "queue.seen", measurement: "depth")]),
            ], owner: "test")
        for index in 0..<3 {
            host.bus.execute(
                "job.done", ["duration": 2_000_000_000], ["site": .string("s\(index)\n")])
        }
        host.bus.execute("queue.seen", ["depth": 2.5])
        return host
    }

    /// Acquires, reads and releases.
    private func read<Result>(
        _ host: ProbeHost, _ body: (agent_host_snapshot_v1, OpaquePointer) throws -> Result
    ) throws -> Result {
        let table = try #require(
            host.interface(AGENT_HOST_SNAPSHOT_V1, as: agent_host_snapshot_v1.self))
        var snapshot: OpaquePointer?
        #expect(table.acquire?(host.pointer, &snapshot) == AGENT_OK)
        let pointer = try #require(snapshot)
        defer { table.release?(host.pointer, pointer) }
        return try body(table, pointer)
    }

    private func text(_ view: agent_str) -> String {
        String(
            decoding: UnsafeRawBufferPointer(start: view.data, count: Int(view.size)), as: UTF8.self
        )
    }

    private func family(
        _ table: agent_host_snapshot_v1, _ snapshot: OpaquePointer, _ index: UInt32
    ) -> (agent_status?, agent_family) {
        var family = agent_family()
        family.size = UInt32(MemoryLayout<agent_family>.size)
        let status = table.family?(snapshot, index, &family)
        return (status, family)
    }

    @Test func `families are sorted by name and carry everything of their definition`() throws {
        let host = try Self.probe()
        try read(host) { table, snapshot in
            #expect(table.family_count?(snapshot) == 3)
            #expect(table.time_ns?(snapshot) ?? 0 > 1_600_000_000_000_000_000)
            let (status, seconds) = family(table, snapshot, 0)
            #expect(status == AGENT_OK)
            #expect(text(seconds.name) == "job_seconds")
            #expect(text(seconds.help) == "Time.")
            #expect(text(seconds.unit) == "seconds")
            #expect(seconds.kind == AGENT_METRIC_DISTRIBUTION)
            #expect(seconds.bounds_count == 3)
            #expect((0..<3).map { text(seconds.bounds_text[$0]) } == ["0.005", "1", "10"])
            #expect(seconds.label_count == 1)
            #expect(text(seconds.label_names[0]) == "site")
            #expect(text(family(table, snapshot, 1).1.name) == "jobs_total")
            #expect(family(table, snapshot, 2).1.label_count == 0)
            #expect(family(table, snapshot, 3).0 == AGENT_END)
        }
    }

    @Test(arguments: [1, 2, 3, 32] as [UInt32])
    func `series come in batches of what there is room for, each once`(capacity: UInt32) throws {
        let host = try Self.probe()
        try read(host) { table, snapshot in
            var batch = [agent_series](repeating: agent_series(), count: Int(capacity))
            var (cursor, count, labels) = (UInt64(0), UInt32(0), [String]())
            while table.series?(snapshot, 0, &cursor, &batch, capacity, &count) == AGENT_OK {
                for series in batch[..<Int(count)] {
                    labels.append(text(series.labels))
                    #expect(series.count == 1)
                    #expect((0..<4).map { series.buckets[$0] } == [0, 0, 1, 0])
                    #expect(agent_value_f64(series.sum) == 2)
                    #expect(series.start_time_ns > 0)
                }
            }
            #expect(count == 0)
            #expect(labels.sorted() == (0..<3).map { "site=\"s\($0)\\n\"" })
        }
    }

    @Test func `labels come as plain pairs, and only for series that are there`() throws {
        let host = try Self.probe()
        try read(host) { table, snapshot in
            var series = agent_series()
            var (cursor, count) = (UInt64(0), UInt32(0))
            #expect(table.series?(snapshot, 1, &cursor, &series, 1, &count) == AGENT_OK)
            var pair = agent_pair()
            #expect(table.labels?(snapshot, 1, series.id, &pair, 1, &count) == AGENT_OK)
            #expect(count == 1)
            #expect(text(pair.name) == "site")
            #expect(text(pair.value).hasPrefix("s"))
            #expect(text(pair.value).hasSuffix("\n"))
            #expect(table.labels?(snapshot, 1, series.id, nil, 0, &count) == AGENT_OK)
            #expect(count == 1, "without room it says how many there are")
            for id: UInt64 in [0, 1, series.id &+ 8, .max] {
                #expect(table.labels?(snapshot, 1, id, &pair, 1, &count) == AGENT_NOT_FOUND)
            }
            #expect(table.labels?(snapshot, 99, series.id, &pair, 1, &count) == AGENT_NOT_FOUND)
        }
    }

    @Test func `what makes no sense is answered, never followed`() throws {
        let host = try Self.probe()
        try read(host) { table, snapshot in
            var series = agent_series()
            for start: UInt64 in [3, 4, 1 << 40, .max] {
                var (cursor, count) = (start, UInt32(7))
                #expect(table.series?(snapshot, 0, &cursor, &series, 1, &count) == AGENT_END)
                #expect(count == 0)
            }
            var (cursor, count) = (UInt64(0), UInt32(0))
            #expect(table.series?(snapshot, 9, &cursor, &series, 1, &count) == AGENT_NOT_FOUND)
            #expect(table.series?(snapshot, 0, &cursor, &series, 0, &count) == AGENT_INVALID)
            #expect(table.series?(snapshot, 0, &cursor, nil, 1, &count) == AGENT_INVALID)
            #expect(table.series?(nil, 0, &cursor, &series, 1, &count) == AGENT_INVALID)
            var small = agent_family()
            small.size = 8
            #expect(table.family?(snapshot, 0, &small) == AGENT_INVALID)
        }
    }

    @Test func `a snapshot given back twice, or never taken, does no harm; too many are refused`()
        throws
    {
        let host = try Self.probe()
        let table = try #require(
            host.interface(AGENT_HOST_SNAPSHOT_V1, as: agent_host_snapshot_v1.self))
        var held: [OpaquePointer?] = []
        for _ in 0..<SnapshotSource.maximumHeld {
            var snapshot: OpaquePointer?
            #expect(table.acquire?(host.pointer, &snapshot) == AGENT_OK)
            held.append(snapshot)
        }
        var another: OpaquePointer?
        #expect(table.acquire?(host.pointer, &another) == AGENT_FULL)
        table.release?(host.pointer, held[0])
        table.release?(host.pointer, held[0])
        table.release?(host.pointer, nil)
        // One that the host handed out is not the plugin's to give back.
        let own = host.services.snapshots.take()
        table.release?(host.pointer, own.opaque)
        #expect(table.family_count?(own.opaque) == 3)
        #expect(table.acquire?(host.pointer, &another) == AGENT_OK)
        host.services.close()
    }

    static let filters: [(filter: SnapshotFilter, families: [String], series: Int)] = [
        (SnapshotFilter(include: [.init(metric: "job*")]), ["job_seconds", "jobs_total"], 3),
        (SnapshotFilter(exclude: [.init(metric: "*_seconds")]), ["jobs_total", "queue_depth"], 3),
        (
            SnapshotFilter(include: [.init(metric: "jobs_total", labels: ["site": ["s1\n"]])]),
            ["jobs_total"], 1
        ),
        (
            SnapshotFilter(exclude: [.init(metric: "jobs_*", labels: ["site": ["s1\n", "s2\n"]])]),
            ["job_seconds", "jobs_total", "queue_depth"], 1
        ),
        (
            SnapshotFilter(include: [.init(metric: "*", labels: ["no": ["x"]])]),
            ["job_seconds", "jobs_total", "queue_depth"], 0
        ),
    ]

    @Test(arguments: filters)
    func `an instance sees what its filter lets through`(
        filter: SnapshotFilter, families: [String], series: Int
    ) throws {
        let host = try Self.probe(filter)
        try read(host) { table, snapshot in
            let names = (0..<(table.family_count?(snapshot) ?? 0)).map {
                text(family(table, snapshot, $0).1.name)
            }
            #expect(names == families)
            let index = try #require(names.firstIndex(of: "jobs_total"))
            var batch = [agent_series](repeating: agent_series(), count: 8)
            var (cursor, count) = (UInt64(0), UInt32(0))
            _ = table.series?(snapshot, UInt32(index), &cursor, &batch, 8, &count)
            #expect(count == UInt32(series))
        }
    }
}
