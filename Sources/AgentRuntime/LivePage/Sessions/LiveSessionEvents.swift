import Telemetry

/// The events of live sessions: of mounting and handling as spans, the others made ready.
///
/// Source: docs/events.md
struct LiveSessionEvents: Sendable {
    /// Why a session ended.
    enum End: String, Sendable {
        /// The page was closed or went elsewhere.
        case closed
        /// It took nothing any more.
        case stalled
        /// The agent stopped.
        case shutdown
    }

    /// A callback that is told from its beginning to its end.
    enum Callback: Sendable {
        case mount, handleParams, handleEvent
    }

    private let bus: TelemetryBus
    private let view: String
    private let render: PreparedEvent<1, 2>
    private let connected: PreparedEvent<1, 1>
    private let disconnected: PreparedEvent<1, 2>
    private let patch: PreparedEvent<1, 1>
    private let backlog: PreparedEvent<1, 1>
    private let streamError: PreparedEvent<1, 2>
    private let callbacks: (mount: EventName, params: EventName, event: EventName)

    init(_ bus: TelemetryBus, prefix: EventName = "net_auto.liveview", view: String) {
        self.bus = bus
        self.view = view
        callbacks = (
            prefix.appending("mount"), prefix.appending("handle_params"),
            prefix.appending("handle_event")
        )
        render = PreparedEvent(
            bus, prefix.appending("render"), measurements: ["duration"],
            metadata: ["view", "event"])
        connected = PreparedEvent(
            bus, prefix.appending("connected"), measurements: ["count"], metadata: ["view"])
        disconnected = PreparedEvent(
            bus, prefix.appending("disconnected"), measurements: ["lifetime"],
            metadata: ["view", "reason"])
        patch = PreparedEvent(
            bus, prefix.appending("patch"), measurements: ["bytes"], metadata: ["view"])
        backlog = PreparedEvent(
            bus, prefix.appending("backlog"), measurements: ["length"], metadata: ["view"])
        streamError = PreparedEvent(
            bus, prefix.appending("stream_error"), measurements: ["count"],
            metadata: ["view", "kind"])
    }

    /// - Parameter name: the action of a mount; what else is handled, as the page calls it.
    func span<Value, Failure: Error>(
        _ callback: Callback, _ name: String, _ body: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let (event, key) =
            switch callback {
            case .mount: (callbacks.mount, "action")
            case .handleParams: (callbacks.params, "event")
            case .handleEvent: (callbacks.event, "event")
            }
        return try await bus.span(event, ["view": .string(view), key: .string(name)]) {
            () async throws(Failure) -> SpanResult<Value> in SpanResult(try await body())
        }
    }

    /// - Parameter cause: what there was to be shown.
    func rendered(_ cause: String, in duration: Int64) {
        render.emit([.integer(duration)], [view, cause])
    }

    func began() { connected.emit([1], [view]) }

    func ended(_ end: End, after lifetime: Int64) {
        disconnected.emit([.integer(lifetime)], [view, end.rawValue])
    }

    func sent(_ bytes: Int) { patch.emit([Measurement(bytes)], [view]) }

    /// How many updates wait for the page that is farthest behind.
    func behind(_ length: Int) { backlog.emit([Measurement(length)], [view]) }

    func failed(_ kind: String) { streamError.emit([1], [view, kind]) }
}
