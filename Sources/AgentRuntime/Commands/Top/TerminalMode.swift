import Glibc
import Synchronization

/// How the terminal was, so that it can be so again however the program ends.
///
/// Signals that end or stop the program are noted, and told to the thread that waits for keys: none comes in between
/// while something is drawn.
///
/// Sources: XTerm Control Sequences (1049: the alternate screen; 25: the cursor), termios(3)
enum TerminalMode {
    enum Key {
        case pressed(UInt8)
        case signal(Int32)
        /// The terminal has been closed.
        case gone
    }

    nonisolated(unsafe) private static var before = termios()
    private static let isEntered = Atomic(false)
    private static let pending = Atomic<Int32>(0)
    private static let isContinued = Atomic(false)
    private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGTSTP]
    private static let enterText: StaticString = "\u{1B}[?1049h\u{1B}[?25l"
    private static let leaveText: StaticString = "\u{1B}[?25h\u{1B}[?1049l"

    static var size: (width: Int, height: Int) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0,
            size.ws_row > 0
        else { return (80, 24) }
        return (max(20, Int(size.ws_col)), max(5, Int(size.ws_row)))
    }

    static func enter() {
        // Made here, not in a signal's handler.
        pending.store(0, ordering: .sequentiallyConsistent)
        for number in signals {
            signal(number) { TerminalMode.pending.store($0, ordering: .sequentiallyConsistent) }
        }
        tcgetattr(STDIN_FILENO, &before)
        var mode = before
        mode.c_lflag &= ~tcflag_t(ICANON | ECHO)
        tcsetattr(STDIN_FILENO, TCSANOW, &mode)
        isEntered.store(true, ordering: .sequentiallyConsistent)
        write(enterText)
    }

    /// Gives it back; doing so again changes nothing.
    static func leave() {
        guard isEntered.exchange(false, ordering: .sequentiallyConsistent) else { return }
        write(leaveText)
        tcsetattr(STDIN_FILENO, TCSANOW, &before)
    }

    /// Stops the program as the terminal's own stop key would, until it is told to go on.
    static func standStill() {
        isContinued.store(false, ordering: .sequentiallyConsistent)
        signal(SIGCONT) { _ in
            TerminalMode.isContinued.store(true, ordering: .sequentiallyConsistent)
        }
        kill(getpid(), SIGSTOP)
        // Another thread may be the first to stop: this one must not take the terminal again before it does.
        while !isContinued.load(ordering: .sequentiallyConsistent) { poll(nil, 0, 10) }
    }

    /// Waits for a key or a signal; nil where none came in so many milliseconds.
    static func key(within milliseconds: Int) -> Key? {
        var waiting = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        let ready = poll(&waiting, 1, Int32(milliseconds))
        let number = pending.exchange(0, ordering: .sequentiallyConsistent)
        if number != 0 { return .signal(number) }
        guard ready > 0 else { return nil }
        var key: UInt8 = 0
        let count = read(STDIN_FILENO, &key, 1)
        if count == 1 { return .pressed(key) }
        return count < 0 && (errno == EINTR || errno == EAGAIN) ? nil : .gone
    }

    private static func write(_ text: StaticString) {
        _ = Glibc.write(STDOUT_FILENO, text.utf8Start, text.utf8CodeUnitCount)
    }
}
