/// Code attached to events. Runs in the emitter's thread; what it throws never reaches the emitter.
public typealias EventHandler = @Sendable (borrowing Event) throws -> Void

/// A handler, as listed.
public struct HandlerInfo: Sendable, Hashable {
    public let id: String
    public let events: [EventPattern]
    /// Failures since it was attached.
    public let failures: Int
    /// True while it is set aside after too many failures in a row.
    public let isQuarantined: Bool
}

/// When a failing handler is set aside, and for how long.
public struct QuarantinePolicy: Sendable {
    /// Failures in a row that a handler may have.
    public var budget: Int
    /// How long it is set aside first; doubles each time, until it works again.
    public var backOff: Duration
    public var longestBackOff: Duration

    public init(
        budget: Int = 5, backOff: Duration = .seconds(1), longestBackOff: Duration = .seconds(300)
    ) {
        self.budget = budget
        self.backOff = backOff
        self.longestBackOff = longestBackOff
    }
}

/// Why a handler was not attached.
public enum AttachError: Error, Hashable, CustomStringConvertible {
    case duplicateID(String)
    case noEvents(String)

    public var description: String {
        switch self {
        case .duplicateID(let id):
            "a handler with the id \"\(id)\" is attached already; detach it first or choose another id"
        case .noEvents(let id): "handler \"\(id)\" names no event; give at least one"
        }
    }
}
