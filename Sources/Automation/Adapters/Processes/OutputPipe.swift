import CPlatform
import Glibc
import Synchronization

/// What a command writes to and the agent reads from.
final class OutputPipe: Sendable {
    /// What a read found.
    enum Piece {
        case bytes([UInt8])
        /// Nothing now; there may be more.
        case nothing
        /// Nobody has the pipe open for writing any more.
        case end
    }

    /// What is read at once at most, and what a pipe holds unless it is told otherwise.
    static let capacity = 64 << 10

    let reading: Int32
    let writing: Int32
    private let isWritable = Atomic(true)

    init() throws(AdapterFailure) {
        var ends: [Int32] = [-1, -1]
        let code = platform_pipe(&ends)
        (reading, writing) = (ends[0], ends[1])
        guard code == 0 else { throw .resources("cannot make a pipe", code: errno) }
    }

    deinit {
        closeWriting()
        if reading >= 0 { close(reading) }
    }

    /// Lets go of the writing end once the command has it.
    func closeWriting() {
        if isWritable.exchange(false, ordering: .relaxed), writing >= 0 { close(writing) }
    }

    /// Reads what is there, into memory of just that size, and does not wait.
    func read() -> Piece {
        let waiting = Int(platform_readable_bytes(reading))
        let size = min(max(waiting, 512), Self.capacity)
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
            count = Glibc.read(reading, buffer.baseAddress, size)
            filled = max(0, count)
        }
        if count > 0 { return .bytes(bytes) }
        return count < 0 && (errno == EAGAIN || errno == EINTR) ? .nothing : .end
    }
}
