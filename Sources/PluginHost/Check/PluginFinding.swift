/// Something a check of a plugin found.
package struct PluginFinding: Hashable, Sendable, CustomStringConvertible {
    package enum Severity: String, Hashable, Sendable, Comparable {
        /// Worth knowing.
        case note
        /// Works, but not as it should.
        case warning
        /// Must be mended.
        case fault

        package static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }
        private var rank: Int {
            switch self {
            case .note: 0
            case .warning: 1
            case .fault: 2
            }
        }
    }

    package let severity: Severity
    /// One sentence: what, where, and what would be accepted.
    package let text: String

    package var description: String { "\(severity.rawValue): \(text)" }
}

/// What a check of a plugin came to.
package struct PluginCheckReport: Sendable {
    /// Nil where the library was refused.
    package internal(set) var description: PluginDescription?
    package internal(set) var findings: [PluginFinding] = []

    package var isFaulty: Bool { findings.contains { $0.severity == .fault } }

    mutating func add(_ severity: PluginFinding.Severity, _ text: String) {
        let finding = PluginFinding(severity: severity, text: text)
        if !findings.contains(finding) { findings.append(finding) }
    }
}
