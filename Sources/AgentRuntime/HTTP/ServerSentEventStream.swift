import NIOCore
import Synchronization

/// Carries events from whoever makes them to the task that sends them to one client.
///
/// The maker waits while `capacity` bytes are on their way, so memory stays bounded however slowly the client reads. One
/// maker, one sender.
final class ServerSentEventStream: Sendable {
    private typealias Waiting = CheckedContinuation<Void, Never>

    private struct State {
        var buffer = ByteBuffer()
        /// Taken by the sender and not yet with the client.
        var isSending = false
        var hasEnded = false
        var isClosed = false
        var maker: Waiting?
        var sender: Waiting?

        /// Takes who waits and has something to do now.
        mutating func wake(capacity: Int) -> [Waiting] {
            var woken: [Waiting] = []
            if isClosed || hasEnded || buffer.readableBytes > 0, let sender = sender.take() {
                woken.append(sender)
            }
            if isClosed || buffer.readableBytes < capacity, let maker = maker.take() {
                woken.append(maker)
            }
            return woken
        }
    }

    private let capacity: Int
    private let state = Mutex(State())

    init(capacity: Int = 128 << 10) { self.capacity = capacity }

    // MARK: The maker

    /// Sends an event once there is room for it; false when the client is gone.
    func send(_ event: ServerSentEvent) async -> Bool {
        await send { event.write(to: &$0) }
    }

    /// Sends events that are written already: the same bytes may go to many clients.
    func send(_ written: ByteBuffer) async -> Bool {
        await send { $0.writeImmutableBuffer(written) }
    }

    private func send(_ write: (inout ByteBuffer) -> Void) async -> Bool {
        while true {
            let isDone: Bool? = change { state in
                if state.isClosed || state.hasEnded { return false }
                guard state.buffer.readableBytes < capacity else { return nil }
                write(&state.buffer)
                return true
            }
            if let isDone { return isDone }
            await withCheckedContinuation { continuation in
                change { $0.maker = continuation }
            }
        }
    }

    /// Whether the client is gone.
    var isClosed: Bool { state.withLock(\.isClosed) }

    /// Returns once the client is gone, or the agent stops.
    func waitUntilClosed() async {
        while !isClosed {
            await withCheckedContinuation { (continuation: Waiting) in
                let isThere = state.withLock { state in
                    if !state.isClosed { state.maker = continuation }
                    return state.isClosed
                }
                if isThere { continuation.resume() }
            }
        }
    }

    /// Says that nothing more will come.
    func end() { change { $0.hasEnded = true } }

    // MARK: The sender

    /// All that there is to send; nil at the end.
    func next() async -> ByteBuffer? {
        while true {
            let piece: ByteBuffer?? = change { state in
                if state.isClosed { return .some(nil) }
                guard state.buffer.readableBytes > 0 else {
                    return state.hasEnded ? .some(nil) : .none
                }
                defer { state.buffer = ByteBuffer() }
                return state.buffer
            }
            if let piece { return piece }
            await withCheckedContinuation { continuation in
                change { $0.sender = continuation }
            }
        }
    }

    /// A comment, so that both sides learn whether the other is still there; nothing where something is under way.
    func beat() {
        change { state in
            if state.buffer.readableBytes == 0 { state.buffer.writeStaticString(":\n\n") }
        }
    }

    /// The client is gone, or has to go.
    func close() {
        change { state in
            state.isClosed = true
            state.buffer = ByteBuffer()
        }
    }

    @discardableResult
    private func change<Result: Sendable>(_ body: (inout sending State) -> Result) -> Result {
        let (result, woken) = state.withLock { state in
            let result = body(&state)
            return (result, state.wake(capacity: capacity))
        }
        for continuation in woken { continuation.resume() }
        return result
    }
}
