import Synchronization
import Telemetry

/// Events on their way to a handler: filled by emitters, emptied by the instance's thread, bounded.
///
/// It belongs to the instance's name, not to the instance: when a plugin is replaced the queue stays attached
/// and the new instance goes on with what the old one left. No event is lost or handled twice.
final class HandlerQueue: EventConsumer, @unchecked Sendable {
    // Sendable: what changes is guarded or atomic.

    static let maximumEvents = 8192
    static let maximumBytes = 4 << 20

    let id: String

    private struct State {
        var batch = EventBatch()
        /// When the first event of the batch came.
        var firstArrival: Int64 = 0
        var dropped: UInt64 = 0
        var wakeAt = 1
    }

    private let state = Guarded(State())
    private let restsUntil = Atomic<Int64>(0)
    private let reader = Guarded(Reader())

    private struct Reader {
        var job: ObjectIdentifier?
        var worker: InstanceWorker?
    }
    private let clock: TelemetryClock

    init(id: String, clock: TelemetryClock) {
        self.id = id
        self.clock = clock
    }

    // MARK: The emitters' side

    func plan(for shape: EventShape.Pointer) -> UnsafeRawPointer? {
        UnsafeRawPointer(Unmanaged.passRetained(EventKeys(shape)).toOpaque())
    }

    func release(plan: UnsafeRawPointer) {
        Unmanaged<EventKeys>.fromOpaque(plan).release()
    }

    let calls = ConsumerCalls { queue, frame, plan in
        Unmanaged<HandlerQueue>.fromOpaque(queue)._withUnsafeGuaranteedRef { queue in
            queue.add(
                frame.assumingMemoryBound(to: EventFrame.self),
                Unmanaged<EventKeys>.fromOpaque(plan).takeUnretainedValue())
        }
    }

    private func add(_ frame: UnsafePointer<EventFrame>, _ keys: EventKeys) {
        let time = frame.pointee.timestamp == 0 ? clock.system() : frame.pointee.timestamp
        let isResting = restsUntil.load(ordering: .relaxed) > MonotonicTime.now
        let mustWake = state.withLock { state -> Bool in
            guard !isResting, state.batch.count < Self.maximumEvents,
                state.batch.byteCount < Self.maximumBytes
            else {
                // That something was dropped is news as well, once.
                let isFirst = state.dropped == 0 && state.batch.count == 0
                if isFirst { state.firstArrival = MonotonicTime.now }
                state.dropped += 1
                return isFirst
            }
            if state.batch.count == 0 { state.firstArrival = MonotonicTime.now }
            state.batch.append(frame, keys, time: time)
            // The first event starts the reader's timer, a full batch ends it.
            return state.batch.count == 1 || state.batch.count == state.wakeAt
        }
        if mustWake { reader.withLock { $0.worker }?.wake() }
    }

    // MARK: The reader's side

    /// Who takes events from now on, and is woken for them.
    func read(by job: HandlerJob, on worker: InstanceWorker) {
        state.withLock { $0.wakeAt = job.batchSize }
        reader.withLock { $0 = Reader(job: ObjectIdentifier(job), worker: worker) }
        // What another reader left is not to wait for the next event.
        worker.wake()
    }

    func isRead(by job: HandlerJob) -> Bool {
        reader.withLock { $0.job == ObjectIdentifier(job) }
    }

    /// Nobody takes events any more.
    func close() { reader.withLock { $0 = Reader() } }

    /// How many events wait, and since when; nil where there is nothing to take, not even news of drops.
    var waiting: (count: Int, since: Int64)? {
        state.withLock { state in
            state.batch.count > 0 || state.dropped > 0
                ? (state.batch.count, state.firstArrival) : nil
        }
    }

    /// Swaps the filled batch for an empty one; answers how many events were dropped since the last time.
    func take(_ batch: inout EventBatch) -> UInt64 {
        batch.removeAll()
        return state.withLock { state in
            swap(&state.batch, &batch)
            defer { state.dropped = 0 }
            return state.dropped
        }
    }

    /// Events are dropped, and counted, until then.
    func rest(until time: Int64) { restsUntil.store(time, ordering: .relaxed) }
}
