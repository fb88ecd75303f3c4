import AgentConfiguration

/// A run as the agent tells of it, for people.
struct RunRecord {
    let json: JSONValue

    var id: String { text("id") }
    var status: String { text("status") }
    var isFinal: Bool { status != "pending" && status != "running" }
    var isOK: Bool { status == "ok" }

    /// Its command's exit code; others as `timeout`, shells and container tools have them.
    var processExitCode: Int32 {
        switch status {
        case "ok": 0
        case "timeout": 124
        case "canceled": 130
        default: exitCode.flatMap { $0 == 0 ? nil : $0 } ?? 125
        }
    }

    /// How it ended, as a sentence.
    var ending: String {
        let message = json["message"]?.string ?? ""
        return "run \(id): \(status)" + (message.isEmpty ? "" : ": \(message)")
    }

    /// The cells of a table's row.
    ///
    /// - Parameter today: the date of now, which is left out
    func cells(today: String) -> [String] {
        let created = text("created_at").prefix(19)
        let isToday = created.hasPrefix(today)
        return [
            id, text("device_id"), exitCode.map { $0 == 0 ? status : "\(status) \($0)" } ?? status,
            String(isToday ? created.suffix(8) : created), took, command,
        ]
    }

    static let header = ["id", "device", "status", "created", "took", "command"]

    /// Everything, a line each.
    var lines: [(name: String, value: String)] {
        [
            ("id", id), ("device", "\(text("device_id")) (\(text("protocol")))"),
            ("site", text("site")), ("command", command), ("status", status),
            ("reason", text("reason")), ("message", text("message")),
            ("exit code", exitCode.map { "\($0)" } ?? ""), ("requested by", text("requested_by")),
            ("created", text("created_at")), ("started", text("started_at")),
            ("finished", text("finished_at")), ("took", took == "-" ? "" : took),
            (
                "output",
                "\(count("bytes")) bytes, chunks: \(count("chunks"))"
                    + (json["truncated"] == .bool(true) ? "; the end was not kept" : "")
            ),
            ("correlation", text("correlation_id")),
        ].filter { !$0.1.isEmpty }
    }

    // MARK: Parts

    private func text(_ key: String) -> String { json[key]?.string ?? "" }

    private var exitCode: Int32? {
        guard case .integer(let code) = json["exit_code"] else { return nil }
        return Int32(exactly: code)
    }

    private func count(_ key: String) -> String {
        guard case .integer(let number) = json[key] else { return "-" }
        return "\(number)"
    }

    private func moment(_ key: String) -> Int64? {
        json[key]?.string.flatMap(Timestamp.nanoseconds)
    }

    private var took: String {
        guard let start = moment("started_at"), let end = moment("finished_at"), end >= start else {
            return "-"
        }
        let milliseconds = (end - start) / 1_000_000
        return milliseconds < 10_000
            ? "\(milliseconds) ms" : "\(milliseconds / 1000).\(milliseconds / 100 % 10) s"
    }

    /// Its words as they could be typed; one line, and no longer than is read.
    private var command: String {
        guard case .array(let words) = json["command"] else { return "" }
        // A single word is a program's name, or all of a script.
        let line =
            words.count == 1
            ? Self.oneLine(words[0].string ?? "")
            : words.map { Self.typed($0.string ?? "") }.joined(separator: " ")
        return line.count > 200 ? "\(line.prefix(199))…" : line
    }

    private static func oneLine(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            scalar.properties.generalCategory == .control ? " " : String(scalar)
        }.joined()
    }

    private static func typed(_ word: String) -> String {
        let line = oneLine(word)
        let isPlain = line.utf8.allSatisfy { byte in
            byte > 0x20 && !#"'"\$`|&;<>()*?[]#~"#.utf8.contains(byte)
        }
        return isPlain && !line.isEmpty ? line : "'\(line.replacing("'", with: "'\\''"))'"
    }
}
