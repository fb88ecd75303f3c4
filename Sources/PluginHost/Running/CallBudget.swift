/// Whether something that fails may be called: after some failures in a row it rests, longer each time, until
/// a call succeeds.
///
/// Pure: times are nanoseconds of one clock.
struct CallBudget {
    static let failures = 5
    static let firstRest: Int64 = 1_000_000_000
    static let longestRest: Int64 = 300_000_000_000

    private var inRow = 0
    private var rests = 0
    /// When the rest ends; nil while there is none.
    private(set) var restsUntil: Int64?

    func isResting(_ now: Int64) -> Bool { restsUntil.map { now < $0 } ?? false }

    mutating func succeeded() { self = CallBudget() }

    /// True when it is set aside now.
    mutating func failed(now: Int64) -> Bool {
        inRow += 1
        guard inRow >= Self.failures else { return false }
        let rest = min(Self.firstRest << Int64(min(rests, 20)), Self.longestRest)
        rests += 1
        restsUntil = MonotonicTime.after(rest, from: now)
        return true
    }
}
