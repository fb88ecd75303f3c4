import Synchronization

/// A receiver on the fast path: prepared once per event shape, then called with no look-up.
///
/// What is called per event is given as plain functions (`calls`), so that dispatch neither looks up a
/// witness nor counts a reference. Calls come from any thread, several at once, inside a read section.
package protocol EventConsumer: AnyObject, Sendable {
    var id: String { get }

    /// The functions called per event; the same each time.
    var calls: ConsumerCalls { get }

    /// Whether it only watches: an event that nobody else gets counts as unwanted all the same.
    var isObserver: Bool { get }

    /// Prepares for events of this shape; nil: not interested. Called with the bus's lock held: must not
    /// call the bus.
    func plan(for shape: EventShape.Pointer) -> UnsafeRawPointer?

    /// Frees a plan that no dispatch uses any more.
    func release(plan: UnsafeRawPointer)

    /// Resolves everything that the metadata of `event` decides, for `BoundEvent`; nil: nothing to resolve.
    func bind(_ event: borrowing Event, plan: UnsafeRawPointer) -> UnsafeRawPointer?

    /// Frees a binding.
    func release(binding: UnsafeRawPointer)
}

extension EventConsumer {
    package var isObserver: Bool { false }
    package func bind(_ event: borrowing Event, plan: UnsafeRawPointer) -> UnsafeRawPointer? { nil }
    package func release(binding: UnsafeRawPointer) {}
}

/// A consumer's functions. The first argument is the consumer itself (`Unmanaged`, not retained), the second
/// an `UnsafePointer<EventFrame>`.
package struct ConsumerCalls: Sendable {
    /// Takes an event; the third argument is the plan of its shape.
    package let consume:
        @convention(c) (UnsafeRawPointer, UnsafeRawPointer, UnsafeRawPointer) -> Void
    /// Takes an event whose metadata was resolved before; the fourth argument is the binding.
    package let consumeBound:
        @convention(c) (UnsafeRawPointer, UnsafeRawPointer, UnsafeRawPointer, UnsafeRawPointer) ->
            Void

    package init(
        consume:
            @escaping @convention(c) (
                UnsafeRawPointer, UnsafeRawPointer, UnsafeRawPointer
            ) -> Void,
        consumeBound:
            @escaping @convention(c) (
                UnsafeRawPointer, UnsafeRawPointer, UnsafeRawPointer, UnsafeRawPointer
            ) -> Void = { _, _, _, _ in }
    ) {
        self.consume = consume
        self.consumeBound = consumeBound
    }
}

/// The consumers of one shape with their plans: immutable, replaced as a whole.
struct DispatchList: ~Copyable {
    typealias Pointer = UnsafeMutablePointer<DispatchList>

    /// All that a call needs, and nothing that counts references.
    struct Entry {
        let consumer: UnsafeRawPointer
        let plan: UnsafeRawPointer
        let calls: ConsumerCalls
    }

    let entries: UnsafeBufferPointer<Entry>
    /// Keeps them alive for as long as the list.
    let consumers: [any EventConsumer]
    /// Whether anyone does more than watch.
    let isHandled: Bool
    /// Tells this list from every other one, also from those freed before.
    let number = DispatchList.numbers.wrappingAdd(1, ordering: .relaxed).oldValue
    private static let numbers = Atomic<UInt64>(1)

    init(_ prepared: [(consumer: any EventConsumer, plan: UnsafeRawPointer)]) {
        let buffer = UnsafeMutableBufferPointer<Entry>.allocate(capacity: prepared.count)
        _ = buffer.initialize(
            from: prepared.map { consumer, plan in
                Entry(
                    consumer: UnsafeRawPointer(
                        Unmanaged.passUnretained(consumer as AnyObject).toOpaque()),
                    plan: plan, calls: consumer.calls)
            })
        entries = UnsafeBufferPointer(buffer)
        consumers = prepared.map(\.consumer)
        isHandled = consumers.contains { !$0.isObserver }
    }

    deinit {
        for (entry, consumer) in zip(entries, consumers) { consumer.release(plan: entry.plan) }
        entries.deallocate()
    }

    /// Calls every consumer; false where none does more than watch.
    @inline(__always)
    borrowing func deliver(_ frame: UnsafePointer<EventFrame>) -> Bool {
        for entry in entries { entry.calls.consume(entry.consumer, frame, entry.plan) }
        return isHandled
    }

    static func make(_ prepared: [(consumer: any EventConsumer, plan: UnsafeRawPointer)]) -> Pointer
    {
        let pointer = Pointer.allocate(capacity: 1)
        pointer.initialize(to: DispatchList(prepared))
        return pointer
    }

    static func free(_ list: Pointer) {
        list.deinitialize(count: 1)
        list.deallocate()
    }
}
