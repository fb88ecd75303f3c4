/// Runs `body` on `count` threads at the same time, each with its number, and waits for all.
package func inThreads(
    _ count: Int, _ body: @escaping @Sendable (Int) throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<count {
            group.addTask { try await onOwnThread { try body(number) } }
        }
        try await group.waitForAll()
    }
}
