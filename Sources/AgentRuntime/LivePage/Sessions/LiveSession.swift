import AgentConfiguration
import NIOCore
import PubSub
import Repo
import ServiceLifecycle
import Synchronization
import Telemetry

/// One open page: what it is shown, from its first look to its end.
///
/// It takes from its own mailbox what the feed has written for all. A page that does not keep up loses its oldest updates
/// there, and is then shown everything anew.
final class LiveSession: Sendable {
    /// Updates that wait before the oldest is lost.
    static let mailbox = 64
    static let action = "overview"

    let id: String
    private let feed: LiveFeed
    private let sessions: LiveSessions
    private let hub: PubSub
    private let events: LiveSessionEvents
    private let clock: TelemetryClock
    private let subscription: Subscription
    private let isPaused = Atomic(false)

    init(
        feed: LiveFeed, sessions: LiveSessions, hub: PubSub, events: LiveSessionEvents,
        clock: TelemetryClock
    ) {
        id = Self.makeID()
        self.feed = feed
        self.sessions = sessions
        self.hub = hub
        self.events = events
        self.clock = clock
        subscription = hub.subscribe(to: [.live, .live(id)], capacity: Self.mailbox)
    }

    /// Nobody guesses it: who knows it may change what its page is shown.
    private static func makeID() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<2).map { _ in
            let digits = String(generator.next() as UInt64, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// How many updates wait for it.
    var waiting: Int { subscription.waiting }

    // MARK: Its life

    /// Shows the page until it is gone.
    func run(on stream: ServerSentEventStream) async {
        let began = clock.monotonic()
        let state = await feed.join()
        guard let mounted = try? await mount(state, on: stream) else {
            await feed.leave()
            return
        }
        sessions.add(self)
        events.began()
        let end = await follow(from: mounted, on: stream)
        sessions.remove(self)
        events.ended(end, after: clock.monotonic() - began)
        await feed.leave()
    }

    /// The page is gone.
    private struct Gone: Error {}

    private func mount(
        _ state: LiveFeed.Page, on stream: ServerSentEventStream
    ) async throws(Gone) -> UInt64 {
        try await events.span(.mount, Self.action) { () async throws(Gone) -> UInt64 in
            var first = ByteBuffer()
            ServerSentEvent(
                "hello",
                data: JSONWriter(.compact).write([
                    "session": .string(id), "tick_ms": .integer(LiveFeed.tickMilliseconds),
                ])
            ).write(to: &first)
            first.writeImmutableBuffer(state.bytes)
            guard await send(first, on: stream) else { throw Gone() }
            return state.number
        }
    }

    /// - Parameter number: the last patch that is part of what the page shows.
    private func follow(
        from number: UInt64, on stream: ServerSentEventStream
    ) async -> LiveSessionEvents.End {
        var seen = number
        while let batch = await subscription.next() {
            if batch.missed > 0 { sessions.note(patch: 0, lost: batch.missed) }
            if isPaused.load(ordering: .relaxed) { continue }
            var bytes = ByteBuffer()
            if batch.missed > 0 {
                let page = await feed.page
                seen = page.number
                bytes.writeImmutableBuffer(page.bytes)
            }
            for message in batch.messages {
                guard let patch = message.notice as? LivePatch else { continue }
                if let number = patch.number {
                    guard number > seen else { continue }
                    seen = number
                }
                bytes.writeImmutableBuffer(patch.bytes)
            }
            guard bytes.readableBytes > 0 else { continue }
            let asked = clock.monotonic()
            guard await send(bytes, on: stream) else {
                return end(after: clock.monotonic() - asked)
            }
        }
        return end(after: 0)
    }

    private func send(_ bytes: ByteBuffer, on stream: ServerSentEventStream) async -> Bool {
        guard await stream.send(bytes) else { return false }
        sessions.note(patch: bytes.readableBytes, lost: 0)
        events.sent(bytes.readableBytes)
        return true
    }

    /// Why it is over, where the last update has waited that long in vain.
    private func end(after wait: Int64) -> LiveSessionEvents.End {
        if Task.isShuttingDownGracefully { return .shutdown }
        guard wait > 5_000_000_000 else { return .closed }
        events.failed("stalled")
        return .stalled
    }

    // MARK: What its page asks for

    /// Shows runs that the page does not have: of a site, of a status, older ones.
    func show(_ query: RunPage.Query, as callback: LiveSessionEvents.Callback, _ name: String)
        async throws(RequestFault)
    {
        let page = try await events.span(callback, name) {
            () async throws(RequestFault) in try await feed.runs(query)
        }
        hub.publish(Message(LivePatch(number: nil, bytes: page), to: [.live(id)]))
    }

    /// Shows one run that the page does not have, or says that there is none of this id.
    func show(run id: RunID) async throws(RequestFault) {
        let page = try await events.span(.handleEvent, "run") {
            () async throws(RequestFault) in try await feed.run(id)
        }
        hub.publish(Message(LivePatch(number: nil, bytes: page), to: [.live(self.id)]))
    }

    /// Nothing is sent to a page that is paused.
    func pause() async {
        await events.span(.handleEvent, "pause") { isPaused.store(true, ordering: .relaxed) }
    }

    func resume() async {
        await events.span(.handleEvent, "resume") {
            isPaused.store(false, ordering: .relaxed)
            let page = await feed.page
            hub.publish(Message(LivePatch(number: nil, bytes: page.bytes), to: [.live(id)]))
        }
    }

    /// Something that the page cannot ask for.
    func refuse(_ name: String) async -> RequestFault {
        do throws(RequestFault) {
            try await events.span(.handleEvent, "unknown") { () async throws(RequestFault) in
                throw RequestFault.unknown("event", name, accepted: LiveRoutes.events)
            }
            return .malformed("the event is not known")
        } catch {
            return error
        }
    }
}
