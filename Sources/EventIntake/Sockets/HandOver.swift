import Synchronization

/// Hands a value that cannot be copied to the thread that will own it.
final class HandOver<Value: ~Copyable & Sendable>: Sendable {
    private let value: Mutex<Value?>

    init(_ value: consuming sending Value) { self.value = Mutex(value) }

    /// The value; nil from the second call on.
    func take() -> sending Value? { value.withLock { $0.take() } }
}
