import Repo

/// Runs that a page asks for because it does not have them.
struct RunPage: Sendable {
    struct Query: Sendable {
        var filter = RunFilter()
        /// Only those older than this one.
        var before: RunID?
    }

    static let limit = 50

    let runs: [Run]
    /// Whether there are older ones.
    let isLast: Bool

    /// - Parameter runs: one more than are shown, where there are that many
    init(_ runs: [Run]) {
        self.runs = Array(runs.prefix(Self.limit))
        isLast = runs.count <= Self.limit
    }
}
