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

        init(seq: Int64, hash: [UInt8]) { self.init(seq: seq, hash: SHA256.hex(hash)) }

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
        /// The entry is not the one that stands beside the store as the last.
        case notAsLeft(seq: Int64)
        /// What holds entries, and keeps them as they are, is not as it was made.
        case schema(StoreSchema.Difference)
        /// The file is damaged; SQLite's own words.
        case damaged(String)
        /// The store counts other than there are.
        case count(stored: Int64, found: Int64)
        /// The last entry is not the one the store remembers.
        case endChanged
        /// It has no seal, though one before it has.
        case unsealed(seq: Int64)
        /// It was sealed with none of the keys.
        case wrongSeal(seq: Int64)
        /// No entry has a seal, though there is a key.
        case noSeal
    }

    package internal(set) var entries: Int64 = 0
    /// Those of them that have a seal.
    package internal(set) var sealed: Int64 = 0
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
        case .notAsLeft(let seq):
            "entry \(seq) has another hash than the agent wrote down beside the store"
        case .schema(let difference): "\(difference)"
        case .damaged(let detail): "the file is damaged: \(detail)"
        case .count(let stored, let found):
            "the store counts \(stored) entries, and \(found) are there"
        case .endChanged: "the last entry is not the one that the store remembers as the last"
        case .unsealed(let seq): "entry \(seq) has no seal, though earlier ones have one"
        case .wrongSeal(let seq): "entry \(seq) was not sealed with the key"
        case .noSeal: "no entry is sealed, though there is a key"
        }
    }
}
