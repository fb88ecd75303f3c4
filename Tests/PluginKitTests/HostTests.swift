import CAgentPlugin
import Testing

@testable import PluginKit

struct HostTests {
    @Test func `log messages carry their fields, and those not written are not built`() {
        let fake = FakeHost()
        var built = false
        fake.host.log.warning("slow", ["by": "3 s"])
        fake.host.log.debug(
            {
                built = true
                return "unseen"
            }())
        #expect(fake.said == ["log 3 slow by=3 s"])
        #expect(!built)
    }

    @Test func `an event is prepared once and emitted with values in order`() throws {
        let fake = FakeHost()
        let event = try fake.host.prepare(".a", measurements: ["m"], metadata: ["x", "y", "z"])
        try event.emit([.integer(15, exponent: -1)], ["s", nil, ""])
        #expect(fake.said == ["prepare .a m", "emit 42 1.5 s - "])
    }

    @Test func `an event given other values than prepared is refused`() throws {
        let fake = FakeHost()
        let event = try fake.host.prepare(".a", measurements: ["m"])
        #expect(throws: PluginError.self) { try event.emit([1, 2]) }
        #expect(throws: PluginError.self) { try event.emit([1], ["x"]) }
    }

    @Test func `the host's reason is passed on`() {
        let failure = #expect(throws: PluginError.self) {
            try FakeHost().host.prepare("bad", measurements: ["m"])
        }
        #expect(failure?.description == "event bad: not a name")
        #expect(failure?.status == AGENT_INVALID)
    }

    @Test func `self metrics, status and clock reach the host`() {
        let fake = FakeHost()
        let sent = fake.host.selfMetric(.counter, "sent_total", "Sent.", labels: ["to": "a"])
        sent.add(3)
        fake.host.selfMetric(.lastValue, "depth", "Depth.").set(0.5)
        fake.host.status.set(.degraded(why: "slow"))
        #expect(
            fake.said == [
                "series 1 sent_total 1", "add 5 3", "series 3 depth 0", "set 5 0.5",
                "status 1 slow",
            ])
        #expect(fake.host.clock.monotonicNanoseconds == 7)
        #expect(fake.host.clock.systemNanoseconds == 11)
    }

    @Test func `a snapshot is given back, also after an error`() throws {
        let fake = FakeHost()
        #expect(try fake.host.withSnapshot { $0.timeNanoseconds } == 99)
        #expect(throws: PluginError.self) {
            try fake.host.withSnapshot { _ in throw PluginError("no") }
        }
        #expect(fake.said == ["acquire", "release", "acquire", "release"])
    }

    @Test func `a host that offers nothing is no danger`() {
        let host = FakeHost(withoutServices: true).host
        host.log.error("nobody hears")
        host.status.set(.ok)
        host.selfMetric(.counter, "a_total", "A.").add(1)
        #expect(host.clock.systemNanoseconds == 0)
        #expect(throws: PluginError.self) { try host.prepare("a", measurements: []) }
        #expect(throws: PluginError.self) { try host.withSnapshot { _ in } }
    }
}
