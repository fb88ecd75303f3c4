import CPlatform
import Glibc
import Synchronization

/// Waits for descriptors on behalf of tasks, on one thread for all of them.
///
/// Between two threads that are woken a wait costs two system calls; what can be read at once is better read first.
final class ReadinessLoop: Sendable {
    typealias Instant = ContinuousClock.Instant

    private struct Waiter {
        let descriptors: [Int32]
        let deadline: Instant?
        let continuation: CheckedContinuation<Bool, Never>

        func isDue(at now: Instant) -> Bool { deadline.map { $0 <= now } ?? false }
    }

    private struct State {
        var waiters: [Int: Waiter] = [:]
        var waiterOf: [Int32: Int] = [:]
        var last = 0
        var isStopping = false

        /// Takes a waiter out; the caller resumes it.
        mutating func remove(_ number: Int) -> Waiter? {
            guard let waiter = waiters.removeValue(forKey: number) else { return nil }
            for descriptor in waiter.descriptors where waiterOf[descriptor] == number {
                waiterOf[descriptor] = nil
            }
            return waiter
        }
    }

    private let poller: Int32
    private let wakeup: Int32
    private let state = Mutex(State())

    init() throws(AdapterFailure) {
        poller = platform_poller_create()
        wakeup = platform_wakeup_create()
        guard poller >= 0, wakeup >= 0, platform_poller_add(poller, wakeup) == 0,
            Self.startThread(self)
        else {
            throw .resources("cannot watch the output of commands", code: errno)
        }
    }

    deinit {
        close(poller)
        close(wakeup)
    }

    /// Has the thread end; what still waits is answered.
    func stop() {
        state.withLock { $0.isStopping = true }
        platform_wakeup(wakeup)
    }

    /// Returns once one of the descriptors is readable or hung up, or at the deadline. Where it cannot wait it returns
    /// after a moment: who asks looks again anyway.
    ///
    /// A descriptor has one waiter at a time, and stays open until this returns.
    func wait(for descriptors: [Int32], until deadline: Instant? = nil) async {
        let hasWaited = await withCheckedContinuation { continuation in
            let isTaken = state.withLock { state -> Bool in
                guard !state.isStopping else { return false }
                // Armed under the lock: a report cannot come before its waiter is there.
                for descriptor in descriptors where platform_poller_arm(poller, descriptor) != 0 {
                    return false
                }
                state.last += 1
                for descriptor in descriptors { state.waiterOf[descriptor] = state.last }
                state.waiters[state.last] = Waiter(
                    descriptors: descriptors, deadline: deadline, continuation: continuation)
                return true
            }
            if !isTaken {
                continuation.resume(returning: false)
            } else if deadline != nil {
                platform_wakeup(wakeup)
            }
        }
        if !hasWaited { try? await Task.sleep(for: .milliseconds(10)) }
    }

    private func serve() {
        var ready = [Int32](repeating: 0, count: 64)
        while true {
            let count = platform_poller_wait(poller, &ready, Int32(ready.count), untilNext())
            var done: [Waiter] = []
            var isOver = count < 0
            let now = ContinuousClock.now
            state.withLock { state in
                for descriptor in ready.prefix(max(0, Int(count))) {
                    guard let number = state.waiterOf[descriptor] else { continue }
                    if let waiter = state.remove(number) { done.append(waiter) }
                }
                isOver = isOver || state.isStopping
                for (number, waiter) in state.waiters where isOver || waiter.isDue(at: now) {
                    if let waiter = state.remove(number) { done.append(waiter) }
                }
                if isOver { state.isStopping = true }
            }
            if ready.prefix(max(0, Int(count))).contains(wakeup) { drainWakeup() }
            for waiter in done { waiter.continuation.resume(returning: true) }
            if isOver { return }
        }
    }

    /// Milliseconds to the earliest deadline, rounded up; -1 when there is none.
    private func untilNext() -> Int32 {
        let earliest = state.withLock { $0.waiters.values.lazy.compactMap(\.deadline).min() }
        guard let earliest else { return -1 }
        let left = ContinuousClock.now.duration(to: earliest)
        guard left > .zero else { return 0 }
        return left > .seconds(3600) ? 3_600_000 : Int32(left / .milliseconds(1)) + 1
    }

    private func drainWakeup() {
        var count: UInt64 = 0
        _ = read(wakeup, &count, MemoryLayout.size(ofValue: count))
    }

    /// The thread keeps the loop alive until it is stopped.
    private static func startThread(_ loop: ReadinessLoop) -> Bool {
        let opaque = Unmanaged.passRetained(loop)
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { opaque in
                guard let opaque else { return nil }
                let loop = Unmanaged<ReadinessLoop>.fromOpaque(opaque).takeRetainedValue()
                platform_block_signals()
                platform_name_thread("run-output")
                loop.serve()
                return nil
            }, opaque.toOpaque())
        guard code == 0 else {
            opaque.release()
            errno = code
            return false
        }
        pthread_detach(thread)
        return true
    }
}
