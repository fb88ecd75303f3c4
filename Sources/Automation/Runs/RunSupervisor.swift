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
    /// Places that are taken by runs which are being created.
    private var reserved = 0
    /// Ended, and not stored because the store would not take it.
    private var unsaved: [RunID: Run] = [:]
    private var restWaiters: [CheckedContinuation<Void, Never>] = []
    private var endWaiters: [RunID: [CheckedContinuation<Run, Never>]] = [:]

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

    /// Takes a place for a run that is about to be created, if there are fewer than `limit`. It becomes the run's when
    /// that is started, and is to be given back where it is not.
    func reserve(limit: Int) -> Bool {
        guard active.count + reserved < limit else { return false }
        reserved += 1
        return true
    }

    /// The run was not started.
    func giveBack() {
        reserved -= 1
        restIfIdle()
    }

    /// Starts a run in the place that was reserved for it.
    func start(_ server: RunServer, id: RunID, after admission: @escaping RunServer.Admission) {
        reserved -= 1
        active[id] = server
        Task {
            if isStopping { await server.interrupt(.agentStopping) }
            await server.carryOut(after: admission) { await self.settle($0) }
            active[id] = nil
            let ended = await server.run
            for waiter in endWaiters.removeValue(forKey: id) ?? [] {
                waiter.resume(returning: ended)
            }
            restIfIdle()
        }
    }

    /// The run once it is not under way any more; `nil` where it is not already.
    func end(of id: RunID) async -> Run? {
        guard active[id] != nil else { return nil }
        return await withCheckedContinuation { endWaiters[id, default: []].append($0) }
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
    ///
    /// One that the store will never take does not hold up the others.
    func saveAgain() async {
        for run in unsaved.values {
            do {
                try await surroundings.store.save(run)
            } catch  where error.mayPass {
                return
            } catch {
                surroundings.report("the end of run \(run.id) is lost: \(error)")
            }
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
        if !isIdle {
            let deadline = Task {
                try await Task.sleep(for: patience)
                for server in active.values { await server.interrupt(.agentStopping) }
            }
            await withCheckedContinuation { restWaiters.append($0) }
            deadline.cancel()
        }
        await saveAgain()
    }

    private var isIdle: Bool { active.isEmpty && reserved == 0 }

    private func restIfIdle() {
        guard isIdle else { return }
        for waiter in restWaiters { waiter.resume() }
        restWaiters = []
    }
}
