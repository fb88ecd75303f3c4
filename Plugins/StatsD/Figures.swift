import PluginKit

/// What the plugin tells of itself, as `agent_plugin_statsd_…`.
struct Figures: Sendable {
    let lines: SelfMetric
    let packets: SelfMetric
    let tooLong: SelfMetric
    let notFinite: SelfMetric
    let unsendable: SelfMetric
    let lost: SelfMetric
    let failures: SelfMetric
    let numbers: SelfMetric

    init(_ host: Host) {
        func counter(_ name: String, _ help: String) -> SelfMetric {
            host.selfMetric(.counter, name, help)
        }
        func skipped(_ reason: String) -> SelfMetric {
            host.selfMetric(
                .counter, "statsd_skipped_total", "Numbers that were not sent, by reason.",
                labels: ["reason": reason])
        }
        lines = counter("statsd_lines_total", "Lines handed to the system.")
        packets = counter("statsd_packets_total", "Packets handed to the system.")
        tooLong = skipped("too_long")
        notFinite = skipped("not_finite")
        unsendable = skipped("type")
        lost = counter("statsd_packets_lost_total", "Packets known not to have arrived.")
        failures = counter(
            "statsd_failures_total", "Exports and batches the receiver did not take.")
        numbers = host.selfMetric(
            .lastValue, "statsd_numbers", "Cumulative numbers whose last state is kept.")
    }

    func add(_ lines: borrowing LineWriter, _ wire: Wire) {
        self.lines.add(.integer(Int64(lines.packets.lines)))
        packets.add(.integer(Int64(wire.packets)))
        if lines.packets.tooLong > 0 { tooLong.add(.integer(Int64(lines.packets.tooLong))) }
        if lines.notFinite > 0 { notFinite.add(.integer(Int64(lines.notFinite))) }
        if lines.unsendable > 0 { unsendable.add(.integer(Int64(lines.unsendable))) }
    }
}
