import ServiceLifecycle

/// Waits, when the agent stops, for one last scrape: events that came shortly before would otherwise
/// never be seen.
final class DrainGate: Sendable {
    private let monitor = Monitor(false)
    private let scrapes: AsyncStream<Void>
    private let scraped: AsyncStream<Void>.Continuation

    init() {
        (scrapes, scraped) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Whether the agent is stopping, and so a request that begins now may be the last scrape.
    var isDraining: Bool { monitor.withLock { $0 } }

    /// A scrape that began while draining was answered whole.
    func lastScrapeAnswered() { scraped.yield() }

    /// Returns after the last scrape, or when `limit` has passed.
    func drain(within limit: Duration) async {
        monitor.withLock { $0 = true }
        await withTaskGroup { group in
            group.addTask { [scrapes] in
                for await _ in scrapes { return }
            }
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }
}

/// Stands between the intake and the HTTP server: what is stopped later waits for it.
struct DrainService: Service {
    let gate: DrainGate
    let limit: Duration

    func run() async throws {
        try? await gracefulShutdown()
        await gate.drain(within: limit)
    }
}
