import PubSub
import Redaction
import Repo
import Telemetry

/// One run, from its admission to its end: its turn, the command on the device, its output, its time limit.
actor RunServer {
    /// What all runs share.
    struct Surroundings: Sendable {
        let store: RunStore
        let hub: PubSub
        let events: RunEvents
        let clock: TelemetryClock
        let redactor: CurrentRedactor
        let room: OutputRoom
        let report: AutomationRuntime.Report
    }

    struct Limits: Sendable {
        let timeout: Duration
        let killGrace: Duration
        let maxOutputBytes: Int
        let redactsOutput: Bool
    }

    /// Waits for a run's turn.
    typealias Admission = @Sendable () async throws(QuotaRefusal) -> Reservation

    private let surroundings: Surroundings
    private let limits: Limits
    private let device: Device
    /// As it was asked for; the run tells it without its secrets.
    private let command: [String]
    private let adapter: any ProtocolAdapter
    private let log: RunLog
    private var life: RunLifecycle
    /// Takes secrets out of the output, where that is wanted.
    private var outputRedactor: StreamRedactor?
    /// Ends what the run is waiting for now.
    private var end: (@Sendable () -> Void)?

    init(
        _ run: Run, _ command: [String], on device: Device, through adapter: any ProtocolAdapter,
        limits: Limits, _ surroundings: Surroundings
    ) {
        self.device = device
        self.command = command
        self.adapter = adapter
        self.limits = limits
        self.surroundings = surroundings
        life = RunLifecycle(run)
        log = RunLog(run, surroundings)
        if limits.redactsOutput { outputRedactor = StreamRedactor(surroundings.redactor.value) }
    }

    /// The run as it is now.
    var run: Run { life.run }

    /// Ends the run, if it has not ended and nothing else ends it already.
    func interrupt(_ reason: RunLifecycle.Interruption) {
        // The agent cannot wait for a store that is locked or full.
        if reason == .agentStopping { log.hurry() }
        if life.interrupt(reason) { end?() }
    }

    // MARK: The way of a run

    /// Carries the run out. When it returns, nothing of its command is left and its output is stored.
    ///
    /// - Parameter settle: stores the final state; the reservation is held until then.
    func carryOut(
        after admission: @escaping Admission, settle: @Sendable (Run) async -> Void
    ) async {
        switch await admit(admission) {
        case .failure(let refusal):
            giveUp(refusal)
            await settle(life.run)
        case .success(let reservation):
            if life.interruption == nil { await execute() } else { giveUp(nil) }
            await settle(life.run)
            reservation.checkIn(reason: life.run.status == .canceled ? .canceled : .normal)
        }
    }

    private func admit(_ admission: @escaping Admission) async -> Result<
        Reservation, QuotaRefusal
    > {
        let turn = Task { @concurrent () -> Result<Reservation, QuotaRefusal> in
            do throws(QuotaRefusal) {
                return .success(try await admission())
            } catch {
                return .failure(error)
            }
        }
        end = { turn.cancel() }
        if life.interruption != nil { turn.cancel() }
        defer { end = nil }
        return await turn.value
    }

    private func giveUp(_ refusal: QuotaRefusal?) {
        let now = surroundings.clock.system()
        if let refusal, life.interruption == nil {
            life.refuse(refusal.reason, "\(refusal)", at: now)
        } else {
            life.giveUp(at: now)
        }
    }

    private func execute() async {
        let clock = surroundings.clock
        life.start(at: clock.system())
        let started = clock.monotonic()
        surroundings.events.started(life.run)
        let late = await storeStart()
        let result = await runCommand()
        if let rest = outputRedactor?.finish(), !rest.isEmpty { _ = await keep(rest) }
        let (chunks, failure) = await log.finish()
        life.addChunks(chunks)
        if let failure { _ = life.interrupt(.storeFailed("\(failure)")) }
        // What is stored next tells of the beginning as well.
        late?.cancel()
        await late?.value
        let ending = life.finish(result, at: clock.system())
        surroundings.events.ended(life.run, ending, duration: clock.monotonic() - started)
    }

    /// Stores that the run has begun. Where the store is locked or full, the command begins, and the answer is a task
    /// that goes on trying until it is canceled.
    private func storeStart() async -> Task<Void, Never>? {
        let run = life.run
        do {
            try await surroundings.store.save(run)
            surroundings.hub.publish(Message(run))
        } catch  where error.mayPass {
            return Task { [surroundings] in
                let failure = await PatientWrite(surroundings: surroundings).store {
                    !Task.isCancelled
                } _: { () throws(RepoError) in
                    try await surroundings.store.save(run)
                }
                if failure == nil { surroundings.hub.publish(Message(run)) }
            }
        } catch {
            interrupt(.storeFailed("\(error)"))
        }
        return nil
    }

    private func runCommand() async -> Result<RunExit, AdapterFailure> {
        let order = RunOrder(
            runID: life.run.id.text, device: device, command: command,
            killGrace: limits.killGrace)
        let work = Task {
            @concurrent [adapter, surroundings] () -> Result<RunExit, AdapterFailure> in
            do throws(AdapterFailure) {
                return .success(
                    try await adapter.execute(order) { bytes in await self.receive(bytes) })
            } catch {
                return .failure(error.redacted(by: surroundings.redactor.value))
            }
        }
        end = { work.cancel() }
        if life.interruption != nil { work.cancel() }
        let timer = Task { [limits] in
            try await Task.sleep(for: limits.timeout)
            interrupt(.timeout(after: limits.timeout))
        }
        defer {
            timer.cancel()
            end = nil
        }
        return await work.value
    }

    /// Takes output from the adapter; answers whether more is wanted.
    private func receive(_ bytes: [UInt8]) async -> Bool {
        await keep(outputRedactor?.take(bytes[...]) ?? bytes)
    }

    /// Stores output and shows it; answers whether more is wanted.
    private func keep(_ bytes: [UInt8]) async -> Bool {
        let kept = life.take(bytes.count, limit: limits.maxOutputBytes)
        if kept > 0, let failure = await log.append(bytes.prefix(kept)) {
            interrupt(.storeFailed("\(failure)"))
            return false
        }
        return !life.run.isTruncated
    }
}

extension AdapterFailure {
    /// What other programs say of a failure may tell anything.
    fileprivate func redacted(by redactor: Redactor) -> AdapterFailure {
        AdapterFailure(kind: kind, reason: reason, message: redactor.text(message))
    }
}
