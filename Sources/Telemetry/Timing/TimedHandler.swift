import Synchronization

/// Stands in dispatch lists for a handler whose time is measured.
///
/// The first calls after a look are all timed, so that what happens rarely is measured whole. Of those behind them one
/// in 61 is, which no rhythm of events divides, and stands for the others.
final class TimedHandler: @unchecked Sendable, EventConsumer {
    // Sendable: `address` is that of `handler`, which lives as long as this; the rest is constant or atomic.

    private static let wholeCalls = 64
    private static let interval = 61

    /// Counts from the beginning on.
    struct Counts: Sendable {
        var calls = 0
        /// Calls timed one and all, and how long they took.
        var whole = 0
        var wholeNanoseconds = 0
        /// Those timed for others too.
        var sampled = 0
        var sampledNanoseconds = 0
    }

    let handler: any EventConsumer
    private let address: UnsafeRawPointer
    private let clock: TelemetryClock
    private let inner: ConsumerCalls
    private let left = Atomic(TimedHandler.wholeCalls)
    private let count = Atomic<Int>(0)
    private let whole = Atomic<Int>(0)
    private let wholeNanoseconds = Atomic<Int>(0)
    private let sampled = Atomic<Int>(0)
    private let sampledNanoseconds = Atomic<Int>(0)

    init(_ handler: any EventConsumer, clock: TelemetryClock) {
        self.handler = handler
        address = UnsafeRawPointer(Unmanaged.passUnretained(handler as AnyObject).toOpaque())
        self.clock = clock
        inner = handler.calls
    }

    var counts: Counts {
        Counts(
            calls: count.load(ordering: .relaxed), whole: whole.load(ordering: .relaxed),
            wholeNanoseconds: wholeNanoseconds.load(ordering: .relaxed),
            sampled: sampled.load(ordering: .relaxed),
            sampledNanoseconds: sampledNanoseconds.load(ordering: .relaxed))
    }

    /// Has the next calls timed one and all again.
    func beginAgain() { left.store(Self.wholeCalls, ordering: .relaxed) }

    // MARK: In the handler's place

    var id: String { handler.id }
    var isObserver: Bool { handler.isObserver }

    let calls = ConsumerCalls(
        consume: { timed, frame, plan in
            Unmanaged<TimedHandler>.fromOpaque(timed)._withUnsafeGuaranteedRef { timed in
                timed.measure { timed.inner.consume(timed.address, frame, plan) }
            }
        },
        consumeBound: { timed, frame, plan, binding in
            Unmanaged<TimedHandler>.fromOpaque(timed)._withUnsafeGuaranteedRef { timed in
                timed.measure { timed.inner.consumeBound(timed.address, frame, plan, binding) }
            }
        })

    func plan(for shape: EventShape.Pointer) -> UnsafeRawPointer? { handler.plan(for: shape) }
    func release(plan: UnsafeRawPointer) { handler.release(plan: plan) }

    func bind(_ event: borrowing Event, plan: UnsafeRawPointer) -> UnsafeRawPointer? {
        handler.bind(event, plan: plan)
    }

    func release(binding: UnsafeRawPointer) { handler.release(binding: binding) }

    @inline(__always)
    private func measure(_ call: () -> Void) {
        let number = count.wrappingAdd(1, ordering: .relaxed).oldValue
        let isWhole = left.load(ordering: .relaxed) > 0
        guard isWhole || number % Self.interval == 0 else { return call() }
        let begin = clock.monotonic()
        call()
        let duration = Int(clock.monotonic() &- begin)
        if isWhole {
            left.wrappingSubtract(1, ordering: .relaxed)
            whole.wrappingAdd(1, ordering: .relaxed)
            wholeNanoseconds.wrappingAdd(duration, ordering: .relaxed)
        } else {
            sampled.wrappingAdd(1, ordering: .relaxed)
            sampledNanoseconds.wrappingAdd(duration, ordering: .relaxed)
        }
    }
}

/// The handlers that are timed, by id.
final class TimedHandlers: Sendable {
    private let clock: TelemetryClock
    private let handlers = Mutex<[String: TimedHandler]>([:])

    init(clock: TelemetryClock) { self.clock = clock }

    var all: [TimedHandler] { handlers.withLock { Array($0.values) } }

    /// What goes into a dispatch list in a handler's place.
    func timing(_ handler: any EventConsumer) -> TimedHandler {
        handlers.withLock { handlers in
            if let known = handlers[handler.id], known.handler === handler { return known }
            let timed = TimedHandler(handler, clock: clock)
            handlers[handler.id] = timed
            return timed
        }
    }

    func forget(_ id: String) { handlers.withLock { _ = $0.removeValue(forKey: id) } }
}
