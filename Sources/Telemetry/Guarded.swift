import Synchronization

/// State behind a lock, for code that works with raw pointers.
///
/// `Mutex` asks that what leaves it be `sending`, which a pointer never is. Here the author answers for that:
/// what is handed out is either constant or only touched under the same lock.
package final class Guarded<State>: @unchecked Sendable {
    private let mutex = Mutex(())
    private var state: State

    package init(_ state: State) { self.state = state }

    package func withLock<Result, Failure: Error>(
        _ body: (inout State) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        mutex._unsafeLock()
        defer { mutex._unsafeUnlock() }
        return try body(&state)
    }
}
