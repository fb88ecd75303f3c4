import Glibc
import Synchronization
import Telemetry

/// Memory for the cells of a group, in which a cache line holds what one thread writes and nothing else.
///
/// A line that one core writes has to be fetched by every other core that so much as reads beside it. So each
/// owner's blocks lie in chunks of their own, apart from rows, plans and other threads' cells.
final class CellStore: Sendable {
    private static let line = 64
    private static let smallestChunk = 512
    private static let largestChunk = 32_768

    /// One owner's chunks.
    private struct Pool {
        var chunkSize = CellStore.smallestChunk
        var free: [UnsafeMutableRawPointer] = []
    }

    private struct State {
        var pools: [UInt32: Pool] = [:]
        var chunks: [UnsafeMutableRawPointer] = []
    }

    private let blockSize: Int
    private let state = Guarded(State())

    /// For blocks of `blockSize` bytes; `isShared`: written by all threads, so that each gets lines of its own.
    init(blockSize: Int, isShared: Bool = false) {
        let unit = isShared ? Self.line : 8
        self.blockSize = max(unit, (blockSize + unit - 1) / unit * unit)
    }

    deinit { state.withLock { for chunk in $0.chunks { free(chunk) } } }

    /// A block of zeros for this owner.
    func take(owner: UInt32) -> UnsafeMutableRawPointer {
        let block = state.withLock { state -> UnsafeMutableRawPointer in
            var pool = state.pools.removeValue(forKey: owner) ?? Pool()
            if pool.free.isEmpty { state.chunks.append(addChunk(to: &pool)) }
            let block = pool.free.removeLast()
            state.pools[owner] = pool
            return block
        }
        memset(block, 0, blockSize)
        return block
    }

    /// Takes a block back; nobody uses it any more.
    func give(_ block: UnsafeMutableRawPointer, owner: UInt32) {
        state.withLock { $0.pools[owner, default: Pool()].free.append(block) }
    }

    private func addChunk(to pool: inout Pool) -> UnsafeMutableRawPointer {
        let count = max(1, pool.chunkSize / blockSize)
        let size = (count * blockSize + Self.line - 1) / Self.line * Self.line
        var chunk: UnsafeMutableRawPointer?
        guard posix_memalign(&chunk, Self.line, size) == 0, let chunk else {
            fatalError("out of memory")
        }
        pool.chunkSize = min(Self.largestChunk, pool.chunkSize * 2)
        for index in (0..<count).reversed() { pool.free.append(chunk + index * blockSize) }
        return chunk
    }
}
