/// When the next push is made: at an interval while all is well, and after a growing, scattered time while not.
struct RetrySchedule: Sendable {
    private let interval: Duration
    private var failures = 0

    static let shortest = Duration.seconds(1)
    static let longest = Duration.seconds(300)

    init(interval: Duration) {
        self.interval = interval
    }

    /// After a push that went well. A tenth is scattered, so that agents that started together part.
    mutating func succeeded(random: Double) -> Duration {
        failures = 0
        return interval * (0.95 + 0.1 * random)
    }

    /// After one that did not, and that may.
    ///
    /// - Parameter retryAfter: what the server asked for, up to an hour of it is granted.
    mutating func failed(retryAfter: Duration?, random: Double) -> Duration {
        let doubled = Self.shortest * Double(1 << min(failures, 9))
        failures += 1
        let scattered = min(doubled, Self.longest) * (0.5 + 0.5 * random)
        guard let retryAfter else { return scattered }
        return max(scattered, min(retryAfter, .seconds(3600)) + Self.shortest * random)
    }
}
