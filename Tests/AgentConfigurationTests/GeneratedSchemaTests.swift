import Testing

@testable import AgentConfiguration

struct GeneratedSchemaTests {
    /// What the generated schema says against a configuration, without file and place.
    private func problems(
        _ text: String, plugins: [String: String] = [:]
    ) throws -> [String] {
        let schemas = try plugins.mapValues { try JSONSchema($0) }
        let schema = try JSONSchema(AgentConfiguration.jsonSchema(pluginSettings: schemas))
        let node = try JSONReader.read(text)
        let location = ConfigurationLocation(
            file: "agent.json", position: node.position, keyPath: ValuePath())
        var validation = JSONSchemaValidation(schema, at: location)
        validation.check(node)
        return validation.errors.map { "\($0.keyPath): \($0.problem)" }
    }

    @Test func `the example is accepted by the reader and by the schema`() throws {
        let text = String(decoding: try ExampleConfiguration.bytes(), as: UTF8.self)
        let configuration = try configuration(text)
        #expect(
            configuration.plugins.map(\.name) == [
                "runner", "quota", "livesession", "database", "prometheus", "grafana",
            ])
        #expect(configuration.intake.unixStream?.path == "run/agent.sock")
        #expect(configuration.intake.unixDatagram != nil)
        #expect(configuration.intake.udp != nil)
        #expect(configuration.intake.http)
        #expect(configuration.metrics.count == 3)
        #expect(configuration.devices.map(\.id) == ["lab-1", "lab-2"])
        #expect(!configuration.schedules.isEmpty)
        #expect(try problems(text) == [])
    }

    @Test func `every key the reader knows stands in the schema with a sentence`() throws {
        let schema = try JSONReader.read(AgentConfiguration.jsonSchema()).value
        var described: Set<String> = []
        func visit(_ value: JSONValue) {
            switch value {
            case .array(let items): items.forEach(visit)
            case .object(let object):
                if case .object(let properties) = object["properties"] {
                    for (key, property) in properties.members {
                        #expect(property["description"]?.string?.isEmpty == false, "\(key)")
                        described.insert(key)
                    }
                }
                for member in object.members { visit(member.value) }
            default: break
            }
        }
        visit(schema)
        let keys = """
            $schema http listen token allowed_hosts trusted_proxies open_reads max_connections drain intake unix_stream unix_datagram udp path mode
            enabled receive_buffer_bytes limits line_bytes nesting_depth label_bytes connections body_bytes series
            max_series tick plugin_directories plugin_load plugins plugin library name required sha256 event_prefix
            metric_prefix duration_unit metrics drop buckets drop_labels expire_after interval timeout include exclude
            metric labels settings kind help unit event events measurement measurement_unit optional factor key default
            keep exists prefix not quantiles env file token_file store retention max_age max_bytes readers busy_timeout
            quotas global sites other_sites unknown_sites devices id site local working_directory environment shell run_as ssh
            raw host port user identity_file known_hosts host_key_policy connect_timeout keep_alive ssh_config commands
            run_timeout max_output_bytes runs kill_grace max_active schedules device command every jitter wait
            pipeline sampling rate_limits keep_one_in correct_counters per_second burst redaction keys shown_keys
            detectors max_depth run_output log format fields level levels
            health patience criteria free_workers error_share error_window error_count queue_length response_time
            free_disk limit severity log_size
            audit former_keys head_interval schedule_interval
            handlers queries sessions attached slow_query
            """
        #expect(described == Set(keys.split(whereSeparator: \.isWhitespace).map(String.init)))
    }

    @Test(arguments: [
        #"{"htp": {}}"#, #"{"http": {"max_connections": 0}}"#, #"{"plugins": [{}]}"#,
        #"{"plugins": [{"plugin": "A", "library": "b"}]}"#, #"{"series": {"tick": "5 s"}}"#,
        #"{"intake": {"unix_stream": {}}}"#, #"{"metrics": [{"name": "1"}]}"#,
        #"{"http": {"token": ""}}"#, #"{"http": {"token": {"env": ""}}}"#,
        #"{"quotas": {"global": -1}}"#, #"{"devices": [{}]}"#, #"{"devices": [{"id": "a b"}]}"#,
        #"{"devices": [{"id": "a", "local": {}, "ssh": {"host": "b"}}]}"#,
        #"{"devices": [{"id": "a", "ssh": {"host": "-oProxyCommand=x"}}]}"#,
        #"{"store": {"retention": {"max_age": "1s x"}}}"#, #"{"runs": {"max_active": 0}}"#,
        #"{"schedules": [{"name": "a", "device": "b", "command": [], "every": "1s"}]}"#,
        #"{"health": {"required": ["disk"]}}"#,
        #"{"health": {"criteria": {"error_share": {"limit": 2}}}}"#,
        #"{"pipeline": {"sampling": [{"events": "a.b", "keep_one_in": 0}]}}"#,
        #"{"pipeline": {"sampling": [{"events": "a*", "keep_one_in": 2}]}}"#,
        #"{"pipeline": {"rate_limits": [{"events": "*", "per_second": 0}]}}"#,
        #"{"log": {"level": "loud"}}"#, #"{"log": {"levels": {"a b": "info"}}}"#,
        #"{"redaction": {"detectors": ["moods"]}}"#, #"{"redaction": {"max_depth": 0}}"#,
    ])
    func `what the reader refuses the schema refuses`(text: String) throws {
        #expect(!sentences(text).isEmpty)
        #expect(try !problems(text).isEmpty)
    }

    @Test(arguments: [
        (#""raw": true"#, true), (#""raw": true, "shell": false, "environment": {}"#, true),
        (#""raw": true, "shell": true"#, false),
        (#""raw": true, "environment": {"A": "b"}"#, false),
    ]) func `a device without a shell has no script and no variables`(
        _ members: String, _ isAccepted: Bool
    ) {
        let text = #"{"devices": [{"id": "a", "ssh": {"host": "b", \#(members)}}]}"#
        #expect(sentences(text).isEmpty == isAccepted)
    }

    @Test func `plugins bring the schema of their settings`() throws {
        let plugins = [
            "Shop":
                ##"{"properties": {"port": {"$ref": "#/$defs/port"}, "env": {"const": "x"}}, "additionalProperties": false, "$defs": {"port": {"type": "integer"}}}"##
        ]
        func shop(_ settings: String) -> String {
            #"{"plugins": [{"plugin": "Shop", "settings": \#(settings)}, {"plugin": "B", "settings": {"b": 1}}]}"#
        }
        #expect(try problems(shop(#"{"port": 1}"#), plugins: plugins) == [])
        #expect(try problems(shop(#"{"port": {"env": "PORT"}}"#), plugins: plugins) == [])
        #expect(
            try problems(shop(#"{"prt": 1}"#), plugins: plugins) == [
                #"plugins[0].settings.prt: unknown key (did you mean "port"?); accepted are "port", "env""#
            ])
        #expect(try problems(shop(#"{"port": "x"}"#), plugins: plugins).count == 1)
    }
}
