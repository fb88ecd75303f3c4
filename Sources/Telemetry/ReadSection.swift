package import CPlatform
import Glibc
import Synchronization

/// Lock-free reading of shared pointers, and freeing what no reader can see any more.
///
/// Dispatch enters a section, follows pointers, leaves. Whoever replaced a pointer *retires* the old memory;
/// it is freed once every thread that was inside a section at that moment has left it.
package enum ReadSection {
    package typealias Slot = UnsafeMutablePointer<platform_thread_slot>

    /// The calling thread's slot.
    @inline(__always)
    package static var slot: Slot { platform_thread_slot_get() }

    /// Runs `body` inside a section. Nests. Cost outermost: two loads and two stores.
    @inline(__always)
    package static func run<Result: ~Copyable, Failure: Error>(
        _ body: (Slot) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let slot = platform_thread_slot_get()!
        let outermost = platform_section_enter(slot)
        defer { if outermost != 0 { platform_section_leave(slot) } }
        return try body(slot)
    }

    /// Frees by calling `free` after a grace period; any thread.
    package static func retire(_ free: @escaping @Sendable () -> Void) {
        limbo.withLock { $0.waiting.append(free) }
    }

    /// Frees what may be freed by now. Never waits; call it now and then, without a lock that a `free` may want.
    package static func collect() {
        let ready: [@Sendable () -> Void] = limbo.withLock { state in
            if !state.waiting.isEmpty {
                platform_barrier_all_threads()
                state.batches.append(Batch(frees: state.waiting, grace: GracePeriod()))
                state.waiting = []
            }
            var ready: [@Sendable () -> Void] = []
            while let batch = state.batches.first, batch.isOver {
                ready += batch.frees
                state.batches.removeFirst()
            }
            return ready
        }
        for free in ready { free() }
    }

    /// Waits until every section that is open now has been left. False when `timeout` passed first.
    /// Must not be called from inside a section.
    package static func synchronize(timeout: Duration = .seconds(10)) -> Bool {
        platform_barrier_all_threads()
        let grace = GracePeriod()
        let clock = ContinuousClock()
        let deadline = clock.now + timeout
        while !grace.isOver {
            guard clock.now < deadline else { return false }
            usleep(50)
        }
        return true
    }

    private struct Batch {
        let frees: [@Sendable () -> Void]
        let grace: GracePeriod
        var isOver: Bool { grace.isOver }
    }

    private struct Limbo {
        var waiting: [@Sendable () -> Void] = []
        var batches: [Batch] = []
    }

    private static let limbo = Mutex(Limbo())
}

/// The threads that were inside a section at one moment; over when each has left it since.
///
/// `@unchecked Sendable`: slots are never freed, and their sequence is only read atomically.
private struct GracePeriod: @unchecked Sendable {
    private let inside: [(slot: UnsafeMutablePointer<platform_thread_slot>, sequence: UInt64)]

    init() {
        var inside: [(UnsafeMutablePointer<platform_thread_slot>, UInt64)] = []
        var slot = platform_thread_slots()
        while let current = slot {
            let sequence = platform_slot_sequence(current)
            if sequence & 1 == 1 { inside.append((current, sequence)) }
            slot = current.pointee.next
        }
        self.inside = inside
    }

    var isOver: Bool {
        inside.allSatisfy { platform_slot_sequence($0.slot) != $0.sequence }
    }
}
