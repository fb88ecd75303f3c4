import Foundation
import MetricRegistry
import Synchronization
import Telemetry
import TestSupport

@testable import PluginHost

/// A bus, a registry and a host, as the agent puts them together.
final class HostUnderTest: Sendable {
    let bus = TelemetryBus()
    let registry: MetricRegistry
    let host: PluginHost
    let messages = Messages()
    /// Files that fixtures report into.
    let files: TemporaryDirectory

    init(_ settings: PluginHost.Settings = PluginHost.Settings()) throws {
        var settings = settings
        let messages = messages
        settings.log = PluginLog(minimum: { .debug }, write: { messages.add($0) })
        registry = try MetricRegistry(bus: bus)
        host = PluginHost(bus: bus, registry: registry, settings: settings)
        files = try TemporaryDirectory()
    }

    /// One instance of a fixture that reports into a file of its name.
    func spec(_ library: String, name: String? = nil, number: Int? = nil) -> PluginSpec {
        let name = name ?? library
        let number = number.map { ",\"number\":\($0)" } ?? ""
        return FixtureLibraries.spec(
            library, name: name, settings: "{\"path\":\"\(files.path(name))\"\(number)}")
    }

    /// Starts one instance; throws its refusal.
    @discardableResult
    func start(_ spec: PluginSpec) async throws -> PluginDescription {
        guard let outcome = await host.start([spec]).first else { throw CancellationError() }
        return try outcome.result.get()
    }

    func report(_ name: String) -> PluginReport? { host.instances.first { $0.name == name } }

    /// The number a fixture reported last.
    func reported(_ name: String) -> Int? {
        guard let data = FileManager.default.contents(atPath: files.path(name)) else { return nil }
        return Int(
            String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
    }

    func contents(_ name: String) -> String {
        FileManager.default.contents(atPath: files.path(name)).map {
            String(decoding: $0, as: UTF8.self)
        } ?? ""
    }

    /// The value of a series; nil where there is none. `labels` as rendered.
    func value(_ metric: String, _ labels: String = "") -> Double? {
        let snapshot = registry.snapshot()
        guard
            let family = snapshot.families.first(where: { $0.definition.name.description == metric }
            )
        else { return nil }
        var result: Double?
        var cursor = 0
        let buckets = UnsafeMutablePointer<UInt64>.allocate(capacity: 4096)
        let quantiles = UnsafeMutablePointer<Double>.allocate(capacity: 4096)
        defer {
            buckets.deallocate()
            quantiles.deallocate()
        }
        while family.read(
            cursor: &cursor, limit: 8, buckets: buckets, quantiles: quantiles,
            { _, sample in
                if String(decoding: sample.labels, as: UTF8.self) == labels {
                    result = sample.value.doubleValue
                }
            })
        {}
        return result
    }
}

/// What a host logged.
final class Messages: Sendable {
    private let entries = Mutex<[PluginLogEntry]>([])

    func add(_ entry: PluginLogEntry) { entries.withLock { $0.append(entry) } }

    var all: [String] {
        entries.withLock { $0.map { "\($0.level) \($0.source): \($0.message)" } }
    }
}
