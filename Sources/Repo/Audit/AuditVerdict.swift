import Digest

/// What looking through the audit log found.
package struct AuditVerdict: Sendable, Equatable {
    /// A point of the log that somebody wrote down elsewhere.
    package struct Anchor: Sendable, Equatable {
        package let seq: Int64
        /// 64 hexadecimal digits.
        package let hash: String

        package init(seq: Int64, hash: String) {
            self.seq = seq
            self.hash = hash
        }

        /// `17:9f86d081…`
        package init?(_ text: String) {
            let parts = text.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, let seq = Int64(parts[0]), seq > 0, parts[1].utf8.count == 64,
                parts[1].allSatisfy(\.isHexDigit)
            else { return nil }
            self.init(seq: seq, hash: parts[1].lowercased())
        }

        package var text: String { "\(seq):\(hash)" }
    }

    package enum Fault: Sendable, Hashable {
        /// The entry's hash is not that of it and the one before: it was changed, or put in.
        case changed(seq: Int64)
        /// Entries that were there once.
        case missing(ClosedRange<Int64>)
        /// The entry is not what it was when its hash was written down.
        case notTheAnchor(seq: Int64)
        /// A trigger that keeps entries as they are is gone, or is not the agent's.
        case guardMissing(name: String)
    }

    package internal(set) var entries: Int64 = 0
    /// The last entry: worth writing down elsewhere.
    package internal(set) var head: Anchor?
    /// The first ones, in order.
    package internal(set) var faults: [Fault] = []
    /// How many there are in all.
    package internal(set) var faultCount = 0

    package var isIntact: Bool { faultCount == 0 }

    static let keptFaults = 100

    mutating func add(_ fault: Fault) {
        faultCount += 1
        if faults.count < Self.keptFaults { faults.append(fault) }
    }
}

extension AuditVerdict.Fault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .changed(let seq): "entry \(seq) was changed, or put in"
        case .missing(let range) where range.count == 1: "entry \(range.lowerBound) is missing"
        case .missing(let range):
            "the entries \(range.lowerBound) to \(range.upperBound) are missing"
        case .notTheAnchor(let seq): "entry \(seq) has another hash than was written down"
        case .guardMissing(let name):
            "the trigger \"\(name)\", which keeps entries as they are, is gone or was changed"
        }
    }
}
