import CAgentPlugin
import MetricRegistry
import Telemetry
import Testing

@testable import PluginHost

struct SmallServicesTests {
    @Test func `a secret is copied where there is room, and only one's own`() throws {
        let host = try ProbeHost(secrets: ["auth.token": Array("geheim".utf8), "empty": []])
        let secrets = try #require(
            host.interface(AGENT_HOST_SECRETS_V1, as: agent_host_secrets_v1.self))
        func get(_ key: String, capacity: Int) -> (agent_status?, String, UInt64) {
            var buffer = [CChar](repeating: 0x2A, count: 16)
            var length: UInt64 = 99
            let status = withText(key) {
                secrets.get?(host.pointer, $0, &buffer, UInt64(capacity), &length)
            }
            return (
                status, String(decoding: buffer.map { UInt8(bitPattern: $0) }, as: UTF8.self),
                length
            )
        }
        #expect(get("auth.token", capacity: 16) == (AGENT_OK, "geheim**********", 6))
        #expect(get("auth.token", capacity: 6) == (AGENT_OK, "geheim**********", 6))
        #expect(get("auth.token", capacity: 5) == (AGENT_FULL, "****************", 6))
        #expect(get("empty", capacity: 0) == (AGENT_OK, "****************", 0))
        #expect(get("other", capacity: 16) == (AGENT_NOT_FOUND, "****************", 99))
        host.services.close()
        #expect(get("auth.token", capacity: 16).0 == AGENT_NOT_FOUND)
    }

    @Test func `a message carries the instance's name, its level and its fields`() throws {
        let host = try ProbeHost()
        let log = try #require(host.interface(AGENT_HOST_LOG_V1, as: agent_host_log_v1.self))
        #expect(log.enabled?(host.pointer, AGENT_LOG_DEBUG) == 0)
        #expect(log.enabled?(host.pointer, AGENT_LOG_WARNING) == 1)
        withTexts(["connected", "host", "db1"]) { texts in
            let field = agent_pair(name: texts[1], value: texts[2])
            withUnsafePointer(to: field) {
                log.write?(host.pointer, AGENT_LOG_INFO, texts[0], $0, 1)
            }
            log.write?(host.pointer, AGENT_LOG_DEBUG, texts[0], nil, 0)
            // A level the host does not know, a count without fields: written as far as it goes.
            log.write?(host.pointer, 99, texts[0], nil, 5)
        }
        #expect(host.messages.all == ["info probe: connected", "error probe: connected"])
    }

    @Test func `the worse of what the plugin says and the host sees is shown`() throws {
        let host = try ProbeHost()
        let status = try #require(
            host.interface(AGENT_HOST_STATUS_V1, as: agent_host_status_v1.self))
        #expect(host.services.status.current.level == .ok)
        withText("no route to host") { status.set?(host.pointer, AGENT_STATUS_DEGRADED, $0) }
        #expect(host.services.status.current.why == "no route to host")
        host.services.status.observe(.poll, .failed, "gave up")
        #expect(host.services.status.current.why == "gave up")
        host.services.status.observe(.poll, .ok, "")
        #expect(host.services.status.current.level == .degraded)
        withText("ignored") { status.set?(host.pointer, AGENT_STATUS_OK, $0) }
        #expect(host.services.status.current.level == .ok)
        #expect(host.services.status.current.why == "")
    }

    @Test func `the clocks are the agent's`() throws {
        let host = try ProbeHost()
        let clock = try #require(host.interface(AGENT_HOST_CLOCK_V1, as: agent_host_clock_v1.self))
        let before = MonotonicTime.now
        let read = try #require(clock.monotonic_ns?(host.pointer))
        #expect(read >= before && read <= MonotonicTime.now)
        #expect(clock.system_ns?(host.pointer) ?? 0 > 1_600_000_000_000_000_000)
    }

    @Test func `a plugin's own metrics are exposed with its name`() throws {
        let host = try ProbeHost()
        let own = try #require(
            host.interface(AGENT_HOST_SELF_METRICS_V1, as: agent_host_self_metrics_v1.self))
        func series(_ kind: UInt32, _ name: String, _ labels: [(String, String)] = []) -> UInt64? {
            withTexts([name, "Help."]) { texts in
                withTexts(labels.flatMap { [$0.0, $0.1] }) { views in
                    let pairs = stride(from: 0, to: views.count, by: 2).map {
                        agent_pair(name: views[$0], value: views[$0 + 1])
                    }
                    return own.series?(
                        host.pointer, kind, texts[0], texts[1], pairs, UInt32(pairs.count))
                }
            }
        }
        let sent = try #require(series(AGENT_METRIC_COUNTER, "sent_total", [("to", "a")]))
        #expect(sent != 0)
        #expect(series(AGENT_METRIC_COUNTER, "sent_total", [("to", "a")]) == sent)
        own.add?(host.pointer, sent, agent_i64(4))
        own.add?(host.pointer, sent, agent_i64(3))
        own.set?(host.pointer, sent, agent_i64(100))
        own.add?(host.pointer, 0, agent_i64(1))
        own.add?(host.pointer, .max, agent_i64(1))
        let depth = try #require(series(AGENT_METRIC_LAST_VALUE, "depth"))
        own.set?(host.pointer, depth, agent_f64(2.5))
        own.set?(host.pointer, depth, agent_f64(.nan))

        let values = host.registry.snapshot().families.map { family -> String in
            var text = ""
            var cursor = 0
            var (buckets, quantiles): ([UInt64], [Double]) = ([0], [0])
            _ = family.read(cursor: &cursor, limit: 1, buckets: &buckets, quantiles: &quantiles) {
                text = "\(String(decoding: $1.labels, as: UTF8.self)) \($1.value.doubleValue)"
            }
            return "\(family.definition.name){\(text)"
        }
        #expect(
            values == [
                "agent_plugin_depth{plugin=\"probe\" 2.5",
                "agent_plugin_sent_total{plugin=\"probe\",to=\"a\" 7.0",
            ])
        // Other labels or another kind than the same name has, a bad name, a kind that is none.
        #expect(series(AGENT_METRIC_COUNTER, "sent_total", [("from", "a")]) == 0)
        #expect(series(AGENT_METRIC_UP_DOWN_COUNTER, "depth") == 0)
        #expect(series(AGENT_METRIC_COUNTER, "a-b_total") == 0)
        #expect(series(AGENT_METRIC_COUNTER, "no_suffix") == 0)
        #expect(series(AGENT_METRIC_SUMMARY, "s") == 0)
        #expect(series(99, "s") == 0)
    }

    @Test func `an interface the host does not know is NULL`() throws {
        let host = try ProbeHost()
        for id in [
            "", "agent.host.emit/2", "agent.host.nothing/1", String(repeating: "x", count: 999),
        ] {
            #expect(host.interface(id, as: UInt32.self) == nil)
        }
    }
}
