import Glibc
import Synchronization

/// Runs work on threads of its own.
package enum Threads {
    /// Runs `body` on `count` threads at once, each with its number, and waits for all of them.
    package static func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        let threads = (0..<count).map { number in start { body(number) } }
        for thread in threads { pthread_join(thread, nil) }
    }

    /// Runs `work` on a thread and `other` on this one; answers the processor time `work` took, in nanoseconds.
    package static func run(_ work: @escaping @Sendable () -> Void, beside other: () -> Void)
        -> Int64
    {
        let spent = Spent()
        let thread = start {
            work()
            spent.time.store(ProcessorTime.ofThread, ordering: .relaxed)
        }
        other()
        pthread_join(thread, nil)
        return spent.time.load(ordering: .relaxed)
    }

    private final class Spent: Sendable {
        let time = Atomic<Int64>(0)
    }

    private static func start(_ body: @escaping @Sendable () -> Void) -> pthread_t {
        var thread = pthread_t()
        let work = Unmanaged.passRetained(Work(body: body))
        pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body() }
                return nil
            }, work.toOpaque())
        return thread
    }

    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
