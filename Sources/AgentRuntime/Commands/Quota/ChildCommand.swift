import Glibc
import Synchronization

/// A command that this one stands in for: it has the same terminal, and gets the signals that come here.
struct ChildCommand {
    private let process: pid_t

    /// - Throws: with exit code 127 where there is no such program, 126 where it cannot be started
    init(_ words: [String]) throws(CommandFailure) {
        SignalForwarding.begin()
        // The thread that this runs on may be one that keeps signals away.
        var attributes = posix_spawnattr_t()
        var nothing = sigset_t()
        sigemptyset(&nothing)
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setsigmask(&attributes, &nothing)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let arguments = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process: pid_t = 0
        let code = posix_spawnp(
            &process, words[0], nil, &attributes, arguments, environ)
        guard code == 0 else {
            throw CommandFailure(
                "\(words[0]) cannot be started: \(String(cString: strerror(code)))",
                exitCode: code == ENOENT ? 127 : 126)
        }
        self.process = process
        SignalForwarding.passOn(to: process)
    }

    /// Waits until the command has ended.
    ///
    /// - Returns: its exit code, or 128 and the number of the signal that ended it
    func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        SignalForwarding.passOn(to: 0)
        let signal = status & 0x7f
        return signal == 0 ? status >> 8 & 0xff : 128 + signal
    }
}

/// Passes signals on to one child process, from handlers: whichever thread the system chooses may run them.
private enum SignalForwarding {
    private static let child = Atomic<pid_t>(0)
    /// What came before there was a child.
    private static let early = Atomic<Int32>(0)

    static func begin() {
        // Made here, for a handler must not make anything.
        child.store(0, ordering: .relaxed)
        early.store(0, ordering: .relaxed)
        for number in [SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2] {
            var before = sigaction()
            guard sigaction(number, nil, &before) == 0, !before.isIgnoring else { continue }
            var action = sigaction()
            action.sa_flags = SA_SIGINFO | Int32(SA_RESTART)
            action.__sigaction_handler.sa_sigaction = { number, facts, _ in
                // What a terminal sends goes to the child as well: passed on, it would come twice.
                let isFromTerminal = (facts?.pointee.si_code ?? 0) > 0
                if !isFromTerminal { SignalForwarding.take(number) }
            }
            sigaction(number, &action, nil)
        }
    }

    /// - Parameter process: 0 for nobody
    static func passOn(to process: pid_t) {
        child.store(process, ordering: .sequentiallyConsistent)
        let number = early.exchange(0, ordering: .sequentiallyConsistent)
        if process > 0, number > 0 { kill(process, number) }
    }

    private static func take(_ number: Int32) {
        let process = child.load(ordering: .sequentiallyConsistent)
        if process > 0 {
            kill(process, number)
        } else {
            early.store(number, ordering: .sequentiallyConsistent)
        }
    }
}

extension sigaction {
    fileprivate var isIgnoring: Bool {
        sa_flags & SA_SIGINFO == 0
            && unsafeBitCast(__sigaction_handler.sa_handler, to: Int.self)
                == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
