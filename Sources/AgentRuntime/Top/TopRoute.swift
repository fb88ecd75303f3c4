import AgentConfiguration
import HTTPTypes
import HummingbirdCore
import Synchronization
import Telemetry

/// What the agent is busy with, a frame each interval, for as long as somebody looks.
///
/// Says which events, metrics and plugins there are and how much of them, and nothing of what is in an event.
final class TopRoute: Sendable {
    private let bus: TelemetryBus
    private let source: TopSource
    private let numbers = Atomic<Int>(1)

    init(_ bus: TelemetryBus, _ source: TopSource) {
        self.bus = bus
        self.source = source
    }

    var endpoint: Endpoint {
        .stream("/v1/top", "What the agent is busy with, as server-sent events.") {
            [self] exchange in
            await answering { () throws(RequestFault) in try respond(exchange) }
        }
    }

    private func respond(_ exchange: HTTPExchange) throws(RequestFault) -> Response {
        let query = try RequestQuery(exchange.query, accepting: ["interval", "count"])
        let interval =
            try query.duration("interval", in: .milliseconds(200)...(.seconds(3600)))
            ?? .seconds(2)
        let count = try query.integer("count", in: 1...1_000_000_000) ?? .max
        return ServerSentEvents.response(to: exchange) { [self] stream in
            await send(count, every: interval, to: stream)
        }
    }

    private func send(
        _ count: Int, every interval: Duration, to stream: ServerSentEventStream
    ) async {
        let number = numbers.wrappingAdd(1, ordering: .relaxed).oldValue
        let meter = EventMeter(id: "agent.top.\(number)")
        guard (try? bus.attach(meter, to: [.all])) != nil else { return }
        defer { bus.detach(meter.id) }
        var look = TopSource.Look(source, meter, HandlerWatch(bus))
        var left = count
        while left > 0, (try? await Task.sleep(for: interval)) != nil {
            guard await stream.send(ServerSentEvent("frame", look.frame())) else { return }
            left -= 1
        }
        _ = await stream.send(ServerSentEvent("end", [:]))
    }
}
