import HTTPTypes
import HummingbirdCore
import NIOCore
import Synchronization

/// Takes the body of an answer, as a client would that reads at once.
final class BodyCollector: ResponseBodyWriter, Sendable {
    private let state = Mutex((text: "", hasEnded: false))

    var text: String { state.withLock(\.text) }
    var hasEnded: Bool { state.withLock(\.hasEnded) }

    func write(_ buffer: ByteBuffer) {
        state.withLock { $0.text += String(buffer: buffer) }
    }

    func finish(_ trailingHeaders: HTTPFields?) { state.withLock { $0.hasEnded = true } }

    static func text(of response: Response) async throws -> String {
        let collector = BodyCollector()
        try await response.body.write(collector)
        return collector.text
    }
}
