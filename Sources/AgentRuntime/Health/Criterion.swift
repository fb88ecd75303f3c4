/// A figure beside its limit, as it was measured.
struct Criterion: Sendable, Hashable {
    enum Bound: String, Sendable {
        case atLeast = "at_least"
        case atMost = "at_most"
    }

    let name: String
    /// `nil` where there was nothing to measure: no limit is broken then.
    let value: Double?
    let bound: Bound
    let limit: Double
    /// What the component is while the limit is broken.
    let severity: HealthStatus

    var isBroken: Bool {
        guard let value else { return false }
        return switch bound {
        case .atLeast: value < limit
        case .atMost: value > limit
        }
    }

    /// The reason why a component is not well.
    var sentence: String {
        let bound = bound == .atLeast ? "at least" : "at most"
        return
            "\(name) is \(value.map { Self.text($0) } ?? "unknown"), not \(bound) \(Self.text(limit))"
    }

    private static func text(_ number: Double) -> String {
        Int64(exactly: number).map(String.init) ?? "\(number)"
    }
}
