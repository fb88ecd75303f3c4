import AgentConfiguration
import HTTPTypes
import HummingbirdCore
import Redaction
import Synchronization
import Telemetry

/// Events as they come, without their secrets, for as long as somebody looks.
///
/// Events of the answer: `tapping` once the tap is open, `event`, `lost` with how many the reader was too slow for, and
/// `end` where the request said when. The handler is attached while a tap is open, and not before or after.
final class TapRoute: Sendable {
    private let bus: TelemetryBus
    private let redactor: CurrentRedactor
    private let open = Mutex((count: 0, number: 0))
    static let maximumTaps = 8
    private static let maximumPatterns = 32

    init(_ bus: TelemetryBus, redactor: CurrentRedactor) {
        self.bus = bus
        self.redactor = redactor
    }

    var endpoint: Endpoint {
        .stream("/v1/tap", "Events as they come, as server-sent events.", access: .token) {
            [self] exchange in
            await answering { () throws(RequestFault) in try respond(exchange) }
        }
    }

    private struct Request {
        let patterns: [EventPattern]
        let count: Int?
        let limit: Duration?
    }

    private func respond(_ exchange: HTTPExchange) throws(RequestFault) -> Response {
        let request = try Self.read(exchange)
        guard let number = begin() else {
            throw RequestFault(
                status: .tooManyRequests, code: "too_many_taps",
                message: "\(Self.maximumTaps) taps are open already; end one first")
        }
        let place = TapPlace { [self] in end() }
        return ServerSentEvents.response(to: exchange) { [self] stream in
            await tap(request, number, stream)
            withExtendedLifetime(place) {}
        }
    }

    private func begin() -> Int? {
        open.withLock { open in
            guard open.count < Self.maximumTaps else { return nil }
            open.count += 1
            open.number += 1
            return open.number
        }
    }

    private func end() { open.withLock { $0.count -= 1 } }

    private static func read(_ exchange: HTTPExchange) throws(RequestFault) -> Request {
        let query = try RequestQuery(exchange.query, accepting: ["pattern", "count", "for"])
        let texts = (query.text("pattern") ?? "*").split(separator: ",").map(String.init)
        guard (1...maximumPatterns).contains(texts.count) else {
            throw .malformed(
                "the parameter \"pattern\" takes 1 to \(maximumPatterns) patterns, joined by commas"
            )
        }
        let patterns = try texts.map { text throws(RequestFault) in
            do throws(EventNameError) {
                return try EventPattern(text)
            } catch {
                throw RequestFault.malformed("\(error); patterns are a.name, a.prefix.* and *")
            }
        }
        return Request(
            patterns: patterns, count: try query.integer("count", in: 1...1_000_000_000),
            limit: try query.duration("for", in: .milliseconds(1)...(.seconds(86_400 * 365))))
    }

    // MARK: Tapping

    private func tap(
        _ request: Request, _ number: Int, _ stream: ServerSentEventStream
    ) async {
        let inbox = EventInbox()
        let watch = EventWatch(id: "agent.tap.\(number)", clock: bus.clock, watcher: inbox)
        // The id is new, and there is at least one pattern.
        guard (try? bus.attach(watch, to: request.patterns)) != nil else { return }
        defer { bus.detach(watch.id) }
        let patterns = request.patterns.map { JSONValue.string("\($0)") }
        guard await stream.send(ServerSentEvent("tapping", ["patterns": .array(patterns)])) else {
            return
        }
        await withTaskGroup { group in
            if let limit = request.limit {
                group.addTask {
                    try? await Task.sleep(for: limit)
                    inbox.close()
                }
            }
            await send(inbox, to: stream, count: request.count)
            group.cancelAll()
        }
    }

    private func send(
        _ inbox: EventInbox, to stream: ServerSentEventStream, count: Int?
    ) async {
        var left = count ?? .max
        while let batch = await inbox.next() {
            let redactor = redactor.value
            if batch.lost > 0 {
                let lost = ServerSentEvent("lost", ["count": .integer(Int64(batch.lost))])
                guard await stream.send(lost) else { return }
            }
            for event in batch.events {
                let json = event.unpacked().json(redactor)
                guard await stream.send(ServerSentEvent("event", json)) else { return }
                left -= 1
                if left == 0 {
                    _ = await stream.send(ServerSentEvent("end", ["reason": "count"]))
                    return
                }
            }
        }
        _ = await stream.send(ServerSentEvent("end", ["reason": "time"]))
    }
}

/// A place among the taps, given back when the answer is let go of, sent or not.
private final class TapPlace: Sendable {
    private let giveBack: @Sendable () -> Void

    init(_ giveBack: @escaping @Sendable () -> Void) { self.giveBack = giveBack }

    deinit { giveBack() }
}

extension ServerSentEvent {
    init(_ event: String, _ data: JSONValue) {
        self.init(event, data: JSONWriter(.compact).write(data))
    }
}

extension UnpackedEvent {
    /// As it is shown: without secrets.
    func json(_ redactor: Redactor) -> JSONValue {
        var object: JSONObject = [
            "at": .moment(time), "event": .string(redactor.text(name.description)),
        ]
        var numbers: JSONObject = [:]
        for (key, value) in measurements.pairs {
            switch value {
            case .integer(let number): numbers[redactor.text(key)] = .integer(number)
            case .real(let number): numbers[redactor.text(key)] = JSONValue(.real(number))
            }
        }
        object["measurements"] = .object(numbers)
        object["metadata"] = JSONValue(redactor.metadata(metadata))
        object["correlation_id"] = .text(correlationID.map(redactor.text))
        return .object(object)
    }
}
