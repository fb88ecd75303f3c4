import Foundation
import TestSupport
import Testing

struct WaitingTests {
    @Test func `a condition is looked at until it holds`() async throws {
        var looks = 0
        try await waitUntil {
            looks += 1
            return looks == 3
        }
        #expect(looks == 3)
    }

    @Test func `a deadline names what was awaited`() async {
        let failure = await #expect(throws: DeadlinePassed.self) {
            try await waitUntil("the impossible", deadline: .zero) { false }
        }
        #expect(failure?.description.contains("the impossible") == true)
    }

    @Test func `what blocks runs beside the tests' own threads`() async throws {
        let names = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<16 { group.addTask { try await onOwnThread { Thread.isMainThread } } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(names == Array(repeating: false, count: 16))
    }
}
