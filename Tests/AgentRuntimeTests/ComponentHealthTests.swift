import Testing

@testable import AgentRuntime

struct ComponentHealthTests {
    private static let patience: Int64 = 10

    /// A component with one criterion, moved through time by hand.
    private struct Watched {
        var health: ComponentHealth
        let bound: Criterion.Bound
        let severity: HealthStatus
        private var now: Int64 = 0

        init(_ value: Double?, bound: Criterion.Bound, severity: HealthStatus = .degraded) {
            self.bound = bound
            self.severity = severity
            health = ComponentHealth(
                Self.reading(value, bound, severity), patience: patience, now: Self.moment(0))
        }

        mutating func see(_ value: Double?, after time: Int64) -> HealthStatus {
            now += time
            health.update(
                Self.reading(value, bound, severity), patience: patience, now: Self.moment(now))
            return health.status
        }

        private static func reading(
            _ value: Double?, _ bound: Criterion.Bound, _ severity: HealthStatus
        ) -> ComponentReading {
            ComponentReading(
                name: "store", isRequired: true,
                criteria: [
                    Criterion(
                        name: "figure", value: value, bound: bound, limit: 5, severity: severity)
                ])
        }

        private static func moment(_ time: Int64) -> ComponentHealth.Moment {
            ComponentHealth.Moment(monotonic: time, system: 1000 + time)
        }
    }

    @Test(arguments: [
        (Criterion.Bound.atLeast, 4.9, 5.0), (.atMost, 5.1, 5.0),
    ])
    func `a limit counts as broken once it was broken for the patience, and recovers at once`(
        bound: Criterion.Bound, bad: Double, good: Double
    ) {
        var watched = Watched(bad, bound: bound)
        #expect(watched.health.status == .ok)
        #expect(watched.see(bad, after: 9) == .ok)
        #expect(watched.see(bad, after: 1) == .degraded)
        #expect(watched.health.since == 1010)
        #expect(watched.see(bad, after: 30) == .degraded)
        #expect(watched.health.since == 1010)
        #expect(watched.see(good, after: 1) == .ok)
        #expect(watched.health.since == 1041)
        #expect(watched.health.reasons.isEmpty)
        #expect(watched.health.lastError?.at == 1040)
        #expect(watched.health.lastError?.text.hasPrefix("figure is \(bad), not at") == true)
    }

    @Test func `a look within the limit begins the patience anew`() {
        var watched = Watched(9, bound: .atMost)
        #expect(watched.see(1, after: 9) == .ok)
        #expect(watched.see(9, after: 1) == .ok)
        #expect(watched.see(9, after: 9) == .ok)
        #expect(watched.see(9, after: 1) == .degraded)
    }

    @Test func `a criterion without a value breaks nothing`() {
        var watched = Watched(nil, bound: .atLeast)
        #expect(watched.see(nil, after: 100) == .ok)
    }

    @Test func `a criterion may be severe`() {
        var watched = Watched(9, bound: .atMost, severity: .failed)
        #expect(watched.see(9, after: 10) == .failed)
    }

    @Test func `what a component says of itself counts at once`() {
        let start = ComponentHealth.Moment(monotonic: 0, system: 0)
        var health = ComponentHealth(
            ComponentReading(name: "plugin:a", isRequired: false), patience: 10, now: start)
        health.update(
            ComponentReading(
                name: "plugin:a", isRequired: false, status: .failed, why: "no route to host"),
            patience: 10, now: ComponentHealth.Moment(monotonic: 1, system: 1))
        #expect(health.status == .failed)
        #expect(health.reasons == ["no route to host"])
    }
}
