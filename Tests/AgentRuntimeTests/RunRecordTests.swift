import AgentConfiguration
import Testing

@testable import AgentRuntime

struct RunRecordTests {
    private func record(
        _ status: String, exitCode: JSONValue = .null, command: [String] = ["x"]
    ) -> RunRecord {
        RunRecord(json: [
            "id": "1", "device_id": "box", "site": "lab", "status": .string(status),
            "exit_code": exitCode, "created_at": "2026-01-31T12:00:05.250000Z",
            "started_at": "2026-01-31T12:00:06.000000Z",
            "finished_at": "2026-01-31T12:00:18.340000Z", "bytes": 2, "chunks": 1,
            "command": .array(command.map { .string($0) }),
        ])
    }

    @Test(
        arguments: [
            ("ok", 0, 0), ("error", 3, 3), ("error", 255, 255), ("error", .null, 125),
            ("error", 0, 125), ("timeout", .null, 124), ("canceled", .null, 130),
            ("timeout", 143, 124),
        ] as [(String, JSONValue, Int32)])
    func `how a run ended is an exit code`(status: String, exitCode: JSONValue, code: Int32) {
        #expect(record(status, exitCode: exitCode).processExitCode == code)
    }

    @Test(arguments: [
        (["df", "-h"], "df -h"), (["echo", "a b"], "echo 'a b'"), (["echo", ""], "echo ''"),
        (["echo", "it's"], #"echo 'it'\''s'"#), (["echo", "$HOME"], "echo '$HOME'"),
        (["ls; rm x"], "ls; rm x"), (["printf", "a\u{1B}[2J\n"], "printf 'a [2J '"),
    ])
    func `a command is shown as it could be typed, in one line`(words: [String], shown: String) {
        #expect(record("ok", command: words).cells(today: "").last == shown)
    }

    @Test func `a row leaves out today's date, and says how long it took`() {
        let cells = record("error", exitCode: 7).cells(today: "2026-01-31")
        #expect(cells == ["1", "box", "error 7", "12:00:05", "12.3 s", "x"])
        #expect(cells.count == RunRecord.header.count)
        #expect(record("ok").cells(today: "2026-02-01")[3] == "2026-01-31T12:00:05")
    }
}
