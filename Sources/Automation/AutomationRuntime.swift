package import PubSub
package import Redaction
package import Repo
import Synchronization
package import Telemetry

/// The automation runtime: runs on devices, admitted by quotas, kept in the store, told to whoever listens.
///
///     let run = try await automation.executeRun(
///         RunRequest(deviceID: "edge-1", command: .text("uptime"), requestedBy: "api"))
package final class AutomationRuntime: Sendable {
    /// What somebody should read in the log, as a sentence.
    package typealias Report = @Sendable (String) -> Void

    package let quota: QuotaServer
    package let store: RunStore
    package let hub: PubSub
    /// The output that waits for the store.
    package let room: OutputRoom

    private let settings: Mutex<AutomationSettings>
    private let adapters: [String: any ProtocolAdapter]
    private let surroundings: RunServer.Surroundings
    private let supervisor: RunSupervisor
    private let report: Report
    private let scheduled: @Sendable (Run) -> Void
    private let isStopping = Atomic(false)
    private let schedules = Mutex<ScheduleKeeper?>(nil)
    private let scheduleRunner: ScheduleRunner

    /// - Parameters:
    ///   - eventPrefix: in front of the names of all its events.
    ///   - redactor: takes secrets out of what is stored and told of runs.
    ///   - room: bounds the output that waits for the store.
    ///   - scheduled: told of each run that a schedule has created.
    package init(
        settings: AutomationSettings, store: RunStore, quota: QuotaServer, hub: PubSub,
        adapters: [any ProtocolAdapter], bus: TelemetryBus, eventPrefix: EventName = "net_auto",
        redactor: CurrentRedactor = CurrentRedactor(), room: OutputRoom = OutputRoom(),
        report: @escaping Report = { _ in }, scheduled: @escaping @Sendable (Run) -> Void = { _ in }
    ) {
        self.quota = quota
        self.store = store
        self.hub = hub
        self.room = room
        self.settings = Mutex(settings)
        self.adapters = Dictionary(adapters.map { ($0.name, $0) }) { first, _ in first }
        self.report = report
        self.scheduled = scheduled
        surroundings = RunServer.Surroundings(
            store: store, hub: hub, events: RunEvents(bus, prefix: eventPrefix),
            clock: bus.clock, redactor: redactor, room: room, report: report)
        supervisor = RunSupervisor(surroundings)
        scheduleRunner = ScheduleRunner(surroundings, report: report)
    }

    // MARK: Runs

    /// Creates a run and starts it.
    ///
    /// Returns when the run is stored, not when it has ended. A run that the quota does not admit is stored and returned
    /// with status `error` and the reason `quota_exceeded:…`.
    package func executeRun(_ request: RunRequest) async throws(RunRefusal) -> Run {
        let (device, settings) = try find(request.deviceID)
        let command =
            device.isRaw
            ? try request.command.line() : try request.command.words(forShell: device.usesShell)
        guard device.commands.allows(command) else {
            throw .commandNotAllowed(
                device: device.id, accepted: device.commands.descriptions ?? [])
        }
        guard let adapter = adapters[device.protocolName] else {
            throw .badRequest("nothing here speaks \"\(device.protocolName)\"")
        }
        guard await supervisor.reserve(limit: settings.maxActive) else {
            throw .tooManyRuns(limit: settings.maxActive)
        }
        let run = run(request, command, on: device)
        let limits = settings.limits(for: device, asked: request.timeout)
        let server = RunServer(
            run, command, on: device, through: adapter, limits: limits, surroundings)
        let outcome = await Correlation.$current.withValue(run.correlationID) {
            () async -> Result<Run, RunRefusal> in
            do throws(RunRefusal) {
                return .success(try await admit(run, server, request))
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    /// A new run as it is stored and told: without secrets.
    private func run(_ request: RunRequest, _ command: [String], on device: Device) -> Run {
        let id = request.id ?? RunID()
        let redactor = surroundings.redactor.value
        return Run(
            id: id, deviceID: device.id, protocolName: device.protocolName, site: device.site,
            command: redactor.arguments(command), requestedBy: redactor.text(request.requestedBy),
            correlationID: redactor.text(
                request.correlationID ?? Correlation.current ?? id.text),
            createdAt: surroundings.clock.system())
    }

    /// Asks the quota, stores the run and hands it to the supervisor, or gives back the place that is reserved for it.
    private func admit(
        _ run: Run, _ server: RunServer, _ request: RunRequest
    ) async throws(RunRefusal) -> Run {
        let metadata = QuotaMetadata(runID: run.id.text, owner: run.requestedBy)
        if let wait = request.wait, wait > .zero {
            try await createOrGiveBack(run)
            await supervisor.start(server, id: run.id) { [quota] () throws(QuotaRefusal) in
                try await quota.checkOut(
                    site: run.site, metadata: metadata, within: wait, place: request.place)
            }
            return run
        }
        let reservation: Reservation
        do {
            reservation = try quota.checkOut(site: run.site, metadata: metadata)
        } catch {
            var refused = RunLifecycle(run)
            refused.refuse(error.reason, "\(error)", at: surroundings.clock.system())
            try await createOrGiveBack(refused.run)
            await supervisor.giveBack()
            return refused.run
        }
        do {
            try await createOrGiveBack(run)
        } catch {
            quota.checkIn(reservation, reason: .canceled)
            throw error
        }
        await supervisor.start(server, id: run.id) { () throws(QuotaRefusal) in reservation }
        return run
    }

    private func createOrGiveBack(_ run: Run) async throws(RunRefusal) {
        do {
            try await store.create(run)
        } catch {
            await supervisor.giveBack()
            throw .store(error)
        }
        surroundings.events.created(run)
        hub.publish(Message(run))
    }

    private func find(_ id: String) throws(RunRefusal) -> (Device, AutomationSettings) {
        guard !isStopping.load(ordering: .relaxed) else { throw .stopping }
        let settings = settings.withLock { $0 }
        guard let device = settings.devices[id] else {
            throw .unknownDevice(id, known: settings.devices.keys.sorted())
        }
        return (device, settings)
    }

    /// Asks a run to end, and returns it as it is then; `follow` tells of its end.
    @discardableResult
    package func cancelRun(_ id: RunID, requestedBy: String) async throws(RunRefusal) -> Run {
        let isActive = await supervisor.cancel(
            id, by: surroundings.redactor.value.text(requestedBy))
        guard let run = try await run(id) else { throw .unknownRun(id.text) }
        guard isActive else { throw .ended(run) }
        return run
    }

    package func run(_ id: RunID) async throws(RunRefusal) -> Run? {
        if let run = await supervisor.run(id) { return run }
        do {
            return try await store.run(id)
        } catch {
            throw .store(error)
        }
    }

    /// Every run that waits for its turn or is being carried out.
    package func activeRuns() async -> [Run] { await supervisor.runs() }

    /// A run's output from a chunk on, and its end.
    package func follow(_ id: RunID, after last: Int64 = 0) -> RunFollower {
        RunFollower(id, after: last, store: store, hub: hub)
    }

    // MARK: Settings

    package var devices: [Device] {
        settings.withLock { $0.devices.values.sorted { $0.id < $1.id } }
    }

    /// Has the store know these devices; the only part of a change that may fail, and to be done first.
    package func keepDevices(of new: AutomationSettings) async throws(RepoError) {
        try await store.saveDevices(
            new.devices.values.map {
                DeviceRow(id: $0.id, site: $0.site, protocolName: $0.protocolName)
            }, at: surroundings.clock.system())
    }

    /// Holds for runs created from now on; schedules that are the same go on.
    package func use(_ new: AutomationSettings) async {
        settings.withLock { $0 = new }
        await scheduleRunner.keep(new.schedules)
        await schedules.withLock { $0 }?.apply(new.schedules)
    }

    // MARK: Start and stop

    /// Ends what an earlier agent left behind.
    ///
    /// Runs that it left unfinished become `error: agent_restarted`. Their events were the other agent's to send, so
    /// none are sent here: whatever counts them began at zero too.
    package func start() async throws(RepoError) {
        // Before they are closed: were the agent to die in between, the next one would look for them again.
        OrphanSweep.kill(runIDs: try await unfinished().map(\.id.text))
        let closed = try await store.closeUnfinished(
            reason: "agent_restarted", message: "the agent was restarted while it ran",
            at: surroundings.clock.system())
        if !closed.isEmpty {
            report(
                "\(closed.count) runs were left unfinished by an agent that did not stop in order")
        }
        try await keepDevices(of: settings.withLock { $0 })
        try await scheduleRunner.load()
        await scheduleRunner.keep(settings.withLock { $0.schedules })
    }

    /// Begins the schedules; to be called once nothing can keep the agent from running any more.
    package func beginSchedules() async {
        guard !isStopping.load(ordering: .relaxed) else { return }
        let keeper = ScheduleKeeper(
            clock: surroundings.clock, book: scheduleRunner.book
        ) { [weak self] in
            await self?.carryOut($0) ?? true
        }
        schedules.withLock { $0 = keeper }
        await keeper.apply(settings.withLock { $0.schedules })
    }

    private func unfinished() async throws(RepoError) -> [Run] {
        var runs: [Run] = []
        for status in RunStatus.allCases where !status.isFinal {
            var last: RunID?
            repeat {
                let page = try await store.runs(
                    RunFilter(status: status), before: last, limit: 1000)
                runs += page
                last = page.last?.id
            } while last != nil
        }
        return runs
    }

    private func carryOut(_ turn: ScheduleKeeper.Turn) async -> Bool {
        // Its turn is still due when the agent is there again.
        guard !isStopping.load(ordering: .relaxed) else { return true }
        return await scheduleRunner.carryOut(turn) { request throws(RunRefusal) in
            let run = try await executeRun(request)
            scheduled(run)
            if let ended = await supervisor.end(of: run.id) { return ended }
            return try await self.run(run.id) ?? run
        }
    }

    /// Every schedule with its newest run and its next begin, by name.
    package var scheduleStates: [ScheduleState] { scheduleRunner.book.states }

    /// Stores what could not be stored before; to be called every few seconds.
    package func tick() async { await supervisor.saveAgain() }

    /// Takes no more requests, lets runs go on for as long as `patience`, ends what is left, and returns when nothing is.
    package func stop(within patience: Duration) async {
        isStopping.store(true, ordering: .relaxed)
        await schedules.withLock { $0 }?.stop()
        await supervisor.stop(within: patience)
        for adapter in adapters.values { await adapter.stop() }
    }
}
