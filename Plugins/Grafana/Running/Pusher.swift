import Glibc
import PluginKit

/// Pushes again and again, in a thread of its own, until it is told to end.
final class Pusher {
    private let settings: GrafanaSettings
    private let push: PushSettings
    private let sources: DashboardSources
    private let grafana: GrafanaHost
    private let host: Host
    private let alarm: Alarm
    private let redaction: Redaction
    private let journal: Journal
    private var schedule: RetrySchedule
    private var memory = PushMemory()
    private var lifecycle: Lifecycle?
    private var transport: Transport?
    private var api: (any DashboardAPI)?

    init(
        _ settings: GrafanaSettings, _ grafana: GrafanaHost, _ host: Host, _ alarm: Alarm
    ) {
        self.settings = settings
        self.grafana = grafana
        self.host = host
        self.alarm = alarm
        push = settings.push(agentVersion: host.version)
        sources = DashboardSources(
            directories: settings.dashboards?.paths ?? DashboardSources.shipped,
            includesPlugins: settings.includesPlugins, host: host)
        redaction = Redaction(GrafanaAccess.secrets(settings, grafana))
        journal = Journal(host, redaction)
        schedule = RetrySchedule(interval: settings.refresh)
        if settings.annotates, settings.run == .always {
            lifecycle = Lifecycle(
                start: host.clock.systemNanoseconds / 1_000_000, version: host.version,
                tags: settings.annotationTags)
        }
    }

    /// Returns when the alarm says stop.
    func run(stopDeadline: () -> Deadline?) {
        if settings.run == .always {
            while !alarm.isStopping { alarm.sleep(round()) }
        } else {
            runOnce()
        }
        if let deadline = stopDeadline() { sayEnd(before: deadline) }
        alarm.onStop(nil)
    }

    /// One push; answers how long to wait for the next one.
    private func round() -> Duration {
        let random = Double.random(in: 0...1)
        do throws(Trouble) {
            try connect()
            let isPushed = try pushOnce()
            return sayStart() && isPushed
                ? schedule.succeeded(random: random)
                : schedule.failed(retryAfter: nil, random: random)
        } catch {
            guard !alarm.isStopping else { return .zero }
            let wait = schedule.failed(retryAfter: error.retryAfter, random: random)
            journal.trouble(error.reason, wait)
            return wait
        }
    }

    private func runOnce() {
        let told = RoundReport(log: host.log, redaction: redaction)
        do throws(Trouble) {
            try connect()
            let (report, faults) = try carryOut()
            told.tell(report, faults)
        } catch {
            told.tell(error)
        }
    }

    private func connect() throws(Trouble) {
        if transport == nil {
            let access = GrafanaAccess(settings, host: grafana, agentVersion: host.version)
            let made = try Transport(access)
            alarm.onStop(made.wake)
            transport = made
        }
        if api == nil { api = try detected() }
    }

    // MARK: Requests

    private func send(_ request: GrafanaRequest) throws(Trouble) -> GrafanaAnswer {
        guard let transport else { throw Trouble(reason: "there is no connection") }
        return try transport.send(request) { alarm.isStopping }
    }

    private func detected() throws(Trouble) -> any DashboardAPI {
        guard settings.api != .legacy else { return LegacyAPI() }
        guard let versions = try APIDetection.resources(in: send(APIDetection.request)) else {
            guard settings.api == .auto else {
                throw Trouble(reason: "Grafana does not offer dashboards under /apis")
            }
            return LegacyAPI()
        }
        return ResourceAPI(
            namespace: try namespace(), dashboardVersion: versions.dashboards,
            folderVersion: versions.folders)
    }

    private func namespace() throws(Trouble) -> String {
        if let namespace = settings.resourceNamespace { return namespace }
        if let organisation = settings.organisation {
            return APIDetection.namespace(organisation: Int64(organisation))
        }
        return try APIDetection.namespace(in: send(APIDetection.organisationRequest))
    }

    /// Whether there is nothing to try again soon.
    private func pushOnce() throws(Trouble) -> Bool {
        let (report, faults) = try carryOut()
        journal.finished(report, faults)
        return !report.isWorthRetrying
    }

    private func carryOut() throws(Trouble) -> (PushReport, [(name: String, reason: String)]) {
        guard let api else { throw Trouble(reason: "there is no connection") }
        let found = sources.read(push)
        var push = push
        // What cannot be read now was pushed once, perhaps: it is not retired.
        push.removesRetired = push.removesRetired && found.faults.isEmpty
        var plan = PushPlan(found.dashboards, push, memory: memory)
        var action = plan.begin()
        defer { memory = plan.remembered }
        while true {
            if case .finish(let report) = action { return (report, found.faults) }
            switch api.reply(to: action, try send(api.request(for: action))) {
            case .outcome(let outcome): action = plan.handle(outcome)
            case .trouble(let trouble): throw trouble
            }
        }
    }

    // MARK: The agent's life

    /// False: to be tried again.
    private func sayStart() -> Bool {
        do throws(Trouble) {
            while let request = lifecycle?.beginning {
                // Apart: a request that fails changes the state that the answer would change.
                let answer = try said(request)
                if let refusal = try lifecycle?.begun(answer) {
                    journal.annotationRefused(refusal)
                }
            }
            return true
        } catch {
            journal.annotationPutOff(error.reason)
            return false
        }
    }

    private func said(_ request: GrafanaRequest) throws(Trouble) -> GrafanaAnswer {
        do throws(Trouble) {
            return try send(request)
        } catch {
            lifecycle?.lost()
            throw error
        }
    }

    /// Other plugins have to stop before the same deadline: a Grafana that hangs gets no more than this of it.
    private static let farewell = Duration.seconds(2)

    /// Best effort: what is not said by then stays unsaid.
    private func sayEnd(before deadline: Deadline) {
        let now = host.clock.systemNanoseconds / 1_000_000
        guard let transport, let request = lifecycle?.ending(now) else { return }
        let end = Deadline.earlier(deadline, Deadline(after: Self.farewell))
        _ = try? transport.send(request, before: end) { false }
    }
}
