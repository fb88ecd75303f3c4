import PluginKit

/// The annotation that tells when the agent ran: one region from its start to its stop.
struct Lifecycle: Sendable {
    private enum State {
        case waiting
        /// It was said, and no answer came: Grafana may have heard it.
        case uncertain
        case begun(id: Int64)
        /// Grafana will not have it.
        case refused
    }

    private let start: Int64
    private let version: String
    private let tags: [String]
    private var state = State.waiting

    /// - Parameter start: milliseconds since 1970.
    init(start: Int64, version: String, tags: [String]) {
        self.start = start
        self.version = version
        self.tags = tags
    }

    /// The request that says that the agent has started, or looks whether it was heard; `nil` when all is said.
    var beginning: GrafanaRequest? {
        switch state {
        case .waiting:
            GrafanaRequest(
                method: .post, path: "/api/annotations",
                body: .object([
                    "time": .integer(start), "tags": .array(tags.map { .string($0) }),
                    "text": .string(text),
                ]))
        case .uncertain:
            .get(
                "/api/annotations?type=annotation&limit=100&from=\(start)&to=\(start)"
                    + tags.map { "&tags=\($0.percentEncoded)" }.joined())
        case .begun, .refused: nil
        }
    }

    private var text: String { "agent \(version) runs" }

    /// No answer came to ``beginning``.
    mutating func lost() {
        if case .waiting = state { state = .uncertain }
    }

    /// What it came to; the answer is why Grafana will not have it.
    mutating func begun(_ answer: GrafanaAnswer) throws(Trouble) -> String? {
        if let trouble = answer.trouble { throw trouble }
        if case .uncertain = state {
            let heard = answer.json?.elements?.first {
                $0["time"]?.integer == start && $0["text"] == .string(text)
            }
            state = heard?["id"]?.integer.map { .begun(id: $0) } ?? .waiting
            return nil
        }
        if answer.isSuccess, let id = answer.json?["id"]?.integer {
            state = .begun(id: id)
            return nil
        }
        guard 400..<500 ~= answer.status else {
            lost()
            throw Trouble(reason: "Grafana failed (\(answer.described))")
        }
        state = .refused
        return answer.described
    }

    /// The request that makes a region of it; `nil` where there is nothing to end.
    ///
    /// - Parameter end: milliseconds since 1970.
    func ending(_ end: Int64) -> GrafanaRequest? {
        guard case .begun(let id) = state else { return nil }
        return GrafanaRequest(
            method: .patch, path: "/api/annotations/\(id)",
            body: .object([
                "time": .integer(start), "timeEnd": .integer(max(end, start)),
                "text": .string("agent \(version) ran"), "tags": .array(tags.map { .string($0) }),
            ]))
    }
}
