import Redaction
import Testing

@testable import AgentRuntime

struct ProgramOutputTests {
    private func output(_ text: String) -> ProgramOutput {
        ProgramOutput(Array(text.utf8), .standard)
    }

    @Test(arguments: [
        "Traceback (most recent call last):\n  File \"a\"\nKeyError: 1",
        "  + Exception Group Traceback (most recent call last):\n  |   File \"a\"",
        "Exception in thread \"main\" java.lang.Error\n\tat A.b(A.java:1)",
        "** (RuntimeError) no\n    a.ex:1: A.b/0", "panic: no\n\ngoroutine 1 [running]:",
        "thread 'main' panicked at src/main.rs:2:5:\nno", "a.swift:1: Fatal error: no",
        "fatal error: all goroutines are asleep",
    ])
    func `a traceback is found and kept whole`(traceback: String) {
        guard !traceback.hasPrefix("a.swift") else {
            #expect(output(traceback).lastLines == traceback)
            return
        }
        #expect(output("first\r\n\(traceback)\r\n\n").traceback == traceback)
    }

    @Test func `where there is none the last lines are kept`() {
        let lines = (0..<100).map { "line \($0)" }
        let output = output(lines.joined(separator: "\n") + "\n\n  \n")
        #expect(output.traceback == nil)
        #expect(output.lastLines == lines.suffix(20).joined(separator: "\n"))
        #expect(self.output(" \n").lastLines == nil)
    }

    @Test func `a long traceback keeps its beginning and its end`() throws {
        let middle = String(repeating: "  File \"deep.py\"\n", count: 900)
        let traceback = try #require(
            output("Traceback (most recent call last):\n  one\n\(middle)LastError: this").traceback)
        #expect(traceback.hasSuffix("LastError: this") && traceback.contains("[cut]"))
        #expect(traceback.utf8.count < 8 << 10)
    }

    @Test func `secrets are taken out before anything is cut`() {
        let text =
            "Traceback (most recent call last):\n  connect('postgres://u:s3cretpw@h/db')\n"
            + "E: token=ghp_abcdefghijklmnopqrstuvwxyz0123456789"
        let traceback = output(text).traceback ?? ""
        #expect(!traceback.contains("s3cretpw") && !traceback.contains("ghp_abc"))
        let key =
            "-----BEGIN RSA PRIVATE KEY-----\n" + String(repeating: "MIIBsecret\n", count: 2000)
        let last = output(key + "-----END RSA PRIVATE KEY-----\nbye").lastLines
        #expect(last?.contains("MIIBsecret") == false && last?.hasSuffix("bye") == true)
    }
}
