import Synchronization
import Telemetry

/// Work of an instance that comes due: its exporter, its poll, its handler, its stream.
///
/// Everything but `due` runs on the worker's thread alone.
protocol InstanceJob: AnyObject, Sendable {
    /// When there is something to do, nanoseconds monotonic; nil: not before it is woken. Called with the
    /// worker's lock held, from its thread.
    var due: Int64? { get }
    /// Does what is due.
    func run(now: Int64)
    /// The instance ends: does what must still be done before `deadline`.
    func finish(deadline: Int64, isReplaced: Bool)
}

/// The one thread on which an instance's [instance] functions run, so that they never meet.
final class InstanceWorker: Sendable {
    private struct Ending {
        let deadline: Int64
        let isReplaced: Bool
    }

    private struct State {
        /// Nil until the instance begins to work.
        var jobs: [any InstanceJob]?
        var ending: Ending?
        var isOver = false
    }

    private let name: String
    private let state = Monitor(State())

    init(name: String) { self.name = name }

    /// Has a thread wait for work. False where none could be had.
    func start() -> Bool {
        OSThread.start("plg-\(name)") { self.loop() }
    }

    /// Gives it its work.
    func begin(_ jobs: [any InstanceJob]) { state.change { $0.jobs = jobs } }

    /// Has the jobs' due times looked at again. Any thread; cheap while the worker is busy.
    func wake() { state.change { _ in } }

    /// Lets the call under way end, finishes the jobs, and ends. False when the deadline passed first.
    func end(deadline: Int64, isReplaced: Bool) -> Bool {
        state.change { $0.ending = Ending(deadline: deadline, isReplaced: isReplaced) }
        return state.wait(until: deadline) { $0.isOver }
    }

    private enum Next {
        case run(any InstanceJob)
        case end(Ending, [any InstanceJob])
    }

    private func loop() {
        while true {
            switch next() {
            case .run(let job): job.run(now: MonotonicTime.now)
            case .end(let ending, let jobs):
                for job in jobs {
                    job.finish(deadline: ending.deadline, isReplaced: ending.isReplaced)
                }
                state.change { state in
                    state.jobs = nil
                    state.isOver = true
                }
                return
            }
        }
    }

    private func next() -> Next {
        state.wait { state in
            if let ending = state.ending { return .done(.end(ending, state.jobs ?? [])) }
            var earliest: (due: Int64, job: any InstanceJob)?
            for job in state.jobs ?? [] {
                guard let due = job.due else { continue }
                if let other = earliest, other.due <= due { continue }
                earliest = (due, job)
            }
            guard let earliest else { return .wait(until: nil) }
            return earliest.due <= MonotonicTime.now
                ? .done(.run(earliest.job)) : .wait(until: earliest.due)
        }
    }
}

/// The call that is under way, seen from other threads: how a hung one is noticed while it hangs.
final class CallWatch: Sendable {
    private let deadline = Atomic<Int64>(0)
    private let counters: InstanceCounters

    init(_ counters: InstanceCounters) { self.counters = counters }

    /// Nanoseconds since the deadline of a call that has not come back; nil where all is well.
    func overdue(now: Int64) -> Int64? {
        let deadline = deadline.load(ordering: .relaxed)
        return deadline != 0 && now > deadline ? now - deadline : nil
    }

    /// Runs a call. True: it came back after its deadline.
    func watch<Result>(deadline: Int64, _ body: () -> Result) -> (result: Result, isOverrun: Bool) {
        self.deadline.store(deadline, ordering: .relaxed)
        let began = MonotonicTime.now
        let result = body()
        let ended = MonotonicTime.now
        self.deadline.store(0, ordering: .relaxed)
        counters.withLock { $0.callNanoseconds &+= ended &- began }
        return (result, ended > deadline)
    }
}
