import CAgentPlugin
import PluginKit
import Testing

struct OutputBufferTests {
    @Test(
        arguments: [
            (0, 0, "0"), (0, -9, "0"), (7, 0, "7"), (-7, 0, "-7"), (3_000_000_000, -9, "3"),
            (1_500_000_000, -9, "1.5"), (-1_500_000_000, -9, "-1.5"), (5, -9, "0.000000005"),
            (1_005, -3, "1.005"), (1_000_000_001, -9, "1.000000001"), (12, 3, "12000"),
            (1, 20, "100000000000000000000"), (1, 21, "1e+21"), (-3, 30, "-3e+30"),
            (1, -19, "0.0000000000000000001"), (15, -20, "0.00000000000000000015"),
            (15, -21, "15e-21"), (1, -30, "1e-30"),
            (Int64.max, 0, "9223372036854775807"), (Int64.min, 0, "-9223372036854775808"),
            (Int64.min, -18, "-9.223372036854775808"), (Int64.max, -20, "0.09223372036854775807"),
        ] as [(Int64, Int32, String)])
    func `an integer times a power of ten is written exactly`(
        number: Int64, exponent: Int32, expected: String
    ) {
        #expect(written { $0.append(Number.integer(number, exponent: exponent).raw) } == expected)
    }

    @Test func `every count of digits is written in full`() {
        var number: UInt64 = 1
        for _ in 0..<19 {
            for near in [number - 1, number, number + 1, number * 9] {
                #expect(written { $0.append(near) } == String(near))
            }
            number *= 10
        }
        #expect(written { $0.append(UInt64.max) } == String(UInt64.max))
    }

    @Test(
        arguments: [
            (0.0, "0"), (-0.0, "-0"), (1, "1"), (-2.5, "-2.5"), (0.1, "0.1"), (1_234.5, "1234.5"),
            (123_456_789, "123456789"), (1e-9, "0.000000001"), (1e16, "1e+16"),
            (0.1 + 0.2, "0.30000000000000004"), (.leastNonzeroMagnitude, "5e-324"),
            (.nan, "NaN"), (.infinity, "+Inf"), (-.infinity, "-Inf"),
        ] as [(Double, String)])
    func `a double is written as Prometheus takes it`(number: Double, expected: String) {
        #expect(written { $0.append(number) } == expected)
    }

    @Test func `a double reads back as itself and is never longer than its description`() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let whole = Double(Int64.random(in: -1_000_000...1_000_000, using: &generator))
            let candidates = [
                Double(bitPattern: generator.next()), whole / 100, whole / 1e9, whole * 1e7,
                whole / 3,
            ]
            for number in candidates where number.isFinite {
                let text = written { $0.append(number) }
                #expect(Double(text) == number, "\(number)")
                #expect(significantDigits(text) <= significantDigits(number.description), "\(text)")
            }
        }
    }

    @Test func `an absent value is no number`() {
        #expect(written { $0.append(agent_value()) } == "NaN")
    }

    @Test func `a buffer grows without losing what it holds`() {
        var out = OutputBuffer(capacity: 0)
        for number in 0..<1_000 {
            out.append(Int64(number))
            out.append(",")
        }
        #expect(out.string == (0..<1_000).map { "\($0)," }.joined())
        out.removeAll()
        out.append("é" as String)
        #expect(out.string == "é")
    }

    private func written(_ write: (inout OutputBuffer) -> Void) -> String {
        var out = OutputBuffer()
        write(&out)
        return out.string
    }

    private func significantDigits(_ text: String) -> Int {
        let mantissa = text.prefix { $0 != "e" }.filter(\.isNumber)
        let leading = mantissa.drop { $0 == "0" }
        return String(leading.reversed().drop { $0 == "0" }).count
    }
}
