import AgentConfiguration
import Testing

@testable import AgentRuntime

struct TapLineTests {
    private static let event: JSONValue = [
        "at": "2026-01-31T12:00:05.250123Z", "event": "net_auto.runner.stop",
        "measurements": ["duration": 1_204_000_000, "bytes": 42, "ratio": 0.5],
        "metadata": [
            "site": "lab", "text": "two words\u{1B}[31m\n", "empty": "", "exit_code": 0,
            "none": .null,
        ],
        "correlation_id": "c-1",
    ]

    @Test func `an event is one line that moves no cursor`() {
        let line = TapLine(palette: Palette(isColoured: false))
        #expect(
            line.text(Self.event)
                == #"12:00:05.250 net_auto.runner.stop duration=1.20s bytes=42 ratio=0.5 site=lab "#
                + #"text="two words\u{1b}[31m\n" empty="" exit_code=0 correlation_id=c-1"# + "\n")
        #expect(line.lost(120) == "… 120 lost\n")
        #expect(line.text(["event": "a\u{9B}b"]) == " a\\u{9b}b\n")
    }

    @Test func `what a clock said is no duration`() {
        let line = TapLine(palette: Palette(isColoured: false))
        let event: JSONValue = [
            "event": "a.start", "measurements": ["system_time": 1_700_000_000_000_000_000],
        ]
        #expect(line.text(event) == " a.start system_time=1700000000000000000\n")
    }

    @Test func `colours stand around the text, and what failed is red`() {
        let line = TapLine(palette: Palette(isColoured: true))
        #expect(line.text(["event": "a.exception"]).contains("\u{1B}[31ma.exception\u{1B}[0m"))
        #expect(line.text(["event": "a.stop"]).contains("\u{1B}[36ma.stop\u{1B}[0m"))
    }

    @Test(arguments: [
        (0, "0ns"), (999, "999ns"), (1000, "1.00µs"), (12_345, "12.3µs"), (999_499, "999µs"),
        (999_500, "1.00ms"), (35_100_000, "35.1ms"), (1_204_113_000, "1.20s"),
        (119_000_000_000, "119s"), (125_000_000_000, "2m5s"), (7_260_000_000_000, "2h1m"),
        (266_400_000_000_000, "3d2h"), (-1500, "-1.50µs"),
        (.min, "-106751d23h"), (.max, "106751d23h"),
    ])
    func `a duration has three digits that count`(nanoseconds: Int64, text: String) {
        #expect(DurationText.short(nanoseconds) == text)
    }

    @Test(arguments: [
        (0.0, "0"), (0.04, "0.0"), (0.5, "0.5"), (12.34, "12.3"), (99.96, "100"), (812, "812"),
        (999.6, "1.00k"), (12_400, "12.4k"), (3_100_000, "3.10M"), (7.2e9, "7.20G"),
        (-5, "-5"), (.infinity, "inf"), (.nan, "nan"), (1e300, "1e+300"),
    ])
    func `a number takes few characters`(value: Double, text: String) {
        #expect(NumberText.short(value) == text)
    }

    @Test(arguments: [
        (0.0, "0 B"), (1000, "0.98 KiB"), (5_242_880, "5.00 MiB"), (1.5e12, "1.36 TiB"),
    ])
    func `bytes have their unit`(value: Double, text: String) {
        #expect(NumberText.bytes(value) == text)
    }
}
