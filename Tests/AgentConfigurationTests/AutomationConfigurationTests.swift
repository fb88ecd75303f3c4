import Testing

@testable import AgentConfiguration

struct AutomationConfigurationTests {
    @Test func `what is left out has a default`() throws {
        let configuration = try configuration(#"{"devices": [{"id": "here"}]}"#)
        #expect(configuration.isAutomated)
        #expect(configuration.store.path == "run/agent.db")
        #expect(configuration.store.retention.maxAge == .seconds(30 * 86_400))
        #expect(configuration.store.retention.maxBytes == 1 << 30)
        #expect(configuration.store.readers == 4)
        #expect(configuration.store.busyTimeout == .seconds(5))
        #expect(configuration.quotas.global == 100)
        #expect(configuration.quotas.sites.isEmpty)
        #expect(configuration.quotas.otherSites == nil)
        #expect(configuration.quotas.unknownSites == .allowed)
        #expect(configuration.runs.timeout == .seconds(300))
        #expect(configuration.runs.killGrace == .seconds(5))
        #expect(configuration.runs.maxOutputBytes == 4 << 20)
        #expect(configuration.schedules.isEmpty)
        let device = try #require(configuration.devices.first)
        #expect(device.site == "local")
        #expect(device.commands == nil)
        guard case .local(let local) = device.endpoint else {
            Issue.record("\(device.endpoint)")
            return
        }
        #expect(local.workingDirectory == nil && local.environment.isEmpty && !local.usesShell)
    }

    @Test func `every section is read`() throws {
        let configuration = try configuration(
            """
            {"store": {"path": "/var/lib/agent/a.db", "retention": {"max_age": "7d", "max_bytes": "2GiB"},
               "readers": 2, "busy_timeout": "1s"},
             "quotas": {"global": 9, "sites": {"chi1": 3, "nyc": 0}, "other_sites": 1},
             "devices": [
               {"id": "a", "site": "chi1",
                "local": {"working_directory": "work", "environment": {"A": {"env": "B"}}},
                "commands": ["df -h *", ["echo", "a b", "**"]], "run_timeout": "2s",
                "max_output_bytes": "1MiB"},
               {"id": "b:1", "ssh": {"host": "b.example", "port": 2222, "user": "ops",
                "identity_file": "keys/id", "known_hosts": "/etc/known", "host_key_policy": "accept-new",
                "connect_timeout": "3s", "keep_alive": "4s", "ssh_config": "ssh.conf",
                "environment": {"LANG": "C"}, "shell": true}}],
             "runs": {"timeout": "1m", "kill_grace": "1s", "max_output_bytes": 0, "max_active": 7, "drain": "0s"},
             "schedules": [
               {"name": "disk", "device": "a", "command": "df -h /", "every": "30s", "jitter": "5s"},
               {"name": "up", "device": "b:1", "command": ["uptime", "-p"], "every": "1m", "timeout": "9s"}]}
            """, ["B": "b"])
        #expect(configuration.store.path == "/var/lib/agent/a.db")
        #expect(configuration.store.retention.maxBytes == 2 << 30)
        #expect(configuration.tokenFile == "/var/lib/agent/agent.token")
        #expect(configuration.quotas.sites == ["chi1": 3, "nyc": 0])
        #expect(configuration.quotas.otherSites == 1)
        #expect(configuration.runs.maxActive == 7)
        #expect(configuration.runs.drain == .zero)
        let devices = configuration.devices
        #expect(devices.map(\.id) == ["a", "b:1"])
        #expect(
            devices[0].commands?.map(\.words) == [["df", "-h", "*"], ["echo", "a b", "**"]])
        #expect(devices[0].runTimeout == .seconds(2))
        #expect(devices[0].maxOutputBytes == 1 << 20)
        guard case .local(let local) = devices[0].endpoint, case .ssh(let ssh) = devices[1].endpoint
        else {
            Issue.record("\(devices)")
            return
        }
        #expect(local.workingDirectory == "work" && local.environment == ["A": "b"])
        #expect(!local.usesShell)
        #expect(ssh.host == "b.example" && ssh.port == 2222 && ssh.user == "ops")
        #expect(ssh.identityFile == "keys/id" && ssh.knownHosts == "/etc/known")
        #expect(ssh.hostKeyPolicy == .acceptNew && ssh.configFile == "ssh.conf")
        #expect(ssh.connectTimeout == .seconds(3) && ssh.keepAlive == .seconds(4))
        #expect(ssh.environment == ["LANG": "C"] && ssh.usesShell)
        let schedules = configuration.schedules
        #expect(schedules.map(\.command) == [.text("df -h /"), .words(["uptime", "-p"])])
        #expect(schedules.map(\.every) == [.seconds(30), .seconds(60)])
        #expect(schedules[0].jitter == .seconds(5))
        #expect(schedules[1].timeout == .seconds(9))
    }

    @Test(arguments: [
        (
            #"{"devices": [{"id": "core-1"}], "schedules": [{"name": "a", "device": "core1", "command": "x", "every": "1s"}]}"#,
            #"1:71: schedules[0].device: no device has the id "core1"; did you mean "core-1"?"#
        ),
        (
            #"{"devices": [{"id": "a"}, {"id": "b"}], "schedules": [{"name": "a", "device": "other", "command": "x", "every": "1s"}]}"#,
            #"1:79: schedules[0].device: no device has the id "other"; there are "a", "b""#
        ),
        (
            #"{"devices": [{"id": "b"}], "schedules": [{"name": "a", "device": "b", "command": "x", "every": "1s", "jitter": "2s"}]}"#,
            #"1:42: schedules[0]: "jitter" is 2s, which is longer than "every"; at most 1s is accepted"#
        ),
        (
            #"{"schedules": [{"name": "a", "device": "b", "command": "x", "every": "1s"}]}"#,
            #"1:40: schedules[0].device: no device has the id "b"; there are no "devices""#
        ),
        (
            #"{"devices": [{"id": "a"}, {"id": "a"}]}"#,
            #"1:27: devices[1]: the id "a" is taken by devices[0]"#
        ),
        (
            #"{"devices": [{"id": "a", "local": {}, "ssh": {"host": "b"}}]}"#,
            #"1:46: devices[0].ssh: "local" and "ssh" both say how it is reached"#
        ),
        (
            #"{"devices": [{"id": "a", "ssh": {"host": "-oProxyCommand=x"}}]}"#,
            #"1:42: devices[0].ssh.host: expected a host name or an address, found the string "-oProxyCommand=x""#
        ),
        (
            #"{"devices": [{"id": "a", "commands": ["df ** /"]}]}"#,
            #"1:39: devices[0].commands[0]: expected a program, then words, of which only the last may be "**", found the string "df ** /""#
        ),
        (
            #"{"devices": [{"id": "a", "local": {"shell": true}, "commands": [["uptime *"]]}]}"#,
            #"1:64: devices[0].commands: a script is allowed word for word: with "shell", "*" would let anything follow"#
        ),
        (
            #"{"quotas": {"other_sites": 1, "unknown_sites": "refused"}}"#,
            #"1:28: quotas.other_sites: "unknown_sites" refuses the sites this limit is for"#
        ),
        (
            #"{"quotas": {"unknown_sites": "refuse"}}"#,
            #"1:30: quotas.unknown_sites: expected one of "allowed", "refused", found the string "refuse""#
        ),
        (
            #"{"devices": [{"id": "a", "local": {"environment": {"A=B": "c"}}}]}"#,
            #"1:52: devices[0].local.environment["A=B"]: expected an environment variable's name, found the key "A=B""#
        ),
    ])
    func `what is wrong is told at its place`(text: String, sentence: String) {
        #expect(sentences(text) == ["agent.json:\(sentence)"])
    }

    @Test func `a schedule's device is looked for whatever else is wrong`() {
        let text = #"""
            {"devices": [{"id": "a", "site": ""}], "series": {"tick": 1},
             "schedules": [{"name": "a", "device": "b", "command": "x", "every": "soon"}]}
            """#
        #expect(sentences(text).count == 4)
        #expect(sentences(text).contains { $0.contains("did you mean \"a\"?") })
    }

    @Test func `the token's file stands where it is said, or beside the store`() throws {
        let named = try configuration(#"{"http": {"token_file": "t"}}"#)
        #expect(named.tokenFile == "t")
        #expect(try configuration(#"{"store": {}}"#).tokenFile == "run/agent.token")
        #expect(try configuration(#"{"store": {"path": "a.db"}}"#).tokenFile == "agent.token")
        #expect(try configuration(#"{"runs": {}, "schedules": []}"#).tokenFile == nil)
    }
}
