import Foundation
import MetricRegistry
import Telemetry
import TestSupport
import Testing

@testable import PluginHost

/// Every shipped library and both examples, through real dlopen.
struct PluginConformanceTests {
    static let shipped = [
        "Runner", "Quota", "LiveSession", "Database", "Prometheus", "StatsD",
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
        #expect(host.instances.map(\.status.level) == Self.shipped.map { _ in .ok })
        #expect(await host.stop(deadline: .seconds(30)) == [])
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

    @Test func `the Swift example builds as a package of its own and exports`() async throws {
        let package = SwiftPackage(
            "\(repositoryRoot)/Examples/exporter-swift", name: "exporter-swift")
        let built = try await package.build()
        #expect(built.exit == .code(0), "\(built.output)\(built.errors)")
        let directory = try TemporaryDirectory()
        try await expectExport(
            of: package.library("Lines"), setting: "file", to: directory.path("out.txt"))
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
        #expect(await host.stop(deadline: .seconds(30)) == [])
        let written = FileManager.default.contents(atPath: file) ?? Data()
        let line = "runner_runs_created_total{site=\"chi1\",protocol=\"ssh\"} 1\n"
        #expect(String(decoding: written, as: UTF8.self).contains(line))
    }
}
