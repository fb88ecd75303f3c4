import Glibc
import PluginKit
import Synchronization

/// Wakes the pushing thread at a time or when it is told to end, and lets others wait for its end.
final class Alarm: @unchecked Sendable {
    // The flags are guarded by the mutex; mutex and condition stay in place until deinit.

    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var isAsked = false
    private var hasEnded = false
    private var wakeTransfer: (@Sendable () -> Void)?

    init() {
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Whether the thread is to end.
    var isStopping: Bool { locked { isAsked } }

    /// What ends a wait for the network as well; `nil` before that is gone.
    func onStop(_ wake: (@Sendable () -> Void)?) {
        locked { wakeTransfer = wake }
    }

    func stop() {
        locked {
            isAsked = true
            pthread_cond_broadcast(condition)
            // Under the lock, so that the thread cannot free meanwhile what is woken.
            wakeTransfer?()
        }
    }

    func end() {
        locked {
            hasEnded = true
            wakeTransfer = nil
            pthread_cond_broadcast(condition)
        }
    }

    /// Sleeps; earlier awake when asked to stop.
    func sleep(_ duration: Duration) {
        let deadline = Deadline(after: duration)
        locked { wait(until: deadline) { isAsked } }
    }

    /// False: the thread had not ended by then.
    func waitForEnd(until deadline: Deadline) -> Bool {
        locked {
            wait(until: deadline) { hasEnded }
            return hasEnded
        }
    }

    private func wait(until deadline: Deadline, for condition: () -> Bool) {
        var time = timespec(
            tv_sec: Int(max(deadline.nanoseconds, 0) / 1_000_000_000),
            tv_nsec: Int(max(deadline.nanoseconds, 0) % 1_000_000_000))
        while !condition() {
            guard pthread_cond_timedwait(self.condition, mutex, &time) == 0 else { return }
        }
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }
}

extension Deadline {
    init(after duration: Duration) {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        let passed = Int64(now.tv_sec) &* 1_000_000_000 &+ Int64(now.tv_nsec)
        let (seconds, attoseconds) = min(max(duration, .zero), .seconds(1 << 30)).components
        self.init(nanoseconds: passed &+ seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000)
    }

    /// The earlier of two.
    static func earlier(_ a: Deadline, _ b: Deadline) -> Deadline {
        a.nanoseconds < b.nanoseconds ? a : b
    }
}
