import Synchronization
import Telemetry

/// Things copied one behind the other, in memory that is reused.
protocol QueuedBatch {
    init()
    var count: Int { get }
    /// What the texts of it take.
    var byteCount: Int { get }
    mutating func removeAll()
}

/// What emitters leave for an instance's thread to take: bounded, and never waited for.
///
/// It belongs to the instance's name, not to the instance: when a plugin is replaced the queue stays, and the new
/// instance goes on with what the old one left. Nothing is lost or handled twice.
final class BatchQueue<Batch: QueuedBatch>: Sendable {
    private struct State {
        var batch = Batch()
        /// When the first thing of the batch came.
        var firstArrival: Int64 = 0
        var dropped: UInt64 = 0
        var wakeAt = 1
    }

    private struct Reader {
        var job: ObjectIdentifier?
        var worker: InstanceWorker?
    }

    private let maximumCount: Int
    private let maximumBytes: Int
    private let state = Guarded(State())
    private let reader = Guarded(Reader())
    private let restsUntil = Atomic<Int64>(0)

    init(maximumCount: Int, maximumBytes: Int) {
        self.maximumCount = maximumCount
        self.maximumBytes = maximumBytes
    }

    // MARK: The emitters' side

    /// Has `append` add one thing, or counts one as dropped where there is no room. Any thread.
    ///
    /// - Parameters:
    ///   - merge: has what is there already take the thing in, so that it needs no room; false where it cannot
    ///   - replace: puts the thing in another's place, where there is no room
    func add(
        merging merge: (inout Batch) -> Bool = { _ in false },
        appending append: (inout Batch) -> Void,
        orElse replace: (inout Batch) -> Void = { _ in }
    ) {
        let isResting = restsUntil.load(ordering: .relaxed) > MonotonicTime.now
        let mustWake = state.withLock { state -> Bool in
            let isFirst = state.batch.count == 0 && state.dropped == 0
            if isFirst { state.firstArrival = MonotonicTime.now }
            if !isResting, !isFirst, merge(&state.batch) { return false }
            guard !isResting, state.batch.count < maximumCount,
                state.batch.byteCount < maximumBytes
            else {
                if !isResting { replace(&state.batch) }
                // That something was dropped is news as well, once.
                state.dropped += 1
                return isFirst
            }
            append(&state.batch)
            // The first one starts the reader's timer, a full batch ends it.
            return isFirst || state.batch.count == state.wakeAt
        }
        if mustWake { reader.withLock { $0.worker }?.wake() }
    }

    // MARK: The reader's side

    /// Who takes from now on, and is woken when `count` wait.
    func read(by job: any InstanceJob, on worker: InstanceWorker, wakeAt count: Int) {
        state.withLock { $0.wakeAt = max(count, 1) }
        reader.withLock { $0 = Reader(job: ObjectIdentifier(job), worker: worker) }
        rest(until: 0)
        // What another reader left is not to wait for the next arrival.
        worker.wake()
    }

    func isRead(by job: any InstanceJob) -> Bool {
        reader.withLock { $0.job == ObjectIdentifier(job) }
    }

    /// How many wait, and since when; nil where there is nothing to take, not even news of drops.
    var waiting: (count: Int, since: Int64)? {
        state.withLock { state in
            state.batch.count > 0 || state.dropped > 0
                ? (state.batch.count, state.firstArrival) : nil
        }
    }

    /// When a reader that likes batches of `count` should take what waits.
    func due(count: Int, interval: Int64) -> Int64? {
        guard let (waiting, since) = waiting else { return nil }
        return waiting >= count ? since : MonotonicTime.after(interval, from: since)
    }

    /// Swaps the filled batch for an empty one; answers how many were dropped since the last time.
    func take(_ batch: inout Batch) -> UInt64 {
        batch.removeAll()
        return state.withLock { state in
            swap(&state.batch, &batch)
            defer { state.dropped = 0 }
            return state.dropped
        }
    }

    /// What comes is dropped, and counted, until then.
    func rest(until time: Int64) { restsUntil.store(time, ordering: .relaxed) }
}
