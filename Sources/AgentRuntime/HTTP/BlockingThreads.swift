import Glibc
import Synchronization

/// Threads for what blocks, at most a fixed number of them at once; none while there is nothing to do.
final class BlockingThreads: Sendable {
    private let limit: Int
    private let running = Atomic<Int>(0)

    init(limit: Int) { self.limit = limit }

    /// Runs `work` in a thread of its own; false when as many as may already run.
    func run(_ work: @escaping @Sendable () -> Void) -> Bool {
        guard running.wrappingAdd(1, ordering: .relaxed).newValue <= limit else {
            running.wrappingSubtract(1, ordering: .relaxed)
            return false
        }
        let job = Job {
            work()
            self.running.wrappingSubtract(1, ordering: .relaxed)
        }
        guard job.start() else {
            running.wrappingSubtract(1, ordering: .relaxed)
            return false
        }
        return true
    }

    private final class Job: Sendable {
        private static let stackSize = 1 << 20
        private let work: @Sendable () -> Void

        init(_ work: @escaping @Sendable () -> Void) { self.work = work }

        func start() -> Bool {
            var attributes = pthread_attr_t()
            pthread_attr_init(&attributes)
            defer { pthread_attr_destroy(&attributes) }
            pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
            pthread_attr_setstacksize(&attributes, Self.stackSize)
            let job = Unmanaged.passRetained(self)
            var thread = pthread_t()
            let code = pthread_create(
                &thread, &attributes,
                { opaque in
                    guard let opaque else { return nil }
                    Unmanaged<Job>.fromOpaque(opaque).takeRetainedValue().work()
                    return nil
                }, job.toOpaque())
            if code != 0 { job.release() }
            return code == 0
        }
    }
}
