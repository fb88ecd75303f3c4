import Glibc
import PluginKit
import Synchronization

/// The thread that pushes. All signals are masked in it: they belong to the agent.
final class PushThread: Sendable {
    private let alarm = Alarm()
    private let stopDeadline = Mutex<Deadline?>(nil)
    private let isRunning = Atomic<Bool>(false)

    /// Left for the last annotation's way back and the thread's end.
    private static let margin: Int64 = 500_000_000

    func start(_ settings: GrafanaSettings, _ grafana: GrafanaHost, _ host: Host) throws {
        let body = Body { [alarm] in
            Pusher(settings, grafana, host, alarm).run { self.stopDeadline.withLock { $0 } }
            alarm.end()
        }
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        // What tells of a crash in the thread itself cannot be put off.
        for own in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP] { sigdelset(&all, own) }
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }

        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, 1 << 20)
        defer { pthread_attr_destroy(&attributes) }
        let opaque = Unmanaged.passRetained(body)
        var thread = pthread_t()
        let code = pthread_create(
            &thread, &attributes,
            { opaque in
                guard let opaque else { return nil }
                Unmanaged<Body>.fromOpaque(opaque).takeRetainedValue().run()
                return nil
            }, opaque.toOpaque())
        guard code == 0 else {
            opaque.release()
            throw PluginError("no thread can be had (\(String(cString: strerror(code))))")
        }
        isRunning.store(true, ordering: .releasing)
    }

    /// Gives up what is under way, says that the agent has stopped, and waits for the end.
    func stop(before deadline: Deadline) throws {
        guard isRunning.exchange(false, ordering: .acquiringAndReleasing) else { return }
        stopDeadline.withLock { $0 = Deadline(nanoseconds: deadline.nanoseconds - Self.margin) }
        alarm.stop()
        guard alarm.waitForEnd(until: deadline) else {
            throw PluginError("the push did not end in time")
        }
    }

    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
}
