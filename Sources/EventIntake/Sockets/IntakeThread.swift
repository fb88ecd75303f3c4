import CPlatform
import Glibc
import Synchronization

/// A thread that serves sockets until it is told to stop.
///
/// Own threads rather than the shared pool: a decoder works through memory of its own without pause, and signals
/// are kept away from it.
final class IntakeThread: Sendable {
    private let thread: Mutex<pthread_t?>
    private let signal: StopSignal

    /// Starts `body`, which must return soon after the signal says so.
    init(name: String, signal: StopSignal, _ body: @escaping @Sendable () -> Void)
        throws(IntakeError)
    {
        let start = Unmanaged.passRetained(ThreadStart(name: name, body: body))
        var handle = pthread_t()
        let code = pthread_create(
            &handle, nil,
            { argument in
                guard let argument else { return nil }
                let start = Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue()
                platform_block_signals()
                platform_name_thread(start.name)
                start.body()
                return nil
            }, start.toOpaque())
        guard code == 0 else {
            start.release()
            throw .system(name, operation: "pthread_create", code: code)
        }
        thread = Mutex(handle)
        self.signal = signal
    }

    deinit { stop(within: .zero) }

    /// Has the thread stop within `limit`. Does not wait.
    func beginStop(within limit: Duration) { signal.stop(within: limit) }

    /// Has the thread stop within `limit`, and waits for that. Further calls do nothing.
    func stop(within limit: Duration) {
        let handle = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        guard let handle else { return }
        signal.stop(within: limit)
        pthread_join(handle, nil)
    }
}

private final class ThreadStart: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }
}
