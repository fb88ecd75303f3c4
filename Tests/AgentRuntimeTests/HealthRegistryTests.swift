import AgentConfiguration
import PubSub
import Redaction
import Synchronization
import Telemetry
import Testing

@testable import AgentRuntime

struct HealthRegistryTests {
    private static let clock = TelemetryClock(monotonic: { 0 }, system: { 0 })

    private func registry(_ readings: [ComponentReading]) async -> HealthRegistry {
        let registry = HealthRegistry(patience: .zero, clock: Self.clock) {
            $0.replacing("hunter2", with: "…")
        }
        registry.register { readings }
        await registry.sample()
        return registry
    }

    private func reading(
        _ name: String, required: Bool = false, _ status: HealthStatus = .ok
    ) -> ComponentReading {
        ComponentReading(
            name: name, isRequired: required, status: status,
            why: status == .ok ? "" : "hunter2 was refused")
    }

    @Test(arguments: [
        (true, HealthStatus.ok, HealthStatus.ok, true), (true, .degraded, .degraded, true),
        (true, .failed, .failed, false), (false, .failed, .degraded, true),
    ])
    func `only a required component that failed keeps the agent from being ready`(
        required: Bool, status: HealthStatus, whole: HealthStatus, isReady: Bool
    ) async {
        let report = await registry([reading("a"), reading("b", required: required, status)]).report
        #expect(report.status == whole)
        #expect(report.reasons == (isReady ? [] : ["b: … was refused"]))
    }

    @Test func `an agent that stops is not ready, and lives`() async {
        let registry = await registry([reading("a")])
        registry.beginListening()
        #expect(registry.report.notification.contains("READY=1"))
        registry.beginStopping()
        let report = registry.report
        #expect(report.reasons == ["the agent is stopping"])
        #expect(report.notification == ["STOPPING=1", "WATCHDOG=1", "STATUS=stopping"])
    }

    @Test func `an agent that cannot work gives no sign of life`() async {
        let registry = await registry([reading("store", required: true, .failed)])
        registry.beginListening()
        #expect(
            registry.report.notification == ["READY=1", "STATUS=store failed: … was refused"])
    }

    @Test func `each change of status is told once, and is an alert but for plugins`() async {
        let hub = PubSub()
        let desk = AlertDesk(
            hub: hub, redactor: CurrentRedactor(), clock: Self.clock)
        let status = Mutex(HealthStatus.ok)
        let registry = HealthRegistry(patience: .zero, clock: Self.clock) { $0 }
        registry.onChange { [desk] in desk.post($0) }
        registry.register {
            ["store", "plugin:a"].map {
                ComponentReading(
                    name: $0, isRequired: false, status: status.withLock { $0 }, why: "it is slow")
            }
        }
        for next in [HealthStatus.ok, .degraded, .degraded, .failed, .ok, .ok] {
            status.withLock { $0 = next }
            await registry.sample()
        }
        #expect(
            desk.recent.map { "\($0.level) \($0.subject): \($0.text)" } == [
                "warning store: it is slow", "critical store: it is slow",
                "good store: works again",
            ])
    }

    @Test func `components come and go`() async {
        let isThere = Mutex(true)
        let registry = HealthRegistry(patience: .zero, clock: Self.clock) { $0 }
        let one = reading("plugin:a")
        registry.register { isThere.withLock { $0 } ? [one] : [] }
        await registry.sample()
        #expect(registry.report.components.map(\.reading.name) == ["plugin:a"])
        isThere.withLock { $0 = false }
        await registry.sample()
        #expect(registry.report.components.isEmpty)
    }

    @Test func `everything is in the detailed report, without secrets`() async {
        var store = reading("store", required: true, .degraded)
        store.criteria = [
            Criterion(
                name: "free_disk_bytes", value: 1, bound: .atLeast, limit: 5, severity: .degraded)
        ]
        store.figures = [("waiting", 2)]
        let json = await registry([store]).report.json
        #expect(json["status"] == "degraded")
        #expect(json["ready"] == true)
        let components: JSONValue = [
            [
                "name": "store", "status": "degraded", "required": true,
                "since_at": "1970-01-01T00:00:00.000000Z",
                "reasons": ["… was refused", "free_disk_bytes is 1, not at least 5"],
                "last_error": [
                    "message": "… was refused", "at": "1970-01-01T00:00:00.000000Z",
                ],
                "criteria": [
                    [
                        "name": "free_disk_bytes", "value": 1, "bound": "at_least",
                        "limit": 5, "severity": "degraded", "broken": true,
                    ]
                ],
                "figures": ["waiting": 2],
            ]
        ]
        #expect(json["components"] == components)
    }
}
