import PubSub
import Repo
import Telemetry

/// The output of one run on its way into the store and to those who watch.
///
/// What arrives while an earlier piece is being stored is gathered into the next: a talkative command makes few chunks,
/// and one that is waited for is seen at once. Watchers see only what is stored.
actor RunLog {
    private static let chunkBytes = 64 << 10
    /// Above this the command waits.
    private static let maximumWaiting = 1 << 20

    private let run: Run
    private let surroundings: RunServer.Surroundings
    private var waiting: [UInt8] = []
    private var writer: Task<Void, Never>?
    private var stored = 0
    /// Why output is lost; nothing more is taken then.
    private var failure: RepoError?

    init(_ run: Run, _ surroundings: RunServer.Surroundings) {
        self.run = run
        self.surroundings = surroundings
    }

    /// Returns when there is room for more, or with the reason why there never will be.
    func append(_ bytes: ArraySlice<UInt8>) async -> RepoError? {
        guard failure == nil else { return failure }
        waiting += bytes
        if writer == nil { writer = Task { await write() } }
        while waiting.count > Self.maximumWaiting, let writer { await writer.value }
        return failure
    }

    /// Waits until all is stored; tells how many chunks are, and why they are not all.
    func finish() async -> (chunks: Int, failure: RepoError?) {
        while let writer { await writer.value }
        return (stored, failure)
    }

    private func write() async {
        while !waiting.isEmpty, failure == nil {
            let bytes = waiting
            waiting = []
            await store(cut(bytes))
        }
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
        do {
            try await surroundings.store.append(chunks)
        } catch {
            failure = error
            return
        }
        stored += chunks.count
        for chunk in chunks { surroundings.events.chunk(chunk, of: run) }
        let message = Message(chunks, of: run)
        if surroundings.hub.hasSubscribers(message.topics) { surroundings.hub.publish(message) }
    }
}
