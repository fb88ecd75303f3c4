/// Ends what has left the process group of its run, when the run is over.
///
/// One walk over `/proc` serves all runs that ended since the last, so its cost goes with time and not with runs.
actor RunSweeper {
    private let processGuard: ProcessGuard
    private let pause: Duration
    private var waiting: [RunMark] = []
    private var isScheduled = false

    init(_ processGuard: ProcessGuard, pause: Duration = .milliseconds(100)) {
        self.processGuard = processGuard
        self.pause = pause
    }

    /// Returns when nothing of the run is left.
    func sweep(_ mark: RunMark) { end([mark]) }

    /// Sweeps within `pause`; until then the guard goes on guarding the run.
    func sweepSoon(_ mark: RunMark) {
        waiting.append(mark)
        guard !isScheduled else { return }
        isScheduled = true
        Task {
            try? await Task.sleep(for: pause)
            sweepWaiting()
        }
    }

    /// Sweeps what waits of the run, now: a process that is about to start for it again is not to be taken for a rest.
    func sweepBeforeStart(_ mark: RunMark) {
        guard waiting.contains(mark) else { return }
        waiting.removeAll { $0 == mark }
        end([mark])
    }

    /// Sweeps what waits, now.
    func sweepWaiting() {
        isScheduled = false
        let marks = waiting
        waiting.removeAll(keepingCapacity: true)
        end(marks)
    }

    private func end(_ marks: [RunMark]) {
        guard !marks.isEmpty else { return }
        _ = OrphanSweep.kill(marks)
        for mark in marks { processGuard.remove(mark) }
    }
}
