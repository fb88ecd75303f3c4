import PubSub
import Repo
import Synchronization
import Telemetry

/// The output of one run on its way into the store and to those who watch.
///
/// What arrives while an earlier piece is being stored is gathered into the next: a talkative command makes few chunks,
/// and one that is waited for is seen at once. Watchers see only what is stored. While the store is locked or full,
/// output waits here and the command goes on, as long as there is room.
actor RunLog {
    private static let chunkBytes = 64 << 10

    private let run: Run
    private let surroundings: RunServer.Surroundings
    private var waiting: [UInt8] = []
    /// Of what the writer is storing.
    private var bytesUnderWay = 0
    private var writer: Task<Void, Never>?
    private var stored = 0
    /// Whether the command waits for room.
    private var isHeld = false
    /// Why output is lost; nothing more is taken then.
    private var failure: RepoError?
    private nonisolated let isHurried = Atomic(false)

    init(_ run: Run, _ surroundings: RunServer.Surroundings) {
        self.run = run
        self.surroundings = surroundings
    }

    /// Returns when there is room for more, or with the reason why there never will be.
    func append(_ bytes: ArraySlice<UInt8>) async -> RepoError? {
        guard failure == nil else { return failure }
        waiting += bytes
        surroundings.room.add(bytes.count)
        if writer == nil { writer = Task { await write() } }
        isHeld = true
        while isFull, let writer { await writer.value }
        isHeld = false
        return failure
    }

    /// Waits until all is stored; tells how many chunks are, and why they are not all.
    func finish() async -> (chunks: Int, failure: RepoError?) {
        while let writer { await writer.value }
        return (stored, failure)
    }

    /// Gives up what the store does not take at the next attempt.
    nonisolated func hurry() { isHurried.store(true, ordering: .relaxed) }

    private var isFull: Bool {
        let bytes = waiting.count + bytesUnderWay
        return bytes > surroundings.room.bytesPerRun || surroundings.room.isFull && bytes > 0
    }

    private func write() async {
        while !waiting.isEmpty, failure == nil {
            let bytes = waiting
            waiting = []
            bytesUnderWay = bytes.count
            await store(cut(bytes))
            bytesUnderWay = 0
            surroundings.room.remove(bytes.count)
        }
        surroundings.room.remove(waiting.count)
        waiting = []
        writer = nil
    }

    private func cut(_ bytes: [UInt8]) -> [RunChunk] {
        let now = surroundings.clock.system()
        return stride(from: 0, to: bytes.count, by: Self.chunkBytes).enumerated().map {
            index, start in
            RunChunk(
                runID: run.id, seq: Int64(stored + index + 1), at: now,
                bytes: Array(bytes[start..<min(start + Self.chunkBytes, bytes.count)]))
        }
    }

    private func store(_ chunks: [RunChunk]) async {
        let store = surroundings.store
        var heldSince: ContinuousClock.Instant?
        let failed = await PatientWrite(surroundings: surroundings).store {
            goesOn(&heldSince)
        } _: { () throws(RepoError) in
            try await store.append(chunks)
        }
        if let failed {
            failure = failed
            return
        }
        stored += chunks.count
        for chunk in chunks { surroundings.events.chunk(chunk, of: run) }
        let message = Message(chunks, of: run)
        if surroundings.hub.hasSubscribers(message.topics) { surroundings.hub.publish(message) }
    }

    /// Whether output still waits for a store that fails: not when the agent stops, nor when the command has waited
    /// for room too long.
    private func goesOn(_ heldSince: inout ContinuousClock.Instant?) -> Bool {
        guard !isHurried.load(ordering: .relaxed) else { return false }
        guard isHeld else {
            heldSince = nil
            return true
        }
        let since = heldSince ?? .now
        heldSince = since
        return ContinuousClock.now - since < surroundings.room.patience
    }
}
