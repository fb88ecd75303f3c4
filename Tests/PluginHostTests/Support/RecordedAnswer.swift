import Foundation
import Synchronization

@testable import PluginHost

/// Takes a route's answer as an HTTP server would.
final class RecordedAnswer: RouteResponder, Sendable {
    private struct State {
        var status: Int?
        var headers: [(name: String, value: String)] = []
        var body: [UInt8] = []
        var pieces = 0
        var holds: Bool
    }

    private let limit: Int
    private let state: Mutex<State>

    /// `takes`: pieces it takes before the client is gone. `holds`: the first piece waits until `letGo`.
    init(takes limit: Int = .max, holds: Bool = false) {
        self.limit = limit
        state = Mutex(State(holds: holds))
    }

    var status: Int? { state.withLock { $0.status } }
    var headers: [(name: String, value: String)] { state.withLock { $0.headers } }
    var text: String { state.withLock { String(decoding: $0.body, as: UTF8.self) } }
    var size: Int { state.withLock { $0.body.count } }
    var pieces: Int { state.withLock { $0.pieces } }

    func letGo() { state.withLock { $0.holds = false } }

    func begin(status: Int, headers: [(name: String, value: String)]) -> Bool {
        state.withLock { state in
            state.status = status
            state.headers = headers
        }
        return true
    }

    func write(_ bytes: UnsafeRawBufferPointer) -> RouteWriteOutcome {
        while state.withLock({ $0.holds }) { usleep(500) }
        let copy = Array(bytes)
        return state.withLock { state in
            guard state.pieces < limit else { return .closed }
            state.body += copy
            state.pieces += 1
            return .written
        }
    }
}
