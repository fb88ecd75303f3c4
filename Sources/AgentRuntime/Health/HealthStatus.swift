/// How a component fares.
enum HealthStatus: String, Comparable, Sendable, CaseIterable {
    case ok
    /// It works, not as it should.
    case degraded
    case failed

    private var rank: Int {
        switch self {
        case .ok: 0
        case .degraded: 1
        case .failed: 2
        }
    }

    static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
}
