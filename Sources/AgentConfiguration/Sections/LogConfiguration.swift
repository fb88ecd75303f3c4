/// `log`: what the agent writes to standard error.
package struct LogConfiguration: Sendable, Equatable {
    package enum Format: String, CaseIterable, Sendable {
        /// For people on a terminal, JSON elsewhere.
        case auto
        case human
        case json
    }

    /// How JSON calls its fields.
    package enum Fields: String, CaseIterable, Sendable {
        /// Elastic Common Schema.
        case ecs
        /// OpenTelemetry's log data model.
        case otel
    }

    package enum Level: String, CaseIterable, Sendable {
        case trace, debug, info, notice, warning, error, critical
    }

    package let format: Format
    package let fields: Fields
    package let level: Level

    /// Category → its level; a category is meant with all below it (`agent` for `agent.runs` too).
    package let levels: [String: Level]

    /// Longer texts are cut there.
    package let maxBytes: Int

    package init(
        format: Format, fields: Fields, level: Level, levels: [String: Level], maxBytes: Int
    ) {
        self.format = format
        self.fields = fields
        self.level = level
        self.levels = levels
        self.maxBytes = maxBytes
    }

    package static let standard = LogConfiguration(
        format: .human, fields: .ecs, level: .info, levels: [:], maxBytes: 8 << 10)
}

extension LogConfiguration {
    static let shape = Shape<LogConfiguration>.object(
        Field<Format>(
            "format", .word, default: "human",
            "\"human\" is a line for people, \"json\" an object a line, \"auto\" JSON unless on a terminal."
        ),
        Field<Fields>(
            "fields", .word, default: "ecs",
            "The names of JSON's fields: Elastic Common Schema or OpenTelemetry."),
        Field<Level>("level", .word, default: "info", "What is less grave is not written."),
        Field<[String: Level]>(
            "levels",
            .dictionary(
                of: .word, keyedBy: .logCategory,
                "an object of levels by category"),
            default: [:], "The levels of single categories and what is below them."),
        Field<Int>(
            "max_bytes", .size(in: 256...(1 << 20)), default: "8KiB",
            "Longer texts are cut off there."),
        build: LogConfiguration.init)
}

extension KeyRule {
    fileprivate static let logCategory = KeyRule(
        expectation: "a category such as \"agent\": words joined by dots",
        pattern: "^[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*$")
}
