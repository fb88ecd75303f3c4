import Glibc

/// State behind a lock, and a way to wait until it changes.
///
/// `@unchecked Sendable`: the state is only touched with the lock held.
final class Monitor<State>: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var state: State

    init(_ state: State) {
        self.state = state
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        // Deadlines are on the monotonic clock: setting the time of day must not move them.
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

    /// Reads or changes the state.
    func withLock<Result>(_ body: (inout State) -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body(&state)
    }

    /// Changes the state and wakes everyone who waits.
    func change<Result>(_ body: (inout State) -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer {
            pthread_cond_broadcast(condition)
            pthread_mutex_unlock(mutex)
        }
        return body(&state)
    }

    /// What `body` asks for next: an answer, or another look when something changed or the time has come.
    enum Step<Answer> {
        case done(Answer)
        /// Nil: until something changes. Nanoseconds, monotonic.
        case wait(until: Int64?)
    }

    /// Calls `body` with the lock held until it has an answer.
    func wait<Answer>(_ body: (inout State) -> Step<Answer>) -> Answer {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            switch body(&state) {
            case .done(let answer): return answer
            case .wait(nil): pthread_cond_wait(condition, mutex)
            case .wait(let deadline?):
                var time = timespec(
                    tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
                pthread_cond_timedwait(condition, mutex, &time)
            }
        }
    }

    /// Waits until `isThere` holds; false when the deadline passed first.
    func wait(until deadline: Int64, _ isThere: (State) -> Bool) -> Bool {
        wait { state in
            if isThere(state) { return .done(true) }
            return MonotonicTime.now >= deadline ? .done(false) : .wait(until: deadline)
        }
    }
}

/// The clock of deadlines: nanoseconds of CLOCK_MONOTONIC.
enum MonotonicTime {
    static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// A point in time, clamped to what can be said.
    static func after(_ nanoseconds: Int64, from now: Int64 = now) -> Int64 {
        let (sum, overflow) = now.addingReportingOverflow(nanoseconds)
        return overflow ? .max : sum
    }
}
