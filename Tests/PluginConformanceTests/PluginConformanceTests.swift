import Foundation
import MetricRegistry
import Telemetry
import TestSupport
import Testing

@testable import PluginHost

/// Every shipped library and both examples, through real dlopen.
struct PluginConformanceTests {
    static let shipped = [
        "Runner", "Quota", "LiveSession", "Database", "Prometheus", "Grafana", "StatsD",
    ]

    private let bus = TelemetryBus()
    private let registry: MetricRegistry
    private let host: PluginHost

    init() throws {
        registry = try MetricRegistry(bus: bus)
        host = PluginHost(bus: bus, registry: registry)
    }

    private func spec(_ name: String) -> PluginSpec {
        PluginSpec(
            name: name.lowercased(), library: PluginLocation(file: pluginLibrary(name)))
    }

    @Test(arguments: shipped)
    func `a shipped plugin loads from memory, and its note tells what it offers`(
        name: String
    ) throws {
        let library = try host.load(spec(name))
        #expect(library.descriptor.name == name)
        #expect(library.origin == .memory)
        #expect(library.note.kinds == library.interfaces.kinds)
        #expect(library.descriptor.interfaceVersion == .own)
    }

    @Test(arguments: shipped)
    func `a shipped plugin passes its check`(name: String) async throws {
        let report = try await onOwnThread { PluginCheck().run(pluginLibrary(name)) }
        let problems = report.findings.filter { $0.severity > .note }
        #expect(problems.isEmpty, "\(problems)")
    }

    @Test func `all shipped plugins run together and stop in time`() async throws {
        let outcomes = await host.start(Self.shipped.map(spec))
        for outcome in outcomes { _ = try outcome.result.get() }
        // An exporter without a receiver may say so; that is no failure of the plugin.
        #expect(host.instances.count == Self.shipped.count)
        #expect(host.instances.allSatisfy { $0.status.level != .failed })
        #expect(await host.stop(deadline: .seconds(180)) == [])
    }

    @Test func `the C example builds with its Makefile and exports`() async throws {
        let directory = try TemporaryDirectory()
        let source = "\(repositoryRoot)/Examples/exporter-c"
        for file in ["Makefile", "exporter.c"] {
            try FileManager.default.copyItem(
                atPath: "\(source)/\(file)", toPath: directory.path(file))
        }
        let built = try await ChildProcess.run(
            "make", ["AGENT_INCLUDE=\(repositoryRoot)/Sources/CAgentPlugin/include"],
            directory: directory.path)
        #expect(built.exit == .code(0), "\(built.errors)")
        try await expectExport(
            of: directory.path("exporter.so"), setting: "path", to: directory.path("out.txt"))
    }

    @Test(arguments: [
        ("200 OK", "ok"), ("204 No Content", "ok"), ("400 Bad Request", "reject"),
        ("503 Service Unavailable\r\nRetry-After: 7", "retry"), ("500 Oops", "retry"),
        ("nonsense", "retry"),
    ])
    func `the JSON example posts what was counted, and the answer decides`(
        answer: String, outcome: String
    ) async throws {
        let directory = try TemporaryDirectory()
        let source = "\(repositoryRoot)/Examples/exporter-json-post"
        for file in ["Makefile", "exporter.c", "http.c", "json.c", "post.h"] {
            try FileManager.default.copyItem(
                atPath: "\(source)/\(file)", toPath: directory.path(file))
        }
        let built = try await ChildProcess.run(
            "make", ["AGENT_INCLUDE=\(repositoryRoot)/Sources/CAgentPlugin/include"],
            directory: directory.path)
        #expect(built.exit == .code(0), "\(built.errors)")

        let receiver = try JSONReceiver(answering: answer)
        var spec = PluginSpec(
            name: "post", library: PluginLocation(file: directory.path("exporter.so")))
        spec.settings = "{\"url\":\"http://127.0.0.1:\(receiver.port)/in?x=1\"}"
        spec.interval = .milliseconds(100)
        _ = try await host.start([self.spec("Runner")]).first?.result.get()
        bus.execute(
            "net_auto.run.created", ["count": 1],
            ["site": "ch\"i\\\n1", "protocol": "ssh", "device_id": "d1", "run_id": "r1"])
        _ = try await host.start([spec]).first?.result.get()
        let request = try await receiver.request()
        #expect(request.head.hasPrefix("POST /in?x=1 HTTP/1.1\r\n"))
        let document =
            try JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any]
        let samples = document?["samples"] as? [[String: Any]] ?? []
        let sample = samples.first { $0["name"] as? String == "runner_runs_created_total" }
        #expect(
            sample?["labels"] as? [String: String] == ["site": "ch\"i\\\n1", "protocol": "ssh"])
        #expect(sample?["value"] as? Int == 1)
        // What follows finds nobody, and is retried.
        try await waitUntil("the export to be judged") {
            host.instances.last?.counters.exports[outcome] ?? 0 >= 1
        }
        #expect(outcome == "retry" || host.instances.last?.counters.exports[outcome] == 1)
        #expect(await host.stop(deadline: .seconds(180)) == [])
    }

    @Test func `the Swift example builds as a package of its own and exports`() async throws {
        let package = SwiftPackage(
            "\(repositoryRoot)/Examples/exporter-swift", name: "exporter-swift")
        let built = try await package.build()
        #expect(built.exit == .code(0), "\(built.output)\(built.errors)")
        let directory = try TemporaryDirectory()
        try await expectExport(
            of: package.library("Lines"), setting: "file", to: directory.path("out.txt"))
    }

    @Test func `a StatsD instance that is replaced leaves nothing to be sent twice`() async throws {
        let collectd = try await CollectdServer()
        var spec = spec("StatsD")
        spec.settings = "{\"address\":\"127.0.0.1:\(collectd.port)\"}"
        spec.interval = .milliseconds(50)
        for outcome in await host.start([self.spec("Runner"), spec]) {
            _ = try outcome.result.get()
        }
        func run(times: Int) {
            for _ in 0..<times {
                bus.execute(
                    "net_auto.run.created", ["count": 1],
                    ["site": "chi1", "protocol": "ssh", "device_id": "d1", "run_id": "r1"])
            }
        }
        func received(_ count: Double) async throws {
            try await waitUntil("\(count) runs") {
                try collectd.values("derive")["runner_runs_created_total.chi1.ssh"] == count
            }
        }
        run(times: 5)
        try await received(5)
        _ = try await host.replace(spec).result.get()
        func exports() -> UInt64 { host.instances.last?.counters.exports["ok"] ?? 0 }
        let before = exports()
        try await waitUntil("exports of the successor") { exports() >= before + 2 }
        run(times: 3)
        try await received(8)
        #expect(await host.stop(deadline: .seconds(180)) == [])
    }

    /// An example has no fault, and writes what the Runner plugin counted into the file it is told.
    private func expectExport(of library: String, setting: String, to file: String) async throws {
        let settings = "{\"\(setting)\":\"\(file)\"}"
        let report = try await onOwnThread { PluginCheck().run(library, exampleSettings: settings) }
        #expect(!report.isFaulty, "\(report.findings)")

        var spec = PluginSpec(name: "example", library: PluginLocation(file: library))
        spec.settings = settings
        spec.interval = .seconds(3600)
        let outcomes = await host.start([self.spec("Runner"), spec])
        for outcome in outcomes { _ = try outcome.result.get() }
        bus.execute(
            "net_auto.run.created", ["count": 1],
            ["site": "chi1", "protocol": "ssh", "device_id": "d1", "run_id": "r1"])
        #expect(await host.stop(deadline: .seconds(180)) == [])
        let written = FileManager.default.contents(atPath: file) ?? Data()
        let line = "runner_runs_created_total{site=\"chi1\",protocol=\"ssh\"} 1\n"
        #expect(String(decoding: written, as: UTF8.self).contains(line))
    }
}
