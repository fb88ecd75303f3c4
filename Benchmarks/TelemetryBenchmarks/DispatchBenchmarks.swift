import BenchmarkSupport
import CYardstick
import Telemetry

/// Events that nobody wants: what an application pays for being observable. Yardstick: plain updates of W1.
func dispatchBenchmarks() {
    let bus = TelemetryBus()
    let workload = Workload.yardstick()
    let prepared = Workload.prepared(bus, "net_auto.nobody")
    let labels = Workload.labels[0]

    Comparison.register("telemetry - no handler, prepared", items: 5_000_000) { count in
        for number in 0..<count {
            prepared.emit(
                Workload.measurements(number),
                ["run-1234", labels.site, labels.protocol, labels.status])
        }
    } yardstick: {
        yardstick_plain(workload, $0)
    }

    Comparison.register("telemetry - no handler, dynamic", items: 100_000) { count in
        for number in 0..<count {
            bus.execute(
                "net_auto.nobody", ["duration": .integer(Int64(number)), "bytes": 5],
                [
                    "run_id": "run-1234", "site": .string(labels.site),
                    "protocol": .string(labels.protocol), "status": .string(labels.status),
                ])
        }
    } yardstick: {
        yardstick_plain(workload, $0)
    }
}
