import Logging
import Redaction
import Repo
import Synchronization
import Testing

@testable import AgentRuntime

/// What the log knows of runs beyond their events.
struct RunContextsTests {
    private final class Lines: Sendable {
        let bytes = Mutex<[UInt8]>([])
    }

    private let written = Lines()
    private let log: StructuredLog
    private let contexts: RunContexts
    private let run = Run(
        deviceID: "box", protocolName: "local", site: "lab",
        command: ["deploy", "--password", "hunter22", "all of it"], requestedBy: "ann",
        correlationID: "c9", createdAt: 1)

    init() {
        let written = written
        log = StructuredLog { bytes in written.bytes.withLock { $0 += bytes } }
        contexts = RunContexts(log, redactor: CurrentRedactor())
    }

    private func record(_ level: Logger.Level) -> LogRecord {
        LogRecord(
            time: 1, level: level, category: "agent.runs", message: "m", context: [:],
            metadata: ["run_id": "\(run.id.text)"], error: nil)
    }

    private func text() async -> String {
        await contexts.rest()
        log.flush()
        return written.bytes.withLock { String(decoding: $0, as: UTF8.self) }
    }

    private func use(_ run: Run?, output: String = "") {
        contexts.use(
            .init(
                run: { [id = self.run.id] in $0 == id ? run : nil },
                output: { _ in Array(output.utf8) }))
    }

    @Test func `the command and who asked for it are added, without secrets`() async {
        use(run, output: "never read")
        #expect(contexts.complete(record(.info), run.id.text))
        let text = await text()
        #expect(text.contains("command=\"deploy --password [redacted] all of it\""), "\(text)")
        #expect(text.contains("requested_by=ann") && text.contains("correlation_id=c9"))
        #expect(!text.contains("never read"))
    }

    @Test func `a failure has its sentence, and the traceback as one field`() async {
        var failed = run
        failed.message = "the command ended with exit code 1"
        failed.reason = "exit_code"
        use(failed, output: "before\nTraceback (most recent call last):\n  File \"x.py\"\nE: no\n")
        #expect(contexts.complete(record(.warning), run.id.text))
        let text = await text()
        #expect(text.contains("error.message=\"the command ended with exit code 1\""))
        #expect(
            text.contains(
                #"traceback="Traceback (most recent call last):\n  File \"x.py\"\nE: no""#),
            "\(text)")
        #expect(text.split(separator: "\n").count == 1 && !text.contains("before"))
    }

    @Test func `a run that is not known here is told of as its event has it`() async {
        use(nil)
        #expect(contexts.complete(record(.warning), run.id.text))
        #expect(await text().contains("run_id=\(run.id.text)"))
        #expect(!contexts.complete(record(.warning), "no id"))
        contexts.use(nil)
        #expect(!contexts.complete(record(.warning), run.id.text))
    }

    @Test func `messages keep their order, and each is written once`() async {
        use(run)
        var plain = 0
        for number in 0..<3000 {
            var record = record(.info)
            record.message = "\(number)."
            if !contexts.complete(record, run.id.text) { plain += 1 }
        }
        let numbers = await text().split(separator: "\n").compactMap { line in
            line.split(separator: " ").first { $0.hasSuffix(".") }.flatMap { Int($0.dropLast()) }
        }
        #expect(numbers.count == 3000 - plain)
        #expect(numbers == numbers.sorted() && Set(numbers).count == numbers.count)
    }
}
