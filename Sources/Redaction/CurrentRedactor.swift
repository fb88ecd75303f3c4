import Synchronization

/// The redactor in force, which a reload replaces under everyone who uses it.
package final class CurrentRedactor: Sendable {
    private let redactor: Mutex<Redactor>

    package init(_ redactor: Redactor = .standard) { self.redactor = Mutex(redactor) }

    package var value: Redactor { redactor.withLock { $0 } }

    package func use(_ new: Redactor) { redactor.withLock { $0 = new } }
}
