import Synchronization

/// A receiver on the fast path: prepared once per event shape, then called with no look-up.
///
/// A class with overridable methods rather than a protocol or a closure: the call in dispatch is one jump
/// through a table and counts no reference. Calls come from any thread, several at once.
package class EventConsumer: @unchecked Sendable {
    package let id: String

    package init(id: String) { self.id = id }

    /// Prepares for events of this shape; nil: not interested. Called with the bus's lock held: must not
    /// call the bus.
    package func plan(for shape: EventShape.Pointer) -> UnsafeRawPointer? {
        nil
    }

    /// Frees a plan that no dispatch uses any more.
    package func release(plan: UnsafeRawPointer) {}

    /// Takes an event. `plan` is what `plan(for:)` answered for its shape. Inside a read section.
    package func consume(_ event: borrowing Event, plan: UnsafeRawPointer) {}

    /// Resolves everything that the metadata of `event` decides, for `BoundEvent`; nil: nothing to resolve.
    package func bind(_ event: borrowing Event, plan: UnsafeRawPointer) -> UnsafeRawPointer? { nil }

    /// Takes an event whose metadata was resolved before.
    package func consume(
        _ event: borrowing Event, plan: UnsafeRawPointer, binding: UnsafeRawPointer
    ) {}

    /// Frees a binding.
    package func release(binding: UnsafeRawPointer) {}
}

/// The consumers of one shape with their plans: immutable, replaced as a whole.
struct DispatchList: ~Copyable {
    typealias Pointer = UnsafeMutablePointer<DispatchList>

    struct Entry {
        let consumer: Unmanaged<EventConsumer>
        let plan: UnsafeRawPointer
    }

    let entries: UnsafeBufferPointer<Entry>
    /// Tells this list from every other one, also from those freed before.
    let number = DispatchList.numbers.wrappingAdd(1, ordering: .relaxed).oldValue
    private static let numbers = Atomic<UInt64>(1)

    /// Keeps each consumer alive for as long as the list.
    init(_ entries: [Entry]) {
        let buffer = UnsafeMutableBufferPointer<Entry>.allocate(capacity: entries.count)
        _ = buffer.initialize(from: entries)
        for entry in entries { _ = entry.consumer.retain() }
        self.entries = UnsafeBufferPointer(buffer)
    }

    deinit {
        for entry in entries {
            entry.consumer._withUnsafeGuaranteedRef { $0.release(plan: entry.plan) }
            entry.consumer.release()
        }
        entries.deallocate()
    }

    /// What a shape without consumers points to: compared by address, so that it is never even read.
    ///
    /// `nonisolated(unsafe)`: written once, before it is shared.
    nonisolated(unsafe) static let nobody: Pointer = {
        let pointer = Pointer.allocate(capacity: 1)
        pointer.initialize(to: DispatchList([]))
        return pointer
    }()
}
