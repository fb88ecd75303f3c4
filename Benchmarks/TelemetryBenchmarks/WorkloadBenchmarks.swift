import BenchmarkSupport
import CYardstick
import Telemetry

/// W1 in one thread, in the three ways there are to emit it.
func workloadBenchmarks() throws {
    let (bus, _) = try Workload.countingBus()
    let yardstick = Workload.yardstick()
    let prepared = Workload.prepared(bus)
    let labels = FixedList(Workload.labels)
    let bound = FixedList(
        Workload.labels.map { prepared.bind(["run-1234", $0.site, $0.protocol, $0.status]) })

    Comparison.register("W1 - series resolved beforehand", items: 1_000_000) { count in
        emit(bound, count)
    } yardstick: {
        yardstick_plain(yardstick, $0)
    }

    Comparison.register("W1 - series resolved, against shared atomics", items: 1_000_000) { count in
        emit(bound, count)
    } yardstick: {
        yardstick_atomic(yardstick, $0)
    }

    Comparison.register("W1 - string tags looked up per event", items: 500_000) { count in
        emit(prepared, labels, count)
    } yardstick: {
        yardstick_lookup(yardstick, $0)
    }

    Comparison.register("W1 - dynamic dictionaries", items: 50_000) { count in
        var next = 0
        for number in 0..<count {
            let labels = labels.elements[next]
            next = next == 89 ? 0 : next + 1
            bus.execute(
                Workload.event, ["duration": .integer(Int64(number)), "bytes": 5],
                [
                    "run_id": "run-1234", "site": .string(labels.site),
                    "protocol": .string(labels.protocol), "status": .string(labels.status),
                ])
        }
    } yardstick: {
        yardstick_lookup(yardstick, $0)
    }
}

/// Emits events of all label sets, in steps that meet them all.
@inline(__always)
func emit(_ bound: FixedList<BoundEvent<2>>, _ count: Int, step: Int = 1) {
    var next = 0
    for number in 0..<count {
        bound.elements[next].emit(Workload.measurements(number))
        next += step
        if next >= bound.count { next -= bound.count }
    }
}

@inline(__always)
func emit(
    _ event: PreparedEvent<2, 4>, _ labels: FixedList<Workload.Labels>, _ count: Int, step: Int = 1
) {
    var next = 0
    for number in 0..<count {
        let at = labels.elements + next
        event.emit(
            Workload.measurements(number),
            ["run-1234", at.pointee.site, at.pointee.protocol, at.pointee.status])
        next += step
        if next >= labels.count { next -= labels.count }
    }
}
