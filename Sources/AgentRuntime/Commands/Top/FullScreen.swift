import AgentConfiguration
import Glibc
import Synchronization

/// A terminal that one command has for itself, and gives back as it was.
///
/// Sources: XTerm Control Sequences (1049: the alternate screen; 25: the cursor), termios(3)
final class FullScreen: Sendable {
    private struct State {
        var frame: JSONValue?
        var note = "q quits"
        var size = (width: 0, height: 0)
        var drawn = ""
    }

    private let state = Mutex(State())

    /// Whether people look and can press keys.
    static var isPossible: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }

    /// Takes the terminal; a thread waits for keys from now on.
    func begin() {
        TerminalMode.enter()
        _ = BlockingThreads(limit: 1).run { [self] in watchKeys() }
    }

    func end() { TerminalMode.leave() }

    /// Shows frames for as long as nobody quits, and waits for an agent that goes away.
    func show(_ frames: TopFrames, of address: ListenAddress) throws(CommandFailure) {
        var wasThere = false
        while true {
            do throws(CommandFailure) {
                try frames.each { frame in
                    wasThere = true
                    draw { state in
                        state.frame = frame
                        state.note = "q quits"
                    }
                    return true
                }
            } catch {
                // What never answered is told of in a terminal that stays.
                guard wasThere else { throw error }
                draw { $0.note = "the agent is gone; looking for it again · q quits" }
            }
            sleep(1)
        }
    }

    private func draw(_ change: (inout State) -> Void) {
        state.withLock { state in
            change(&state)
            let size = TerminalMode.size
            guard let frame = state.frame else { return }
            let screen = TopScreen(
                width: size.width, height: size.height,
                palette: Palette(isColoured: Terminal.isColoured))
            let text = screen.text(frame, note: state.note)
            guard text != state.drawn || size != state.size else { return }
            state.drawn = text
            state.size = size
            // Each line is cleared behind its text, and what is below the last: nothing flickers.
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            StandardOutput.write(
                "\u{1B}[H" + lines.joined(separator: "\u{1B}[K\n") + "\u{1B}[K\u{1B}[J")
        }
    }

    /// Ends the program at q; draws anew where the terminal has another size.
    private func watchKeys() {
        while true {
            var waiting = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            let ready = poll(&waiting, 1, 250)
            if ready > 0 {
                var key: UInt8 = 0
                let count = read(STDIN_FILENO, &key, 1)
                // The terminal is gone with its window, too.
                let isOver = count == 0 || count < 0 && errno != EINTR && errno != EAGAIN
                if isOver || key == UInt8(ascii: "q") || key == UInt8(ascii: "Q") || key == 3 {
                    TerminalMode.leave()
                    _exit(0)
                }
            }
            draw { _ in }
        }
    }
}

/// How the terminal was, so that it can be so again however the program ends.
private enum TerminalMode {
    nonisolated(unsafe) private static var before = termios()
    private static let isEntered = Atomic(false)
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
        tcgetattr(STDIN_FILENO, &before)
        var mode = before
        mode.c_lflag &= ~tcflag_t(ICANON | ECHO)
        tcsetattr(STDIN_FILENO, TCSANOW, &mode)
        isEntered.store(true, ordering: .sequentiallyConsistent)
        for number in [SIGINT, SIGTERM, SIGHUP] {
            signal(number) { number in
                TerminalMode.leave()
                _exit(128 + number)
            }
        }
        write(enterText)
    }

    /// Only what a signal's handler may do.
    static func leave() {
        guard isEntered.exchange(false, ordering: .sequentiallyConsistent) else { return }
        write(leaveText)
        tcsetattr(STDIN_FILENO, TCSANOW, &before)
    }

    private static func write(_ text: StaticString) {
        _ = Glibc.write(STDOUT_FILENO, text.utf8Start, text.utf8CodeUnitCount)
    }
}
