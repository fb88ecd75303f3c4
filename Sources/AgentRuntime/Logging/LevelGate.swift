import Logging
import Synchronization

/// The level of one category, to be looked at without a lock.
final class LevelGate: Sendable {
    let category: String
    private let lowest: Atomic<Int>

    init(_ category: String, _ level: Logger.Level) {
        self.category = category
        lowest = Atomic(level.rank)
    }

    /// Whether messages of this level are written now.
    func admits(_ level: Logger.Level) -> Bool {
        level.rank >= lowest.load(ordering: .relaxed)
    }

    func set(_ level: Logger.Level) { lowest.store(level.rank, ordering: .relaxed) }
}

extension Logger.Level {
    /// The graver, the higher.
    fileprivate var rank: Int {
        switch self {
        case .trace: 0
        case .debug: 1
        case .info: 2
        case .notice: 3
        case .warning: 4
        case .error: 5
        case .critical: 6
        }
    }
}
