import CPlatform
import Glibc

/// Threads of the operating system, for code that may block as long as it likes.
enum OSThread {
    /// Room for plugins that resolve names and speak TLS; only what is used becomes memory.
    private static let stackSize = 1 << 20

    private final class Body {
        let name: String
        let run: @Sendable () -> Void
        init(name: String, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }

    /// Runs `body` in a new thread that takes no signals. False where the system has none to give.
    static func start(_ name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, stackSize)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        defer { pthread_attr_destroy(&attributes) }

        // A thread inherits its creator's mask: signals belong to the agent's main thread,
        // but for those that tell of a crash in the thread itself.
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        for own in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP] { sigdelset(&all, own) }
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }

        let opaque = Unmanaged.passRetained(Body(name: name, run: body))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, &attributes,
            { opaque in
                guard let opaque else { return nil }
                let body = Unmanaged<Body>.fromOpaque(opaque).takeRetainedValue()
                platform_name_thread(body.name)
                body.run()
                return nil
            }, opaque.toOpaque())
        if code != 0 { opaque.release() }
        return code == 0
    }

    /// How a call with a deadline came out.
    enum Attempt<Result: Sendable>: Sendable {
        case done(Result)
        /// It goes on, and nobody waits for it any more.
        case late
        case noThread
    }

    /// Runs `body` in a thread of its own and waits for it until the deadline.
    static func attempt<Result: Sendable>(
        _ name: String, deadline: Int64, _ body: @escaping @Sendable () -> Result
    ) -> Attempt<Result> {
        let answer = Monitor<Result?>(nil)
        let isRunning = start(name) {
            let result = body()
            answer.change { $0 = result }
        }
        guard isRunning else { return .noThread }
        _ = answer.wait(until: deadline) { $0 != nil }
        return answer.withLock { $0 }.map { .done($0) } ?? .late
    }

    /// The same; nil when it did not end in time (it goes on) or no thread could be had.
    static func call<Result: Sendable>(
        _ name: String, deadline: Int64, _ body: @escaping @Sendable () -> Result
    ) -> Result? {
        guard case .done(let result) = attempt(name, deadline: deadline, body) else { return nil }
        return result
    }

    /// Runs `body` for code that must not block the threads Swift's tasks share. Falls back to the caller's
    /// thread where no other can be had.
    static func run<Result: Sendable>(
        _ name: String, _ body: @escaping @Sendable () -> Result
    ) async -> Result {
        await withCheckedContinuation { continuation in
            if !start(name, { continuation.resume(returning: body()) }) {
                continuation.resume(returning: body())
            }
        }
    }
}
