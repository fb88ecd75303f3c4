import Foundation
import TestSupport
import Testing

/// `agent top` on a terminal.
@Suite(.serialized) struct TopTerminalTests {
    private static let begin = "\u{1B}[?1049h\u{1B}[?25l"
    private static let end = "\u{1B}[?25h\u{1B}[?1049l"

    private let automated: AutomatedAgent
    private let terminal: PseudoTerminal
    private let top: ChildProcess

    init() async throws {
        automated = try await AutomatedAgent()
        terminal = try PseudoTerminal(columns: 80, rows: 24)
        top = try ChildProcess(
            agentExecutable, ["top", "--interval", "200ms"] + automated.target,
            environment: ["TERM": "xterm-256color", "NO_COLOR": ""], terminal: terminal)
    }

    /// The lines of the frame that was drawn last, without colours.
    private func lines() -> [String] {
        // The terminal puts a return before each new line.
        let text = terminal.output.replacing("\r\n", with: "\n")
        let frames = text.components(separatedBy: "\u{1B}[H").dropFirst()
        guard let frame = frames.last(where: { $0.contains("\u{1B}[J") }) else { return [] }
        let drawn = frame.components(separatedBy: "\u{1B}[J")[0]
        return drawn.components(separatedBy: "\n").map {
            String($0.replacing(/\u{1B}\[[0-9;]*[mK]/, with: ""))
        }
    }

    private func waitForFrame(
        _ what: String, _ condition: ([String]) -> Bool
    ) async throws -> [String] {
        try await waitFor(what) {
            try #require(top.ended == nil, "\(top.errors)")
            let lines = lines()
            return condition(lines) ? lines : nil
        }
    }

    /// What a program has written reaches the other end of its terminal a moment later.
    private func waitUntilGivenBack(_ terminal: PseudoTerminal) async throws {
        try await waitUntil("the terminal to be as it was") {
            terminal.output.hasSuffix(Self.end) && terminal.isAsShellsWantIt
        }
    }

    @Test func `a frame fills the terminal and fits it, whatever its size is and becomes`()
        async throws
    {
        let first = try await waitForFrame("a frame") { $0.count >= 4 }
        #expect(terminal.output.hasPrefix(Self.begin))
        #expect(!terminal.isAsShellsWantIt)
        #expect(first[0].hasPrefix("agent ") && first[0].hasSuffix(" UTC · q quits"))
        #expect(first[1].hasPrefix("cpu ") && first[1].contains(" · memory "))
        #expect(first[2].hasPrefix("intake received "))
        #expect(first.contains { $0.hasPrefix("METRIC ") && $0.contains("  SERIES  WORST LABEL") })
        #expect(first.contains { $0.hasPrefix("PLUGIN ") && $0.contains("  STATUS") })
        #expect(first.contains { $0.hasPrefix("runner ") && $0.contains(" ok") })
        #expect((20...24).contains(first.count) && first.allSatisfy { $0.count <= 80 })

        for (columns, rows) in [(40, 12), (160, 50), (20, 5), (80, 24)] {
            let before = terminal.output.count
            terminal.resize(columns: columns, rows: rows)
            let lines = try await waitForFrame("a frame of \(columns) by \(rows)") { lines in
                let isNew = terminal.output.count > before
                let isAsHigh = lines.count <= rows && lines.count >= min(rows - 4, 26)
                return isNew && isAsHigh && lines.allSatisfy { $0.count <= columns }
            }
            #expect(lines[0].hasPrefix("agent "))
            // And so is each one that follows.
            let seen = terminal.output.count
            let later = try await waitForFrame("another frame") { _ in terminal.output.count > seen
            }
            #expect(later.allSatisfy { $0.count <= columns } && later.count <= rows)
        }
        terminal.type("q")
        _ = try await top.wait()
    }

    @Test(arguments: ["q", "xyzQ"])
    func `a key ends it, and the terminal is as it was`(keys: String) async throws {
        _ = try await waitForFrame("a frame") { $0.count >= 4 }
        terminal.type(keys)
        #expect(try await top.wait() == .code(0))
        try await waitUntilGivenBack(terminal)
        #expect(top.errors == "")
    }

    @Test func `a signal ends it as well, and the terminal is as it was`() async throws {
        _ = try await waitForFrame("a frame") { $0.count >= 4 }
        top.terminate()
        #expect(try await top.wait() == .code(128 + 15))
        try await waitUntilGivenBack(terminal)
    }

    @Test func `who stops it gets the terminal back, and a frame on going on`() async throws {
        _ = try await waitForFrame("a frame") { $0.count >= 4 }
        top.signal(SIGTSTP)
        try await waitUntil("it to stand still") {
            try String(contentsOfFile: "/proc/\(top.processID)/status", encoding: .utf8)
                .contains("State:\tT")
        }
        try await waitUntilGivenBack(terminal)
        top.signal(SIGCONT)
        try await waitUntil("a frame") {
            let frames = terminal.output.components(separatedBy: Self.end)
            return frames.count == 2 && frames[1].hasPrefix(Self.begin)
                && frames[1].contains("\u{1B}[J")
        }
        #expect(!terminal.isAsShellsWantIt)
        terminal.type("q")
        #expect(try await top.wait() == .code(0))
        try await waitUntilGivenBack(terminal)
    }

    @Test func `an agent that goes away is looked for, under its last frame`() async throws {
        _ = try await waitForFrame("a frame") { $0.count >= 4 }
        automated.agent.process.terminate()
        let lines = try await waitForFrame("the news") { $0.first?.contains("is gone") == true }
        #expect(lines[0].hasSuffix("the agent is gone; looking for it again · q quits"))
        #expect(lines.contains { $0.hasPrefix("PLUGIN ") })
        terminal.type("q")
        #expect(try await top.wait() == .code(0))
        try await waitUntilGivenBack(terminal)
    }

    @Test func `where there is no agent, it says so on a terminal that stays`() async throws {
        _ = try await waitForFrame("a frame") { $0.count >= 4 }
        let other = try PseudoTerminal(columns: 80, rows: 24)
        let lost = try ChildProcess(
            agentExecutable, ["top", "--address", "127.0.0.1:1"], terminal: other)
        #expect(try await lost.wait() == .code(1))
        #expect(lost.errors.contains("is it running there?"))
        try await waitUntilGivenBack(other)
    }
}
