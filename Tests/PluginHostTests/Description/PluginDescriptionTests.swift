import CAgentPlugin
import Foundation
import MetricRegistry
import Telemetry
import TestSupport
import Testing

@testable import PluginHost

struct PluginDescriptionTests {
    private let host: PluginHost

    init() throws { host = try HostUnderTest().host }

    @Test func `a library is described exactly, without an instance of it`() throws {
        let plugin = try host.describe(FixtureLibraries.spec("good"))
        #expect(plugin.id == "org.example.fixture.good")
        #expect(plugin.name == "Good")
        #expect(plugin.version == "1.0.0")
        #expect(plugin.vendor == "Fixtures")
        #expect(plugin.interfaceVersion == "1.0")
        #expect(plugin.kinds == [.metrics, .exporter])
        #expect(plugin.settingsSchema?.hasPrefix("{") == true)
        #expect(plugin.origin == .memory)
        #expect(plugin.metrics.map(\.name.description) == ["good_events_total", "good_depth"])
        #expect(plugin.metrics.map(\.kind) == [.counter, .lastValue])
        #expect(plugin.events.map(\.name) == ["fixture.event"])
        #expect(plugin.events.first?.measurements.map(\.name) == ["depth"])
        #expect(plugin.events.first?.metadata.map(\.name) == ["site"])
    }

    @Test func `prefixes and changes show in the description`() throws {
        var spec = FixtureLibraries.spec("good")
        spec.metricPrefix = "mine"
        spec.eventPrefix = "app"
        spec.adjustments = ["depth": MetricAdjustment(drop: true)]
        let plugin = try host.describe(spec)
        #expect(plugin.metrics.map(\.name.description) == ["mine_events_total"])
        #expect(plugin.metrics.first?.sources.map(\.event) == ["app.event"])
        #expect(plugin.events.map(\.name) == ["app.event"])
    }

    @Test func `dashboards are handed out`() throws {
        let plugin = try host.describe(FixtureLibraries.spec("dashboards-good"))
        #expect(plugin.dashboards.map(\.uid) == ["fixture-overview"])
        #expect(plugin.dashboards.first?.json.hasPrefix("{\"uid\"") == true)
        #expect(plugin.eventPrefix == "net_auto")
    }

    @Test func `the same bytes are one image, under whatever name`() throws {
        let copy = try TemporaryDirectory()
        let bytes = try #require(
            FileManager.default.contents(atPath: FixtureLibraries.path("counting-v1")))
        let path = try copy.write([UInt8](bytes), to: "other.so")
        let first = try host.load(FixtureLibraries.spec("counting-v1"))
        let second = try host.load(PluginSpec(name: "a", library: PluginLocation(file: path)))
        #expect(second.file == path)
        #expect(first.sha256 == second.sha256)
        #expect(first.descriptor.table.id.data == second.descriptor.table.id.data)
        #expect(PluginHost.imageCount > 0)
    }

    @Test func `by its path a library is loaded where the configuration wants that`() throws {
        let copy = try TemporaryDirectory()
        var bytes = [UInt8](
            try #require(FileManager.default.contents(atPath: FixtureLibraries.path("good"))))
        bytes.append(0)  // another image than good's
        let path = try copy.write(bytes, to: "good.so")
        var settings = PluginHost.Settings()
        settings.loadMode = .path
        let host = try HostUnderTest(settings).host
        let plugin = try host.describe(
            PluginSpec(name: "a", library: PluginLocation(file: path)))
        #expect(plugin.origin == .path)
        #expect(plugin.id == "org.example.fixture.good")
    }
}
