import PubSub
package import Repo

/// What becomes of one run: all of its output, then its end.
///
/// Output that is stored already comes from the store, and what follows as it is stored. A follower that does not keep
/// up misses nothing: it goes back to the store.
package struct RunFollower: AsyncSequence, Sendable {
    package enum Item: Sendable {
        /// In order, without gaps.
        case chunks([RunChunk])
        /// Its state has changed; after a final one nothing follows.
        case status(Run)
    }

    /// The most that is read from the store at once.
    private static let pageBytes = 1 << 20

    private let id: RunID
    private let last: Int64
    private let store: RunStore
    private let subscription: Subscription

    /// - Parameter last: the number of the last chunk that is known already; 0 for none.
    init(_ id: RunID, after last: Int64, store: RunStore, hub: PubSub) {
        self.id = id
        self.last = last
        self.store = store
        subscription = hub.subscribe(to: [.run(id.text)], capacity: 64)
    }

    package func makeAsyncIterator() -> Iterator {
        Iterator(id: id, last: last, store: store, subscription: subscription)
    }

    package struct Iterator: AsyncIteratorProtocol {
        fileprivate let id: RunID
        fileprivate var last: Int64
        fileprivate let store: RunStore
        fileprivate let subscription: Subscription
        private var ready: ArraySlice<Item> = []
        private var mustRead = true
        private var hasEnded = false
        /// The end as it was told, for a store that could not take it.
        private var end: Run?

        fileprivate init(id: RunID, last: Int64, store: RunStore, subscription: Subscription) {
            self.id = id
            self.last = last
            self.store = store
            self.subscription = subscription
        }

        package mutating func next() async throws(RepoError) -> Item? {
            while true {
                if let item = ready.popFirst() { return item }
                if hasEnded { return nil }
                if mustRead {
                    try await readStore()
                } else {
                    guard let batch = await subscription.next() else { return nil }
                    take(batch)
                }
            }
        }

        package mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(RepoError) -> Item? {
            try await next()
        }

        /// The run is read before its chunks: when it has ended, they are all there.
        private mutating func readStore() async throws(RepoError) {
            let run = try await store.run(id)
            let chunks = try await store.chunks(
                of: id, after: last, maxBytes: RunFollower.pageBytes)
            if let newest = chunks.last {
                last = newest.seq
                ready = [.chunks(chunks)]
                return
            }
            mustRead = false
            guard let run = end ?? run else {
                hasEnded = true
                return
            }
            ready = [.status(run)]
            hasEnded = run.status.isFinal
        }

        private mutating func take(_ batch: Subscription.Batch) {
            if batch.missed > 0 {
                mustRead = true
                return
            }
            for message in batch.messages {
                if let output = message.notice as? RunOutputNotice {
                    take(output.chunks)
                } else if let notice = message.notice as? RunNotice {
                    take(notice.run)
                }
                if mustRead { return }
            }
        }

        private mutating func take(_ chunks: [RunChunk]) {
            let new = chunks.drop { $0.seq <= last }
            guard let first = new.first, let newest = new.last else { return }
            guard first.seq == last + 1 else {
                mustRead = true
                return
            }
            last = newest.seq
            ready.append(.chunks(Array(new)))
        }

        /// The end is taken from the store, behind the last of the output.
        private mutating func take(_ run: Run) {
            if run.status.isFinal {
                end = run
                mustRead = true
            } else {
                ready.append(.status(run))
            }
        }
    }
}
