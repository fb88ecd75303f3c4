package import Redaction

/// `redaction`: what is taken out of everything that is logged, stored, published or shown.
package struct RedactionConfiguration: Hashable, Sendable {
    package typealias Detector = RedactionSettings.Detector

    package let keys: [String]
    package let shownKeys: [String]
    package let detectors: [Detector]
    package let maxBytes: Int
    package let maxDepth: Int

    /// Whether the output of runs is stored and shown without secrets too.
    package let runOutput: Bool

    /// Events whose metadata no handler sees as it came.
    package let events: [String]
}

extension RedactionConfiguration {
    static let shape = Shape<RedactionConfiguration>.object(
        Field<[String]>(
            "keys", .array(of: .text("a key's words", limit: 128), count: 0...1000, "keys"),
            default: [],
            "Words of keys whose values are hidden, beside password, secret, token and the like."),
        Field<[String]>(
            "shown_keys", .array(of: .text("a key", limit: 256), count: 0...1000, "keys"),
            default: [], "Keys whose values are shown all the same."),
        Field<[Detector]>(
            "detectors",
            .array(of: .word, count: 0...Detector.allCases.count, "an array of detectors"),
            default: .array(Detector.allCases.map { .string($0.rawValue) }),
            "What is looked for in texts, whatever their key."),
        Field<Int>(
            "max_bytes", .size(in: 64...(1 << 20)), default: "16KiB",
            "Longer texts are cut off there."),
        Field<Int>(
            "max_depth", .integer(in: 1...64), default: 16, "What is nested deeper is left out."),
        Field<Bool>(
            "run_output", .boolean, default: false,
            "Whether secrets are taken out of the output of runs before it is stored and shown."),
        Field<[String]>(
            "events", .array(of: .name(.eventPattern), count: 0...100, "event patterns"),
            default: [],
            "Events that are redacted before any handler, plugins and metrics included, gets them."),
        build: RedactionConfiguration.init)
}
