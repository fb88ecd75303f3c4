/// One entry of `devices`: something that runs are made against.
package struct DeviceConfiguration: Hashable, Sendable {
    /// How it is reached.
    package enum Endpoint: Hashable, Sendable {
        case local(LocalDeviceConfiguration)
        case ssh(SSHDeviceConfiguration)
    }

    /// Unique.
    package let id: String
    package let site: String
    package let endpoint: Endpoint

    /// What may be run on it; `nil` for anything.
    package let commands: [CommandPattern]?
    package let runTimeout: Duration?
    package let maxOutputBytes: Int?
}

extension DeviceConfiguration {
    static let shape = Shape<DeviceConfiguration>.object(
        Field<String>("id", .name(.deviceID), "The device's name, unique."),
        Field<String>(
            "site", .name(.siteName), default: "local",
            "Where it is: what its runs are counted and limited by."),
        Field<LocalDeviceConfiguration?>(
            "local", LocalDeviceConfiguration.shape,
            "This machine; so is a device that says neither \"local\" nor \"ssh\"."),
        Field<SSHDeviceConfiguration?>(
            "ssh", SSHDeviceConfiguration.shape,
            "A machine that is reached with the system's OpenSSH client."),
        Field<[CommandPattern]?>(
            "commands", .array(of: CommandPattern.shape, "an array of commands"),
            "What may be run on it; anything when absent."),
        Field<Duration?>(
            "run_timeout", .runTimeout, "How long a run may take; \"runs.timeout\" when absent."),
        Field<Int?>(
            "max_output_bytes", .outputLimit,
            "How much of a run's output is kept; \"runs.max_output_bytes\" when absent."),
        build: { id, site, local, ssh, commands, runTimeout, maxOutputBytes in
            let usual = LocalDeviceConfiguration(
                workingDirectory: nil, environment: [:], usesShell: false, runAs: nil)
            return DeviceConfiguration(
                id: id, site: site, endpoint: ssh.map { .ssh($0) } ?? .local(local ?? usual),
                commands: commands, runTimeout: runTimeout, maxOutputBytes: maxOutputBytes)
        }
    )
    .ruled(by: checkEndpoint)
    .ruled(by: checkScripts)
    .adding(toSchema: ["not": ["required": ["local", "ssh"]]])

    private static func checkEndpoint(_ node: JSONNode, _ decoding: inout Decoding) {
        guard node.member("local") != nil, node.member("ssh") != nil else { return }
        decoding.reject(node, key: "ssh", "\"local\" and \"ssh\" both say how it is reached")
    }

    /// A star in a script would let `; reboot` follow what is allowed.
    private static func checkScripts(_ node: JSONNode, _ decoding: inout Decoding) {
        let endpoint = node.member("local") ?? node.member("ssh")
        guard case .bool(true)? = endpoint?.value.member("shell")?.value.value,
            case .array(let patterns)? = node.member("commands")?.value.value
        else { return }
        for pattern in patterns where words(of: pattern).contains(where: { $0.contains("*") }) {
            return decoding.reject(
                node, key: "commands",
                "a script is allowed word for word: with \"shell\", \"*\" would let anything follow"
            )
        }
    }

    private static func words(of pattern: JSONValue) -> [String] {
        switch pattern {
        case .string(let text): [text]
        case .array(let words): words.compactMap(\.string)
        default: []
        }
    }

    /// Reports every id that is taken already.
    static func checkIDs(_ devices: [Located<DeviceConfiguration>], _ decoding: inout Decoding) {
        var owners: [String: ConfigurationLocation] = [:]
        for device in devices {
            if let owner = owners[device.id] {
                let reason = "the id \(device.id.quoted()) is taken by \(owner.keyPath)"
                decoding.report([device.location.error(reason)])
            } else {
                owners[device.id] = device.location
            }
        }
    }
}

extension KeyRule {
    static let deviceID = KeyRule(
        expectation: "a device's name of letters, digits, \"_\", \"-\", \".\" and \":\"",
        pattern: "^[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}$")

    static let siteName = KeyRule(
        expectation: "a site's name of letters, digits, \"_\", \"-\" and \".\"",
        pattern: "^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")

    /// Source: POSIX, environment variables
    static let variableName = KeyRule(
        expectation: "an environment variable's name", pattern: "^[A-Za-z_][A-Za-z0-9_]*$")
}
