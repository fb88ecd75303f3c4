import TestSupport
import Testing

extension RunningAgent {
    /// Sends events over HTTP and expects all of them to be taken.
    func send(_ lines: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let answer = try await client.request("POST", "/v1/events", body: Array(lines.utf8))
        #expect(answer.status == 200, "\(answer.text)", sourceLocation: sourceLocation)
    }

    /// The samples whose names begin so, as lines in the order of their names.
    func lines(_ prefix: String) async throws -> [String] {
        try await client.get("/metrics").text.split(separator: "\n").map(String.init)
            .filter { $0.hasPrefix(prefix) }
    }
}
