/// Has a bus's handlers timed for as long as it lives, for one who looks from time to time.
///
/// Handlers run in the threads of emitters, and that is the time meant: what a handler leaves to a thread of its own is
/// not in it. While nobody watches, nothing is timed or counted, and nothing stands between events and handlers.
package final class HandlerWatch {
    /// What a handler has cost since the last look.
    package struct Load: Sendable {
        /// The handler's id, or `pipeline` for all that stands in front of the handlers.
        package let id: String
        package let calls: Int
        /// Of all the calls; where not all of them were timed, the others count as those did.
        package let nanoseconds: Double
    }

    private let bus: TelemetryBus
    private let handlers: TimedHandlers
    /// How long it takes to read the clock, which stands in each duration once.
    private let clockCost: Double
    /// By handler, each kept with it: another one may come to lie where one was that is gone.
    private var last: [ObjectIdentifier: (handler: TimedHandler, counts: TimedHandler.Counts)] = [:]
    private var pipeline: PipelineStatistics

    package init(_ bus: TelemetryBus) {
        self.bus = bus
        clockCost = Self.cost(of: bus.clock)
        handlers = bus.beginTiming()
        pipeline = bus.pipelineStatistics
        for handler in handlers.all {
            last[ObjectIdentifier(handler)] = (handler, handler.counts)
        }
    }

    deinit { bus.endTiming() }

    /// What those handlers have cost that were called since watching began.
    package func take() -> [Load] {
        let before = last
        last.removeAll()
        var loads: [Load] = []
        for handler in handlers.all {
            let key = ObjectIdentifier(handler)
            let new = handler.counts
            handler.beginAgain()
            last[key] = (handler, new)
            loads.append(load(handler.id, new, since: before[key]?.counts ?? .init()))
        }
        let stages = bus.pipelineStatistics
        if stages.events > 0 { loads.append(load(stages)) }
        pipeline = stages
        return loads
    }

    private func load(
        _ id: String, _ new: TimedHandler.Counts, since old: TimedHandler.Counts
    ) -> Load {
        let calls = new.calls - old.calls
        let whole = Timed(
            count: new.whole - old.whole, nanoseconds: new.wholeNanoseconds - old.wholeNanoseconds)
        let sampled = Timed(
            count: new.sampled - old.sampled,
            nanoseconds: new.sampledNanoseconds - old.sampledNanoseconds)
        let others = Double(max(0, calls - whole.count))
        let mean = sampled.mean(clockCost) ?? whole.mean(clockCost) ?? 0
        return Load(
            id: id, calls: calls,
            nanoseconds: (whole.mean(clockCost) ?? 0) * Double(whole.count) + mean * others)
    }

    /// The pipeline times some of its events itself, whether anybody looks or not.
    private func load(_ new: PipelineStatistics) -> Load {
        let since = Timed(
            count: new.measuredEvents - pipeline.measuredEvents,
            nanoseconds: new.measuredNanoseconds - pipeline.measuredNanoseconds)
        let ever = Timed(count: new.measuredEvents, nanoseconds: new.measuredNanoseconds)
        let events = new.events - pipeline.events
        let mean = since.mean(clockCost) ?? ever.mean(clockCost) ?? 0
        return Load(id: "pipeline", calls: events, nanoseconds: mean * Double(events))
    }

    /// Calls that were timed.
    private struct Timed {
        let count: Int
        let nanoseconds: Int

        func mean(_ clockCost: Double) -> Double? {
            guard count > 0 else { return nil }
            return max(0, Double(nanoseconds) / Double(count) - clockCost)
        }
    }

    private static func cost(of clock: TelemetryClock) -> Double {
        var least = Int64.max
        for _ in 0..<64 {
            let begin = clock.monotonic()
            least = min(least, clock.monotonic() &- begin)
        }
        return Double(max(0, least))
    }
}
