import Testing

@testable import AgentRuntime

struct TimestampTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"), (1_000, "1970-01-01T00:00:00.000001Z"),
            (1_769_860_800_250_000_000, "2026-01-31T12:00:00.250000Z"),
            (951_782_400_000_000_000, "2000-02-29T00:00:00.000000Z"),
        ] as [(Int64, String)])
    func `a moment is written, and read again`(nanoseconds: Int64, text: String) {
        #expect(Timestamp.text(nanoseconds) == text)
        #expect(Timestamp.nanoseconds(of: text) == nanoseconds)
    }

    @Test(
        arguments: [
            (-1, "1969-12-31T23:59:59.999999Z"), (-1_000_000_000, "1969-12-31T23:59:59.000000Z"),
            (-9_223_372_036_000_000_001, "1677-09-21T00:12:43.999999Z"),
            (.min, "1677-09-21T00:12:43.145224Z"), (.max, "2262-04-11T23:47:16.854775Z"),
        ] as [(Int64, String)])
    func `any number of nanoseconds is written`(nanoseconds: Int64, text: String) {
        #expect(Timestamp.text(nanoseconds) == text)
    }

    @Test(
        arguments: [
            ("2026-01-31T12:00:00Z", 1_769_860_800_000_000_000),
            ("2026-01-31t12:00:00z", 1_769_860_800_000_000_000),
            ("2026-01-31 13:30:00+01:30", 1_769_860_800_000_000_000),
            ("2026-01-31T04:00:00.5-08:00", 1_769_860_800_500_000_000),
            ("1970-01-01T00:00:00.123456789123Z", 123_456_789),
        ] as [(String, Int64)])
    func `it may be written in other ways`(text: String, nanoseconds: Int64) {
        #expect(Timestamp.nanoseconds(of: text) == nanoseconds)
    }

    @Test(arguments: [
        "", "now", "2026-01-31", "2026-01-31T12:00:00", "2026-13-01T00:00:00Z",
        "2026-02-30T00:00:00Z", "2026-01-31T24:00:00Z", "2026-01-31T12:60:00Z",
        "1969-01-01T00:00:00Z",
        "2026-01-31T12:00:00.Z", "2026-01-31T12:00:00+1:00", "2026-01-31T12:00:00ZZ",
        "9999-12-31T00:00:00Z", "２026-01-31T12:00:00Z", "2026-01-31T12:00:00.٣Z",
    ])
    func `what is no moment is none`(text: String) {
        #expect(Timestamp.nanoseconds(of: text) == nil)
    }
}
