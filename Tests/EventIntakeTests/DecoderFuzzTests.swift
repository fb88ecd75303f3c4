import Telemetry
import TestSupport
import Testing

@testable import EventIntake

struct DecoderFuzzTests {
    static let seeds: [String] = [
        "net_auto.runner.stop,site=ams,k=a\\ b duration=123456789i,rate=2.5,s=\"x \\\" y\" 17000000",
        "größe,ort=Zürich v=1u,w=-3i,t=true\r", "# comment", "", "  a v=1e-5   5  ",
        #"{"event":["a","b"],"measurements":{"v":1,"w":-2.5e3},"metadata":{"x":{"y":["é","\u00e9"]}}}"#,
        #"[{"event":"a","time":5},{"event":"b","correlation_id":"\ud83d\ude00"}]"#,
    ]
    static let spice =
        Array(",= \"\\\n\r\t{}[]:#0123456789.eE-+iutf\u{0}\u{7f}é😀".utf8) + [0x80, 0xff]

    private func mutated(_ random: inout SeededGenerator) -> [UInt8] {
        var bytes = Array((Self.seeds.randomElement(using: &random) ?? "").utf8)
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            let at = Int.random(in: 0...bytes.count, using: &random)
            let byte = Self.spice.randomElement(using: &random) ?? 0
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes.insert(byte, at: at)
            case 1 where at < bytes.count: bytes.remove(at: at)
            case 2 where at < bytes.count: bytes[at] = byte
            default: bytes.removeLast(min(bytes.count, Int.random(in: 0...9, using: &random)))
            }
        }
        return bytes + [UInt8.newline]
    }

    private func holds(_ decoded: Decoded) -> Bool {
        decoded.summary.received == decoded.summary.applied + decoded.summary.rejected
            && decoded.summary.applied == decoded.events.count
    }

    @Test func `mutated lines and random bytes end in events or counted rejections`() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<300 {
            var bytes: [UInt8] = []
            for _ in 0..<10 { bytes += mutated(&random) }
            #expect(holds(try decodeLines(bytes)))
            #expect(holds(try decodeJSON(bytes)))
            let noise = (0..<200).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(holds(try decodeLines(noise)))
            #expect(holds(try decodeJSON(noise)))
        }
    }

    @Test func `every prefix of good input ends in events or counted rejections`() throws {
        for seed in Self.seeds {
            let bytes = Array(seed.utf8)
            for count in 0...bytes.count {
                #expect(holds(try decodeLines(bytes.prefix(count))))
                #expect(holds(try decodeJSON(bytes.prefix(count))))
            }
        }
    }

    @Test func `numbers read as the standard library reads them`() throws {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<2000 {
            let text: String
            switch Int.random(in: 0..<3, using: &random) {
            case 0: text = "\(Double(bitPattern: random.next()))"
            case 1: text = "\(Double.random(in: -1e6...1e6, using: &random))"
            default:
                text =
                    "\(random.next()).\(random.next() % 1000)e\(Int.random(in: -40...40, using: &random))"
            }
            guard let expected = Double(text), expected.isFinite else { continue }
            #expect(
                try decodeLines("a v=\(text)").events.first?.measurements["v"] == .real(expected))
            let integer =
                Int64(truncatingIfNeeded: random.next()) >> Int64.random(in: 0..<63, using: &random)
            #expect(
                try decodeLines("a v=\(integer)i").events.first?.measurements["v"]
                    == .integer(integer))
        }
    }
}
