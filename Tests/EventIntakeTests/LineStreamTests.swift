import Telemetry
import TestSupport
import Testing

@testable import EventIntake

struct LineStreamTests {
    private func decode(_ bytes: [UInt8], chunks: () -> Int, _ limits: DecodeLimits) throws
        -> Decoded
    {
        try decoded(limits: limits) { decoder in
            let buffer = ReadBuffer(lineBytes: limits.lineBytes)
            var stream = LineStream(lineBytes: limits.lineBytes)
            var at = 0
            while at < bytes.count {
                let count = min(chunks(), bytes.count - at)
                let target = stream.prepare(buffer)
                for index in 0..<count { target[index] = bytes[at + index] }
                stream.take(count, buffer, &decoder)
                at += count
            }
            stream.finish(buffer, &decoder)
        }
    }

    private static let text: [UInt8] = {
        var text = "# comment\n\r\n"
        for index in 0..<20 {
            text += "a.b,site=ams\\ \(index),k=ü value=\(index)i,rate=2.5 \(index)\r\n"
            text += "{\"event\":\"j.\(index)\",\"metadata\":{\"k\":\"\\u00e9\"}}\n"
            text += "q s=\"1\nforged v=1i\n\\\"\n2\",v=1i\nq v=x,s=\"1\nforged v=1i\n\"\n"
            text += "bad line \(index)\n[{\"event\":\"x\"},{\"event\":\"y\"}]\n"
            if index % 5 == 0 {
                text += "long,k=\(String(repeating: "x", count: 100 + index)) v=1i\n"
                text += "#\(String(repeating: " comment", count: 30))\n"
                text += "q s=\"\(String(repeating: "\nforged v=1i\n", count: 30))\",v=1i\n"
            }
        }
        return Array((text + "last,k=v v=1i").utf8)
    }()

    private static let limits: DecodeLimits = {
        var limits = DecodeLimits()
        limits.lineBytes = 100
        return limits
    }()

    @Test func `however reads divide a stream, its events and faults are the same`() throws {
        let whole = try decode(Self.text, chunks: { Self.text.count }, Self.limits)
        #expect(whole.summary.applied == 20 * 5 + 1)
        #expect(whole.summary[.syntax] == 40)
        #expect(!whole.lines.contains { $0.hasPrefix("forged") })
        #expect(whole.summary[.lineTooLong] == 12)
        var random = SeededGenerator(seed: 3)
        for round in 0..<60 {
            let largest = [1, 2, 3, 7, 16, 63, 64, 65, 200, 1000][round % 10]
            let divided = try decode(
                Self.text, chunks: { Int.random(in: 1...largest, using: &random) }, Self.limits)
            #expect(divided.lines == whole.lines)
            #expect(divided.faults == whole.faults)
            #expect(divided.summary.rejectedByReason == whole.summary.rejectedByReason)
        }
    }

    @Test func `an over-long line counts once, and the stream goes on behind its newline`() throws {
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: 1000)
        let text = Array("a v=1i\n".utf8) + long + Array("\nb v=2i\n".utf8)
        for chunk in [1, 50, 101, 2000] {
            let decoded = try decode(text, chunks: { chunk }, Self.limits)
            #expect(decoded.lines == ["a v=1", "b v=2"])
            #expect(decoded.faults == ["line_too_long@2:1"])
        }
    }
}
