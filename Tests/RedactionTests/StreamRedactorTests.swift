import Redaction
import TestSupport
import Testing

struct StreamRedactorTests {
    private static let key =
        "-----BEGIN " + "RSA PRIVATE KEY-----\nMIIEow\nabcdefgh\n-----END "
        + "RSA PRIVATE KEY-----\n"

    /// Output in which secrets stand, each with the words that must not come through.
    static let outputs: [(String, [String])] = [
        ("login\npassword=hunter22 ok\nbye\n", ["hunter22"]),
        ("TOKEN=\"two words\" next\n", ["two words"]),
        ("a: 1\npassword: three more words\nb: 2\n", ["three more words"]),
        ("before\n\(key)after\n", ["MIIEow", "abcdefgh"]),
        ("KEY_PEM=x\nprivate_key: \"\(key)\" after\n", ["MIIEow", "abcdefgh"]),
        ("secret='first\nsecond\nthird' after\n", ["first", "second", "third"]),
        (#"say {\"token\":\"first"# + "\n" + #"second\",\"n\":1}"# + "\n", ["first", "second"]),
        ("curl -u me:pass1234 https://x/\r\nnext\r\n", ["pass1234"]),
        ("card 4111 1111 1111 1111\nDone.", ["4111"]),
        ("see https://u:p4ss@host/x and so on", ["p4ss"]),
        ("ghp_" + "abcdefghijklmnopqrstuvwxyz0123456789", ["abcdefghijklmnop"]),
    ]

    private static func clean(_ pieces: [[UInt8]]) -> [UInt8] {
        var stream = StreamRedactor(.standard)
        return pieces.flatMap { stream.take($0[...]) } + stream.finish()
    }

    private static func clean(_ text: String) -> String {
        String(decoding: clean([Array(text.utf8)]), as: UTF8.self)
    }

    @Test(arguments: outputs)
    func `a secret is taken out wherever the pieces end`(_ text: String, _ secrets: [String]) {
        let whole = Self.clean(text)
        #expect(whole.contains(Redactor.mark))
        for secret in secrets { #expect(!whole.contains(secret), "\(whole)") }
        let bytes = Array(text.utf8)
        for first in 0...bytes.count {
            #expect(
                Self.clean([Array(bytes[..<first]), Array(bytes[first...])]) == Array(whole.utf8))
            for second in stride(from: first, through: bytes.count, by: 3) {
                let three = [
                    Array(bytes[..<first]), Array(bytes[first..<second]), Array(bytes[second...]),
                ]
                #expect(Self.clean(three) == Array(whole.utf8))
            }
        }
        #expect(Self.clean(bytes.map { [$0] }) == Array(whole.utf8))
    }

    @Test func `what stands before and behind a secret comes through`() {
        #expect(Self.clean("a\n\(Self.key)b\n") == "a\n[redacted]\nb\n")
        #expect(Self.clean("x secret='a\nb' y\n") == "x secret='[redacted]' y\n")
        #expect(Self.clean("password: a b\nnext\n") == "password: [redacted]\nnext\n")
    }

    @Test func `finished lines are let go at once, and an unfinished one when it ends`() {
        var stream = StreamRedactor(.standard)
        #expect(stream.take(Array("one\ntwo".utf8)[...]) == Array("one\n".utf8))
        #expect(stream.take(Array(" and\nthree".utf8)[...]) == Array("two and\n".utf8))
        #expect(stream.finish() == Array("three".utf8))
        #expect(stream.finish().isEmpty)
    }

    @Test func `bytes that are no text come through as they are, in any pieces`() {
        var generator = SystemRandomNumberGenerator()
        let innocent: [UInt8] = [0x00, 0xff, 0xfe, 0x80, 0xc3, 0x0a, 0x0d, 0x20, 0x01, 0x7f]
        for size in [1, 100, 10_000, 300_000] {
            let bytes = (0..<size).map { _ in
                innocent[Int.random(in: 0..<innocent.count, using: &generator)]
            }
            #expect(Self.clean([bytes]) == bytes)
            var pieces: [[UInt8]] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...5000, using: &generator)
                pieces.append(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            #expect(Self.clean(pieces) == bytes)
        }
    }

    @Test func `a line without end is let go in parts, and a secret at any place of it is not`() {
        let secret = "password=hunter22"
        let around = 40
        let edge = StreamRedactor.longestLine - (8 << 10)
        for start in stride(from: edge - around, through: edge + around, by: 1) {
            let line = [UInt8](repeating: 0x2e, count: start) + Array(" \(secret) ".utf8)
            let all = line + [UInt8](repeating: 0x2e, count: 80_000)
            var stream = StreamRedactor(.standard)
            let early = stream.take(all[...])
            #expect(early.count > 50_000)
            let clean = early + stream.finish()
            #expect(clean.count == all.count - "hunter22".utf8.count + Redactor.mark.utf8.count)
            #expect(!contains(clean, "hunter22"))
        }
    }

    @Test func `a secret longer than what is held hides the rest of its line`() {
        let long = [UInt8](repeating: 0x61, count: 70_000)
        let text = Array("x token=".utf8) + long + Array(" same line\nnext\n".utf8)
        for size in [1000, 65_536, 100_000] {
            let pieces = stride(from: 0, to: text.count, by: size).map {
                Array(text[$0..<min($0 + size, text.count)])
            }
            #expect(
                String(decoding: Self.clean(pieces), as: UTF8.self) == "x token=[redacted]\nnext\n")
        }
    }

    @Test func `a quote that is never closed hides so much and no more`() {
        let lines = String(repeating: "a line of output\n", count: 4000)
        let clean = Self.clean("token=\"\n\(lines)")
        #expect(clean.hasSuffix("a line of output\n"))
        let hidden = lines.utf8.count - clean.utf8.count
        #expect(hidden < StreamRedactor.longestSecret + 100)
        #expect(hidden > StreamRedactor.longestSecret - 100)
    }

    private func contains(_ bytes: [UInt8], _ word: String) -> Bool {
        String(decoding: bytes, as: UTF8.self).contains(word)
    }
}
