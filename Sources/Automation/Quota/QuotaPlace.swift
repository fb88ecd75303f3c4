import Synchronization

/// A place in line that is kept from one try to the next: who waited in vain stands before all who came later.
///
/// For one who asks again and again, and never twice at a time.
package final class QuotaPlace: Sendable {
    private let kept = Mutex<UInt64?>(nil)

    package init() {}

    /// The number it stood under when it last waited in vain.
    var number: UInt64? { kept.withLock { $0 } }

    func keep(_ number: UInt64?) { kept.withLock { $0 = number } }
}
