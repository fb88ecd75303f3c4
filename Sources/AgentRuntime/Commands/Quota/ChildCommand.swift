import Glibc

/// A command that this one stands in for: it has the same terminal, and gets the signals that come here.
struct ChildCommand {
    private let process: pid_t

    private static let forwarded = [SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2]

    /// - Throws: with exit code 127 where there is no such program, 126 where it cannot be started
    init(_ words: [String]) throws(CommandFailure) {
        // From here on signals wait until `wait` takes them. The command itself gets them as they come.
        var signals = Self.signals(Self.forwarded + [SIGCHLD])
        var before = sigset_t()
        pthread_sigmask(SIG_BLOCK, &signals, &before)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setsigmask(&attributes, &before)
        // What this process ignores the command would ignore as well.
        var defaults = Self.signals([SIGPIPE])
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let arguments = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process: pid_t = 0
        let code = posix_spawnp(&process, words[0], nil, &attributes, arguments, environ)
        guard code == 0 else {
            pthread_sigmask(SIG_SETMASK, &before, nil)
            throw CommandFailure(
                "\(words[0]) cannot be started: \(String(cString: strerror(code)))",
                exitCode: code == ENOENT ? 127 : 126)
        }
        self.process = process
    }

    /// Passes signals on until the command has ended.
    ///
    /// - Returns: its exit code, or 128 and the number of the signal that ended it
    func wait() -> Int32 {
        var signals = Self.signals(Self.forwarded + [SIGCHLD])
        while true {
            var status: Int32 = 0
            if waitpid(process, &status, WNOHANG) == process {
                let signal = status & 0x7f
                return signal == 0 ? status >> 8 & 0xff : 128 + signal
            }
            var facts = siginfo_t()
            let signal = sigwaitinfo(&signals, &facts)
            // What a terminal sends goes to the command as well: passed on, it would come twice.
            let isFromTerminal = facts.si_code > 0
            if signal > 0, signal != SIGCHLD, !isFromTerminal { kill(process, signal) }
        }
    }

    private static func signals(_ numbers: [Int32]) -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for number in numbers { sigaddset(&set, number) }
        return set
    }
}
