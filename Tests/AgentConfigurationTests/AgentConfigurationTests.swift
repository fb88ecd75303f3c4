import Testing

@testable import AgentConfiguration

struct AgentConfigurationTests {
    @Test func `an empty object is a whole configuration`() throws {
        let configuration = try configuration("{}")
        #expect(configuration.http.listen.description == "127.0.0.1:9568")
        #expect(configuration.http.token == nil)
        #expect(configuration.intake.unixStream == nil)
        #expect(configuration.intake.udp == nil)
        #expect(configuration.intake.http)
        #expect(configuration.intake.limits.lineBytes == 65_536)
        #expect(configuration.series.maxSeries == 2000)
        #expect(configuration.series.tick == .seconds(10))
        #expect(configuration.pluginDirectories == nil)
        #expect(configuration.pluginLoad == .memfd)
        #expect(configuration.plugins.isEmpty)
        #expect(configuration.metrics.isEmpty)
        #expect(!configuration.isAutomated)
        #expect(configuration.tokenFile == nil)
    }

    @Test func `every section is read`() throws {
        let configuration = try configuration(
            """
            {"http": {"listen": "[::1]:0", "allowed_hosts": ["a.example"], "max_connections": 9},
             "intake": {
               "unix_stream": {"path": "run/a.sock", "mode": "0600"},
               "unix_datagram": {"path": "/run/b.sock", "enabled": false},
               "udp": {"listen": ":8125", "receive_buffer_bytes": "1MiB"},
               "http": {"enabled": false},
               "limits": {"line_bytes": "4KiB", "nesting_depth": 3, "connections": 7}},
             "series": {"max_series": 10, "tick": "500ms"},
             "plugin_directories": ["plugins", "/opt/agent"], "plugin_load": "path",
             "plugins": [{"library": "./mine/libNet_Box.so", "required": true,
               "sha256": "\(String(repeating: "Ab", count: 32))", "interval": "15s",
               "timeout": "2s", "duration_unit": "millisecond",
               "metrics": {"run_seconds": {"drop": true, "buckets": [1, 2.5], "drop_labels": ["a"],
                 "max_series": 3, "expire_after": "1h"}},
               "include": ["runner_*", {"metric": "db_*", "labels": {"repo": ["a", "b"]}}]}]}
            """)
        #expect(configuration.http.listen.host == "::1")
        #expect(configuration.intake.unixStream?.path == "run/a.sock")
        #expect(configuration.intake.unixStream?.mode == 0o600)
        #expect(configuration.intake.unixDatagram == nil)
        #expect(configuration.intake.udp?.listen.description == ":8125")
        #expect(configuration.intake.udp?.receiveBufferBytes == 1 << 20)
        #expect(!configuration.intake.http)
        #expect(configuration.intake.limits.lineBytes == 4096)
        #expect(configuration.pluginDirectories == ["plugins", "/opt/agent"])
        let plugin = try #require(configuration.plugins.first)
        #expect(plugin.library == .file("./mine/libNet_Box.so"))
        #expect(plugin.name == "net_box")
        #expect(plugin.isRequired)
        #expect(plugin.sha256 == String(repeating: "ab", count: 32))
        #expect(plugin.durationUnit == .millisecond)
        #expect(plugin.interval == .seconds(15))
        let metric = try #require(plugin.metrics["run_seconds"])
        #expect(metric.drop)
        #expect(metric.buckets == [1, 2.5])
        #expect(metric.expireAfter == .seconds(3600))
        #expect(
            plugin.include == [
                SampleFilter(metric: "runner_*", labels: [:]),
                SampleFilter(metric: "db_*", labels: ["repo": ["a", "b"]]),
            ])
    }

    @Test func `paths are resolved against the directory of the file`() throws {
        let text = #"{"intake": {"unix_stream": {"path": "run/a.sock"}}}"#
        let configuration = try AgentConfiguration.parse(
            Array(text.utf8), file: "/etc/agent/config.json", environment: [:])
        #expect(configuration.intake.unixStream?.path == "/etc/agent/run/a.sock")
        #expect(configuration.resolve("x") == "/etc/agent/x")
        #expect(configuration.resolve("/x") == "/x")
    }

    @Test func `the hash follows the bytes`() throws {
        let one = try configuration("{}").contentHash
        #expect(one.utf8.count == 16)
        #expect(try configuration("{}").contentHash == one)
        #expect(try configuration("{ }").contentHash != one)
    }

    @Test func `a file that is not there is one sentence`() {
        let error = #expect(throws: ConfigurationErrors.self) {
            try AgentConfiguration.load(path: "/nowhere/agent.json", environment: [:])
        }
        #expect(
            error?.description == "/nowhere/agent.json: cannot be read: No such file or directory")
    }
}
