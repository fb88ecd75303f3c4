import Telemetry

/// What became of some input, in pieces (lines, or elements of a JSON array).
///
/// `received == applied + rejected + dropped`, always.
package struct DecodeSummary: Sendable {
    /// How many faults are kept for people.
    static let keptFaults = 10

    package internal(set) var received = 0
    package internal(set) var applied = 0
    private var rejections = InlineArray<14, Int>(repeating: 0)
    /// Good events that the pipeline's rules kept from the handlers.
    package private(set) var sampledOut = 0
    package private(set) var rateLimited = 0
    /// The first faults.
    package private(set) var faults: [DecodeFault] = []

    init() {}

    package subscript(reason: RejectReason) -> Int { rejections[Int(reason.rawValue)] }

    package var dropped: Int { sampledOut + rateLimited }

    mutating func drop(_ fate: EventFate) {
        switch fate {
        case .sampledOut: sampledOut += 1
        case .rateLimited: rateLimited += 1
        case .delivered: break
        }
    }

    /// All that was rejected.
    package var rejected: Int { RejectReason.allCases.reduce(0) { $0 + self[$1] } }

    package var rejectedByReason: [RejectReason: Int] {
        Dictionary(
            uniqueKeysWithValues: RejectReason.allCases.lazy.filter { self[$0] > 0 }.map {
                ($0, self[$0])
            })
    }

    var hasRoomForFaults: Bool { faults.count < Self.keptFaults }

    mutating func reject(_ reason: RejectReason) { rejections[Int(reason.rawValue)] += 1 }

    /// Counts a rejection, and keeps what it says while there is room for that.
    @inline(never)
    mutating func reject(_ rejection: Rejection, line: Int, column: Int) {
        reject(rejection.reason)
        guard hasRoomForFaults else { return }
        faults.append(
            DecodeFault(
                reason: rejection.reason, line: line, column: column,
                expected: rejection.expected.description))
    }
}
