import AgentConfiguration
import Testing

@testable import AgentRuntime

struct TopScreenTests {
    private static func frame(events: Int = 3) -> JSONValue {
        [
            "at": "2026-01-31T12:00:05.250123Z", "seconds": 2.0, "version": "1.0.0",
            "process": [
                "cpu_ratio": 0.0725, "resident_bytes": 53_477_376, "threads": 12, "open_files": 45,
            ],
            "intake": [
                "received_per_second": 88.1, "applied_per_second": 58.7,
                "rejected_per_second": 29.4, "dropped_per_second": 0,
            ],
            "event_names": .integer(Int64(events)), "events_per_second": 12_345.6, "series": 659,
            "events": .array(
                (0..<events).map { number in
                    [
                        "event": .string("net_auto.liveview.event_\(number)"), "count": 59,
                        "per_second": .number(29.4),
                    ]
                }),
            "metrics": [
                [
                    "metric": "live_session_patch_bytes", "plugin": "live", "series": 400,
                    "overflowed": 7,
                    "worst_label": ["label": "view", "values": 400, "at_least": true],
                ],
                [
                    "metric": "agent_plugin_images", "plugin": "agent", "series": 1,
                    "overflowed": 0, "worst_label": .null,
                ],
            ],
            "handlers": [
                [
                    "handler": "metric-registry", "calls": 24_691, "calls_per_second": 12_345.6,
                    "busy_ratio": 0.00123, "call_seconds": 0.0000001,
                ],
                [
                    "handler": "agent.log.runs", "calls": 0, "calls_per_second": 0,
                    "busy_ratio": 0, "call_seconds": .null,
                ],
            ],
            "plugins": [
                [
                    "plugin": "grafana", "kinds": ["exporter"], "state": "running",
                    "status": "degraded", "why": "an export is being retried: connection refused",
                    "busy_ratio": 0.012, "events_per_second": 0, "requests_per_second": 0,
                    "samples_per_second": 120.4, "bytes_per_second": 0, "dropped": 3,
                    "exports": ["ok": 12, "retry": 2],
                ]
            ],
        ]
    }

    private func screen(_ width: Int, _ height: Int?, isColoured: Bool = false) -> TopScreen {
        TopScreen(width: width, height: height, palette: Palette(isColoured: isColoured))
    }

    @Test func `a frame is shown whole where there is room`() {
        let expected = """
            agent 1.0.0 · 12:00:05 UTC · q quits
            cpu 7.2% · memory 51.0 MiB · threads 12 · files 45
            intake received 88.1/s · applied 58.7/s · rejected 29.4/s · dropped 0/s
            events 12.3k/s of 3 names · series 659

            EVENT                      PER SECOND
            net_auto.liveview.event_0        29.4
            net_auto.liveview.event_1        29.4
            net_auto.liveview.event_2        29.4

            METRIC                    SERIES  WORST LABEL  OVERFLOWED
            live_session_patch_bytes     400  view: ≥ 400           7
            agent_plugin_images            1  -                     0

            HANDLER           BUSY  CALLS/S     EACH
            metric-registry  0.12%    12.3k  0.10 µs
            agent.log.runs   0.00%        0        -

            PLUGIN   BUSY  STATUS    EVENTS/S  REQUESTS/S  SAMPLES/S  DROPPED  EXPORTS
            grafana  1.2%  degraded         0           0        120        3  \
            ok 12, retry 2; an export is being retried: connection refused

            """
        #expect(screen(160, nil).text(Self.frame(), note: "q quits") == expected)
    }

    @Test(arguments: [20, 40, 80, 120, 200], [5, 12, 24, 60])
    func `a frame keeps to the terminal`(width: Int, height: Int) {
        for isColoured in [false, true] {
            let text = screen(width, height, isColoured: isColoured).text(
                Self.frame(events: 100), note: "the agent is gone; looking for it again")
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            #expect(lines.count <= height)
            // There is more to show: only what is too little for another table stays empty.
            #expect(lines.count >= height - 3, "\(text)")
            #expect(lines.allSatisfy { Self.plain($0).count <= width }, "\(text)")
        }
    }

    @Test func `an answer that has nothing in it is no reason to fall`() {
        #expect(screen(80, 24).text(.null).hasPrefix("agent  ·  UTC\n"))
        #expect(screen(80, 24).text(["events": 5, "plugins": [[]]]).contains("agent"))
    }

    /// Without what colours it.
    private static func plain(_ line: Substring) -> String {
        var (text, isSequence) = ("", false)
        for character in line {
            if character == "\u{1B}" { isSequence = true }
            if !isSequence { text.append(character) }
            if isSequence, character == "m" { isSequence = false }
        }
        return text
    }
}
