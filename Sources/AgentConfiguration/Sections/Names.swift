/// What names in the configuration may look like.
extension KeyRule {
    /// Source: Prometheus data model, metric names.
    static let metricName = KeyRule(
        expectation: "a metric name such as \"http_requests_total\"",
        pattern: "^[a-zA-Z_:][a-zA-Z0-9_:]*$")

    /// Source: Prometheus data model, label names; two leading underscores are reserved.
    static let labelName = KeyRule(
        expectation: "a label name such as \"site\"",
        pattern: "^([a-zA-Z]|_[a-zA-Z0-9]|_$)[a-zA-Z0-9_]*$")

    static let eventName = KeyRule(
        expectation: "an event name such as \"net_auto.runner.stop\"",
        pattern: "^[^.\\s]+(\\.[^.\\s]+)*$")

    /// One key of an event, or a way into a nested one.
    static let eventKey = KeyRule(
        expectation: "a key such as \"duration\" or \"device.site\"",
        pattern: "^[^.\\s]+(\\.[^.\\s]+)*$")

    static let unit = KeyRule(
        expectation: "a base unit such as \"seconds\", \"bytes\" or \"ratio\"",
        pattern: "^[a-z][a-z0-9_]*$")

    static let instanceName = KeyRule(
        expectation: "a name of letters, digits, \"_\", \"-\" and \".\"",
        pattern: "^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")

    static let pluginName = KeyRule(
        expectation: "a plugin's name such as \"Runner\"",
        pattern: "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")

    static let glob = KeyRule(
        expectation: "a metric name in which \"*\" stands for any text, such as \"runner_*\"",
        pattern: "^[a-zA-Z0-9_:*]+$")

    static let digest = KeyRule(
        expectation: "64 hexadecimal digits", pattern: "^[0-9A-Fa-f]{64}$")
}

extension Shape<UInt32> {
    /// Permission bits in octal digits.
    static let fileMode: Shape = {
        let pattern: Pattern = "^0?[0-7]{3}$"
        return scalar(
            "a file mode in octal digits such as \"0660\"",
            schema: ["type": "string", "pattern": .string(pattern.source)]
        ) { content in
            guard case .string(let text) = content, pattern.matches(text) else { return nil }
            return UInt32(text, radix: 8)
        }
    }()
}

extension Shape<String> {
    static func name(_ rule: KeyRule) -> Shape {
        text(rule.expectation, matching: rule.pattern)
    }
}
