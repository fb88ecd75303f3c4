import TestSupport
import Testing

@testable import AgentConfiguration

struct ConfigurationErrorTests {
    @Test(arguments: [
        (
            #"{"htp": {}}"#,
            #"1:2: htp: unknown key (did you mean "http"?); accepted are "http", "intake", "series", "plugin_directories", "plugin_load", "plugins", "metrics", "store", "audit", "quotas", "devices", "runs", "schedules", "pipeline", "redaction", "log", "health", "handlers""#
        ),
        (
            #"{"series": {"colour": 1}}"#,
            #"1:13: series.colour: unknown key; accepted are "max_series", "tick""#
        ),
        (
            #"{"http": {"listen": 9568}}"#,
            #"1:21: http.listen: expected an address such as "127.0.0.1:9568", "[::1]:9568" or ":9568", found the integer 9568"#
        ),
        (
            #"{"intake": {"limits": {"connections": 0}}}"#,
            "1:39: intake.limits.connections: expected an integer from 1 to 65535, found the integer 0"
        ),
        (
            #"{"intake": {"limits": {"line_bytes": "1 KiB"}}}"#,
            #"1:38: intake.limits.line_bytes: expected a size from 64 to 1MiB, in bytes or such as "64KiB", found the string "1 KiB""#
        ),
        (
            #"{"intake": {"unix_stream": {}}}"#,
            #"1:28: intake.unix_stream: the key "path" is missing; expected a socket's path of at most 107 bytes"#
        ),
        (
            #"{"intake": {"unix_stream": {"path": "a"}, "unix_datagram": {"path": "a"}}}"#,
            "1:69: intake.unix_datagram.path: the stream socket has this path already"
        ),
        (
            #"{"series": {"tick": "5 s"}}"#,
            #"1:21: series.tick: expected a duration from 100ms to 1h, such as "250ms", "30s", "5m", "1h" or "7d", found the string "5 s""#
        ),
        (
            #"{"health": {"criteria": {"error_share": {"limit": 1.5}}}}"#,
            "1:51: health.criteria.error_share.limit: expected a number from 0 to 1, found 1.5"
        ),
        (
            #"{"health": {"required": ["stor"]}}"#,
            #"1:26: health.required[0]: expected one of "store", "audit", "intake", "runner", "quota", found the string "stor""#
        ),
        (#"{"plugins": {}}"#, "1:13: plugins: expected an array of plugins, found an object"),
        (#"{"plugins": [7]}"#, "1:14: plugins[0]: expected an object, found the integer 7"),
        (
            #"{"plugins": [{}]}"#,
            #"1:14: plugins[0]: the key "plugin" is missing; expected it or "library", to say which library is meant"#
        ),
        (
            #"{"plugins": [{"plugin": "A", "library": "b.so"}]}"#,
            #"1:41: plugins[0].library: "plugin" and "library" both say which library is meant"#
        ),
        (
            #"{"plugins": [{"plugin": "A"}, {"plugin": "a"}]}"#,
            #"1:31: plugins[1]: the instance name "a" is taken by plugins[0]; give one of them another "name""#
        ),
        (
            #"{"plugins": [{"plugin": "A", "metrics": {"a b": {}}}]}"#,
            #"1:42: plugins[0].metrics["a b"]: expected a metric name such as "http_requests_total", found the key "a b""#
        ),
        (
            #"{"plugins": [{"plugin": "A", "metrics": {"a": {"buckets": [1, 1]}}}]}"#,
            "1:63: plugins[0].metrics.a.buckets[1]: expected a number greater than 1.0, found 1.0"
        ),
        (
            #"{"plugins": [{"plugin": "A", "duration_unit": "milliseconds"}]}"#,
            #"1:47: plugins[0].duration_unit: expected one of "nanosecond", "microsecond", "millisecond", "second", found the string "milliseconds""#
        ),
        (
            #"{"plugins": [{"plugin": "A", "settings": []}]}"#,
            "1:42: plugins[0].settings: expected an object, found an array"
        ),
        (
            #"{"metrics": [{"name": "a", "kind": "counter", "help": "h", "event": "e", "buckets": [1]}]}"#,
            "1:85: metrics[0].buckets: a counter has no buckets; a distribution has"
        ),
        (
            #"{"metrics": [{"name": "a", "kind": "summary", "help": "h", "event": "e"}]}"#,
            #"1:36: metrics[0].kind: a summary of the number 1 says nothing; name a "measurement""#
        ),
        (
            #"{"metrics": [{"name": "a", "kind": "counter", "help": "h", "event": "e", "labels": ["__x"]}]}"#,
            #"1:85: metrics[0].labels[0]: expected a label name such as "site", found the string "__x""#
        ),
        (
            #"{"metrics": [{"name": "a", "kind": "counter", "help": "h", "event": "e", "keep": {"k": {"exists": true, "prefix": "x"}}}]}"#,
            #"1:88: metrics[0].keep.k: expected exactly one of "exists", "prefix" and "not", found 2 keys"#
        ),
        (#"{"http": {},}"#, #"1:13: found a comma before "}""#),
        (#"{"http": {}, "http": {}}"#, #"1:14: the key "http" is already given at 1:2"#),
        ("", "1:1: expected a value, found the end"),
        ("[]", "1:1: expected an object, found an array"),
    ])
    func `a bad configuration is refused with one sentence`(text: String, sentence: String) {
        #expect(sentences(text) == ["agent.json:" + sentence])
    }

    @Test func `all errors are reported in the order of the file`() {
        let text = """
            {
              "htpp": {"listen": 1},
              "metrics": [
                {"name": "1x", "kind": "countr", "help": "h", "event": "a..b"},
                {"name": "y", "kind": "counter"}
              ],
              "http": {"listen": "nowhere", "tokn": "t"}
            }
            """
        #expect(
            sentences(text).map { $0.prefix { $0 != " " } } == [
                "agent.json:2:3:", "agent.json:4:14:", "agent.json:4:28:", "agent.json:4:60:",
                "agent.json:5:5:", "agent.json:5:5:", "agent.json:7:22:", "agent.json:7:33:",
            ])
    }

    @Test func `a mutilated configuration is refused with places, and never traps`() throws {
        var random = SeededGenerator(seed: 7)
        let example = try ExampleConfiguration.bytes()
        for _ in 0..<1000 {
            var bytes = example
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let from = Int.random(in: 0..<bytes.count, using: &random)
                let to = Int.random(in: 0..<bytes.count, using: &random)
                bytes[from] = bytes[to]
            }
            do throws(ConfigurationErrors) {
                _ = try AgentConfiguration.parse(bytes, file: "agent.json", environment: [:])
            } catch {
                #expect(!error.errors.isEmpty)
                #expect(error.errors.allSatisfy { $0.position != nil })
                #expect(error.errors.allSatisfy { !$0.description.contains("\n") })
            }
        }
    }

    @Test func `a name taken twice is reported beside other errors`() {
        let text =
            #"{"plugins": [{"plugin": "A"}, {"plugin": "A"}, {"plugin": "B", "enabled": 1}]}"#
        #expect(
            sentences(text) == [
                #"agent.json:1:31: plugins[1]: the instance name "a" is taken by plugins[0]; give one of them another "name""#,
                "agent.json:1:75: plugins[2].enabled: expected true or false, found the integer 1",
            ])
    }
}
