import Testing

struct SettingsTests {
    @Test func `settings that cannot work are refused in words`() {
        let rows = [
            #"{"tags": ["env:prod"]}"#:
                #"setting "tags" needs "protocol": "dogstatsd-1.0" or later; found "statsd""#,
            #"{"labels": "tags"}"#:
                #"setting "labels": "tags" needs "protocol": "dogstatsd-1.0" or later; found "statsd""#,
            #"{"protocol": "dogstatsd-1.1", "container_id": "x"}"#:
                #"setting "container_id" needs "protocol": "dogstatsd-1.2" or later; found "dogstatsd-1.1""#,
            #"{"protocol": "dogstatsd-1.2", "timestamps": true}"#:
                #"setting "timestamps" needs "protocol": "dogstatsd-1.3" or later; found "dogstatsd-1.2""#,
            #"{"send": "updates", "types": {"x": "d"}}"#:
                #"setting the type "d" needs "protocol": "dogstatsd-1.0" or later; found "statsd""#,
            #"{"types": {"x": "ms"}}"#:
                #"setting "types": "x" cannot be "ms", which takes single values: it needs "send": "updates""#,
            #"{"types": {"x": "q"}}"#:
                #"setting "types": found an object, accepted: an object from metric names to one of c, g, ms, h, d, s"#,
            #"{"sample_rate": 0.5}"#: #"setting "sample_rate" needs "send": "updates""#,
            #"{"prefix": "a:b"}"#:
                #"setting "prefix": found "a:b", accepted: at most 200 letters, digits and "_", "-", ".", not beginning with a dot"#,
            #"{"address": "localhost"}"#:
                #"setting "address": found "localhost", accepted: host:port, such as 127.0.0.1:8125 or [::1]:8125"#,
            #"{"address": "::1:8125"}"#:
                #"setting "address": found "::1:8125", accepted: host:port, such as 127.0.0.1:8125 or [::1]:8125"#,
            #"{"transport": "unix_datagram", "address": "statsd.sock"}"#:
                #"setting "address": found "statsd.sock", accepted: an absolute path of at most 107 bytes, or "@name""#,
            #"{"protocol": "dogstatsd-1.0", "tags": ["a|b"]}"#:
                ##"setting "tags": found "a|b", accepted: 1 to 200 bytes such as "env:prod", without blanks and without any of "|", "#", ",", "@""##,
        ]
        for (settings, why) in rows {
            #expect { try LoadedPlugin(settings) } throws: { "\($0)" == why }
        }
    }

    @Test func `settings that can work are taken`() throws {
        let rows = [
            "{}", #"{"address": "[::1]:8125"}"#, #"{"address": "statsd.example.org:1"}"#,
            #"{"transport": "unix_stream", "address": "@abstract"}"#,
            #"{"protocol": "dogstatsd-1.3", "timestamps": true, "container_id": "in-4026531835"}"#,
            #"{"send": "updates", "protocol": "dogstatsd-1.1", "types": {"*": "d"}, "sample_rate": 0.1}"#,
        ]
        for settings in rows { #expect(throws: Never.self) { try LoadedPlugin(settings) } }
    }

    @Test func `updates are asked for only where they are sent`() throws {
        #expect(try !LoadedPlugin().wantsSamples)
        #expect(try LoadedPlugin(#"{"send": "updates"}"#).wantsSamples)
    }
}
