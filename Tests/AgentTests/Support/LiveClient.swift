import Synchronization
import TestSupport

/// Pages without a browser: they ask for what the page asks for, and read what comes.
final class LiveClient: Sendable {
    private let connection: Connection
    private let state = Mutex((text: "", hasEnded: false))

    private init(port: UInt16) throws {
        connection = try Connection(.tcp, port: port, patience: .seconds(180))
        try connection.send("GET /v1/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
    }

    /// Opens some of them, and closes them when `body` is done. One thread reads for all of them together.
    static func opening(
        _ count: Int, port: UInt16, _ body: ([LiveClient]) async throws -> Void
    ) async throws {
        var clients: [LiveClient] = []
        for _ in 0..<count { clients.append(try LiveClient(port: port)) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in clients {
                group.addTask { try await onOwnThread { client.read() } }
            }
            do {
                try await body(clients)
            } catch {
                for client in clients { try? client.connection.endBoth() }
                throw error
            }
            for client in clients { try? client.connection.endBoth() }
            try await group.waitForAll()
        }
    }

    private func read() {
        while let bytes = try? connection.receive(), !bytes.isEmpty {
            let text = String(decoding: bytes, as: UTF8.self)
            state.withLock { $0.text += text }
        }
        state.withLock { $0.hasEnded = true }
    }

    /// All that came, once a text stands in it so often.
    func wait(for text: String, times: Int = 1) async throws -> String {
        try await waitFor("'\(text)' \(times) times") {
            let all = state.withLock(\.text)
            return all.ranges(of: text).count >= times ? all : nil
        }
    }

    /// The agent has ended the answer.
    func waitForEnd() async throws {
        try await waitUntil("the end of the answer") {
            state.withLock(\.hasEnded)
        }
    }
}
