import Digest

/// The keys that entries are sealed with: whoever may write the store's file, but has none, cannot write entries that
/// pass for the agent's.
package struct AuditKeys: Sendable, Equatable {
    /// What new entries are sealed with; they have no seal where there is none.
    package let current: [UInt8]?
    /// What entries of an earlier day may be sealed with.
    package let former: [[UInt8]]

    package init(current: [UInt8]? = nil, former: [[UInt8]] = []) {
        self.current = current
        self.former = former
    }

    package static let none = AuditKeys()

    var isEmpty: Bool { current == nil && former.isEmpty }

    /// The seal of an entry: an entry's hash stands for all that came before it as well.
    func seal(_ hash: [UInt8]) -> [UInt8]? { current.map { HMAC.sha256(key: $0, hash) } }

    func fits(_ seal: [UInt8], _ hash: [UInt8]) -> Bool {
        ((current.map { [$0] } ?? []) + former).contains { HMAC.sha256(key: $0, hash) == seal }
    }
}
