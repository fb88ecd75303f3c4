import Foundation

/// What was waited for did not come about in time.
package struct DeadlinePassed: Error, CustomStringConvertible {
    package let awaited: String
    package let deadline: Duration
    package var seen = ""

    package var description: String {
        "waited \(deadline) for \(awaited)" + (seen.isEmpty ? "" : "; seen until then:\n\(seen)")
    }
}

/// Waits until a condition holds, looking again every few milliseconds.
///
/// The deadline is there to end a test that would hang, not to measure: leave it generous.
package func waitUntil(
    _ awaited: String = "the condition",
    deadline: Duration = .seconds(180),
    condition: () async throws -> Bool
) async throws {
    try await waitFor(awaited, deadline: deadline) { try await condition() ? () : nil }
}

/// Waits until a value is there, looking again every few milliseconds.
@discardableResult
package func waitFor<Value>(
    _ awaited: String,
    deadline: Duration = .seconds(180),
    value: () async throws -> Value?
) async throws -> Value {
    let end = ContinuousClock.now + deadline
    var pause = Duration.milliseconds(1)
    while true {
        if let value = try await value() { return value }
        guard ContinuousClock.now < end else {
            throw DeadlinePassed(awaited: awaited, deadline: deadline)
        }
        try await Task.sleep(for: pause)
        pause = min(pause * 2, .milliseconds(50))
    }
}

/// Runs what blocks on a thread of its own, so that tests waiting at the same time, and the code
/// under test, keep the few threads that Swift's tasks share.
package func onOwnThread<Value: Sendable>(
    _ work: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result { try work() }) }
    }
}
