import AgentConfiguration
import Glibc
import Synchronization

/// A terminal that one command has for itself, and gives back as it was.
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

    /// Ends the program at q, and at a signal that ends programs; draws anew where the terminal has another size.
    private func watchKeys() {
        while true {
            let key = TerminalMode.key(within: 250)
            switch key {
            case .pressed(UInt8(ascii: "q")), .pressed(UInt8(ascii: "Q")), .pressed(3), .gone:
                giveBack { _exit(0) }
            case .signal(SIGTSTP):
                giveBack {
                    TerminalMode.standStill()
                    TerminalMode.enter()
                }
            case .signal(let number): giveBack { _exit(128 + number) }
            case .pressed, .none: break
            }
            draw { state in
                if case .signal = key { state.drawn = "" }
            }
        }
    }

    /// Nothing is drawn any more once the terminal is as it was.
    private func giveBack(_ then: () -> Void) {
        state.withLock { _ in
            TerminalMode.leave()
            then()
        }
    }
}
