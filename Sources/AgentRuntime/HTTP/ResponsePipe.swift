import Glibc
import NIOCore

/// Carries an answer from the thread that writes it to the task that sends it.
///
/// The writer waits while `capacity` bytes are on their way, so memory stays bounded however slow the
/// client is. One writer, one reader.
final class ResponsePipe: Sendable {
    struct Head: Sendable, Equatable {
        var status: Int
        var headers: [Header]

        struct Header: Sendable, Equatable {
            var name: String
            var value: String
        }
    }

    enum WriteOutcome: Equatable {
        case written
        /// Before `begin`, or a second `begin`.
        case misplaced
        case closed
        case timedOut
    }

    /// How the writer ended.
    enum End: Sendable, Equatable {
        case complete
        /// Before `begin`: this is what to answer.
        case refused(status: Int, reason: String)
        /// After it.
        case broken
    }

    enum Piece: Equatable {
        case head(Head)
        case bytes(ByteBuffer)
        case end(End)
    }

    private struct State: Sendable {
        var head: Head?
        var hasBegun = false
        var chunks: [ByteBuffer] = []
        var byteCount = 0
        var end: End?
        var isClosed = false
        var reader: CheckedContinuation<Void, Never>?
    }

    private let capacity: Int
    /// Nanoseconds of CLOCK_MONOTONIC.
    private let deadline: Int64
    private let state = Monitor(State())

    init(capacity: Int = 256 << 10, deadline: Int64) {
        self.capacity = capacity
        self.deadline = deadline
    }

    // MARK: The writer

    func begin(_ head: Head) -> WriteOutcome {
        change { state in
            guard !state.isClosed else { return .closed }
            guard !state.hasBegun, state.end == nil else { return .misplaced }
            state.hasBegun = true
            state.head = head
            return .written
        }
    }

    /// Takes a copy of the bytes as soon as there is room for them; blocks until then.
    func write(_ bytes: UnsafeRawBufferPointer) -> WriteOutcome {
        var rest = UnsafeRawBufferPointer(rebasing: bytes[...])
        repeat {
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(capacity))
            let outcome = writePiece(piece)
            guard outcome == .written else { return outcome }
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(piece.count))
        } while !rest.isEmpty
        return .written
    }

    private func writePiece(_ piece: UnsafeRawBufferPointer) -> WriteOutcome {
        var reader: CheckedContinuation<Void, Never>?
        let outcome = state.wait(until: deadline) { state -> WriteOutcome? in
            if state.isClosed { return .closed }
            guard state.hasBegun, state.end == nil else { return .misplaced }
            guard state.byteCount == 0 || state.byteCount + piece.count <= capacity else {
                return nil
            }
            state.chunks.append(ByteBuffer(bytes: piece))
            state.byteCount += piece.count
            reader = state.reader
            state.reader = nil
            return .written
        }
        reader?.resume()
        return outcome ?? .timedOut
    }

    /// Says that nothing more will come. Only the first call counts.
    func finish(_ end: End) {
        _ = change { state in
            if state.end == nil { state.end = end }
            return .written
        }
    }

    // MARK: The reader

    /// What comes next; waits for it. A reader whose task is cancelled waits no longer for a writer that may hang.
    func next() async -> Piece {
        await withTaskCancellationHandler {
            while true {
                if let piece = takeNext() { return piece }
                await withCheckedContinuation { continuation in
                    let isReady = state.withLock { state in
                        guard Self.hasNothing(state) else { return true }
                        state.reader = continuation
                        return false
                    }
                    if isReady { continuation.resume() }
                }
            }
        } onCancel: {
            finish(.refused(status: 503, reason: "the agent is stopping"))
        }
    }

    /// The client is gone: the writer is told with its next piece.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.chunks = []
            state.byteCount = 0
        }
    }

    private func takeNext() -> Piece? {
        state.withLock { state in
            if let head = state.head {
                state.head = nil
                return .head(head)
            }
            if !state.chunks.isEmpty {
                let chunk = state.chunks.removeFirst()
                state.byteCount -= chunk.readableBytes
                return .bytes(chunk)
            }
            return state.end.map { .end($0) }
        }
    }

    private static func hasNothing(_ state: State) -> Bool {
        state.head == nil && state.chunks.isEmpty && state.end == nil
    }

    private func change(_ body: (inout State) -> WriteOutcome) -> WriteOutcome {
        var reader: CheckedContinuation<Void, Never>?
        let outcome = state.withLock { state in
            defer {
                reader = state.reader
                state.reader = nil
            }
            return body(&state)
        }
        reader?.resume()
        return outcome
    }
}
