import Synchronization

/// What a rule has let through, and what it has not.
///
/// Goes on where another rule for the same events takes its place.
final class RuleCounts: Sendable {
    let passed = Atomic<Int>(0)
    let dropped = Atomic<Int>(0)
}
