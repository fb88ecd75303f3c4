import PubSub
import Repo
import Telemetry

/// Starts, finds, counts and ends the runs that are under way.
///
/// A run belongs to it from its creation until its final state is stored. It starts no run anew: whether a command may
/// be repeated, only who asked for it knows.
actor RunSupervisor {
    private let surroundings: RunServer.Surroundings
    private var isStopping = false
    private var active: [RunID: RunServer] = [:]
    /// Ended, and not stored because the store would not take it.
    private var unsaved: [RunID: Run] = [:]
    private var restWaiters: [CheckedContinuation<Void, Never>] = []
    private var endWaiters: [RunID: [CheckedContinuation<Void, Never>]] = [:]

    init(_ surroundings: RunServer.Surroundings) { self.surroundings = surroundings }

    /// How many runs wait for their turn or are being carried out.
    var count: Int { active.count }

    /// A run that is under way, or whose end could not be stored yet.
    func run(_ id: RunID) async -> Run? {
        if let server = active[id] { return await server.run }
        return unsaved[id]
    }

    /// All runs under way.
    func runs() async -> [Run] {
        var runs: [Run] = []
        for server in active.values { runs.append(await server.run) }
        return runs
    }

    // MARK: Starting

    func start(_ server: RunServer, id: RunID, after admission: @escaping RunServer.Admission) {
        active[id] = server
        Task {
            if isStopping { await server.interrupt(.agentStopping) }
            await server.carryOut(after: admission) { await self.settle($0) }
            active[id] = nil
            for waiter in endWaiters.removeValue(forKey: id) ?? [] { waiter.resume() }
            if active.isEmpty { rest() }
        }
    }

    /// Returns when the run is not under way any more.
    func end(of id: RunID) async {
        guard active[id] != nil else { return }
        await withCheckedContinuation { endWaiters[id, default: []].append($0) }
    }

    /// Stores the end of a run and tells of it; what cannot be stored is kept and tried again.
    private func settle(_ run: Run) async {
        do {
            try await surroundings.store.save(run)
        } catch {
            unsaved[run.id] = run
        }
        surroundings.hub.publish(Message(run))
    }

    /// Tries again to store what could not be stored; to be called now and then.
    func saveAgain() async {
        for run in unsaved.values {
            guard (try? await surroundings.store.save(run)) != nil else { return }
            unsaved[run.id] = nil
        }
    }

    // MARK: Ending

    /// - Returns: whether the run was under way.
    func cancel(_ id: RunID, by requester: String) async -> Bool {
        guard let server = active[id] else { return false }
        await server.interrupt(.canceled(by: requester))
        return true
    }

    /// Runs may go on for as long as `patience`, and are ended then; returns when none is left.
    func stop(within patience: Duration) async {
        isStopping = true
        if !active.isEmpty {
            let deadline = Task {
                try await Task.sleep(for: patience)
                for server in active.values { await server.interrupt(.agentStopping) }
            }
            await withCheckedContinuation { restWaiters.append($0) }
            deadline.cancel()
        }
        await saveAgain()
    }

    private func rest() {
        for waiter in restWaiters { waiter.resume() }
        restWaiters = []
    }
}
