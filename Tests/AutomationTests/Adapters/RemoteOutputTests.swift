import Testing

@testable import Automation

struct RemoteOutputTests {
    private static let nonce = "n0nce"

    private func read(_ pieces: [[UInt8]]) -> (said: [UInt8], state: RemoteOutput.State) {
        let output = RemoteOutput(nonce: Self.nonce)
        let said = pieces.flatMap(output.take)
        return (said + output.rest(), output.state)
    }

    @Test func `however the bytes are divided, the output and the end are the same`() {
        let rows: [(String, String, RemoteOutput.State)] = [
            ("\u{1e}n0nce+\nhello\n\u{1e}n0nce=0\n", "hello\n", .ended(0)),
            ("noise\n\u{1e}n0nce+\n\u{1e}n0nce=255\nlate", "", .ended(255)),
            ("\u{1e}n0nce+\nno newline\u{1e}n0nce=7\n", "no newline", .ended(7)),
            ("\u{1e}n0nce+\na\u{1e}n0n\u{1e}\u{1e}n0nce=3\n", "a\u{1e}n0n\u{1e}", .ended(3)),
            ("\u{1e}n0nce+\ncut \u{1e}n0nce", "cut \u{1e}n0nce", .running),
            ("\u{1e}n0nce+\ncut \u{1e}n0nce=2", "cut \u{1e}n0nce=2", .running),
            ("\u{1e}n0nce+\n\u{1e}n0nce=12345\n", "\u{1e}n0nce=12345\n", .running),
            ("\u{1e}n0nce+\n\u{1e}other=0\n", "\u{1e}other=0\n", .running),
            ("not today\n", "", .unheard("not today\n")),
            ("", "", .unheard("")),
        ]
        for (text, said, state) in rows {
            let bytes = Array(text.utf8)
            for size in 1...max(1, bytes.count) {
                let pieces = stride(from: 0, to: bytes.count, by: size).map {
                    Array(bytes[$0..<min($0 + size, bytes.count)])
                }
                let result = read(pieces)
                #expect(String(decoding: result.said, as: UTF8.self) == said, "\(text) by \(size)")
                #expect(result.state == state, "\(text) by \(size)")
            }
        }
    }

    @Test func `what comes before the command is kept only so far`() {
        let noise = [UInt8](repeating: UInt8(ascii: "x"), count: 100_000)
        guard case .unheard(let kept) = read([noise, noise]).state else {
            Issue.record("something was heard")
            return
        }
        #expect(kept.utf8.count == 1024)
    }

    @Test func `words are quoted so that a shell reads them back`() {
        #expect(
            ShellText.quoted(["a b", "", "it's", "$x`y`\"\\"]) == #"'a b' '' 'it'\''s' '$x`y`"\'"#)
    }
}
