import Synchronization

/// Counts calls from any thread.
final class Tally: Sendable {
    private let calls = Atomic<Int>(0)

    var count: Int { calls.load(ordering: .acquiring) }
    func add() { calls.wrappingAdd(1, ordering: .acquiringAndReleasing) }
}

/// What a failing handler throws.
struct Mishap: Error, CustomStringConvertible {
    let description = "it went wrong"
}
