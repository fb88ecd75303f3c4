import Redaction

/// The end of what a program has written, as far as it says why the program failed.
struct ProgramOutput {
    /// How much of it is searched for secrets, in bytes, and how much of that for a traceback.
    static let limit = 256 << 10
    private static let seen = 16 << 10

    /// From the first line that begins one to the end, as one text; nil where there is none.
    let traceback: String?
    /// The last lines; nil where nothing was written.
    let lastLines: String?

    /// What of a long traceback is kept from its beginning, and from its end, where the error stands.
    private static let headBytes = 2 << 10
    private static let tailBytes = 5 << 10
    private static let lineCount = 20
    private static let lineBytes = 2 << 10

    init(_ bytes: some Sequence<UInt8>, _ redactor: Redactor) {
        var settings = redactor.settings
        settings.maximumBytes = Self.limit + 1
        // Secrets first: half of one would not be known for what it is.
        let clean = Redactor(settings).text(String(decoding: Array(bytes), as: UTF8.self))
        let text = String(decoding: clean.utf8.suffix(Self.seen), as: UTF8.self)
            .replacing("\r\n", with: "\n")
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let end = lines.lastIndex { !$0.allSatisfy(\.isWhitespace) }.map { $0 + 1 } ?? 0
        let written = lines[..<end]
        traceback = written.firstIndex(where: Self.beginsTraceback).map { first in
            Self.shortened(written[first...].joined(separator: "\n"))
        }
        let last = written.suffix(Self.lineCount).joined(separator: "\n")
        lastLines =
            last.isEmpty ? nil : String(decoding: last.utf8.suffix(Self.lineBytes), as: UTF8.self)
    }

    /// Whether a line is the first of what an interpreter or a runtime says of an error that nobody caught.
    private static func beginsTraceback(_ line: Substring) -> Bool {
        let line = line.drop { " +|".contains($0) }
        return beginnings.contains { line.hasPrefix($0) }
            || line.hasPrefix("thread '") && line.contains("' panicked at ")
    }

    private static let beginnings = [
        // Python, also of groups of exceptions
        "Traceback (most recent call last)", "Exception Group Traceback (most recent call last)",
        // Java, Elixir and Erlang, Go, Swift, Node, .NET
        "Exception in thread ", "** (", "=CRASH REPORT", "panic: ", "fatal error: ",
        "Fatal error: ", "Uncaught ", "Unhandled exception",
    ]

    private static func shortened(_ text: String) -> String {
        guard text.utf8.count > headBytes + tailBytes else { return text }
        let head = String(decoding: text.utf8.prefix(headBytes), as: UTF8.self)
        let tail = String(decoding: text.utf8.suffix(tailBytes), as: UTF8.self)
        return "\(head)\n\(Redactor.cutMark)\n\(tail)"
    }
}
