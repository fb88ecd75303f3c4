/// How one component fares over time: what each reading makes of it.
///
/// A limit counts as broken once it has been broken for the whole patience; one reading within it is enough to recover.
/// What a component says of itself counts at once.
struct ComponentHealth: Sendable {
    /// A moment by both clocks, in nanoseconds.
    struct Moment: Sendable {
        let monotonic: Int64
        /// Since 1970.
        let system: Int64
    }

    struct Failure: Sendable, Hashable {
        let text: String
        let at: Int64
    }

    private(set) var reading: ComponentReading
    private(set) var status = HealthStatus.ok
    /// Since when it has this status, nanoseconds since 1970.
    private(set) var since: Int64
    /// Why it is not ok, a sentence each.
    private(set) var reasons: [String] = []
    /// The last thing that was wrong, kept when all is well again.
    private(set) var lastError: Failure?

    /// Criterion → since when its limit is broken, on the monotonic clock.
    private var brokenSince: [String: Int64] = [:]

    init(_ reading: ComponentReading, patience: Int64, now: Moment) {
        self.reading = reading
        since = now.system
        update(reading, patience: patience, now: now)
    }

    mutating func update(_ reading: ComponentReading, patience: Int64, now: Moment) {
        self.reading = reading
        let broken = reading.criteria.filter(\.isBroken)
        brokenSince = Dictionary(
            broken.map { ($0.name, brokenSince[$0.name] ?? now.monotonic) }
        ) { $1 }
        let counting = broken.filter { criterion in
            brokenSince[criterion.name].map { now.monotonic &- $0 >= patience } ?? false
        }
        let new = counting.map(\.severity).reduce(reading.status, max)
        reasons = (reading.status == .ok ? [] : [reading.why]) + counting.map(\.sentence)
        if new != status {
            status = new
            since = now.system
        }
        if let reason = reasons.first { lastError = Failure(text: reason, at: now.system) }
    }
}
