import Automation
import PubSub
import Repo
import Telemetry
import TestSupport

/// An automation runtime over a real store, with an adapter that does as it is told.
struct Bench {
    let bus = TelemetryBus()
    let directory: TemporaryDirectory
    let repo: Repo
    let store: RunStore
    let hub = PubSub()
    let adapter = ScriptedAdapter()
    let quota: QuotaServer
    let automation: AutomationRuntime
    let recorder: EventRecorder

    static let device = Device(
        id: "edge-1", site: "ams", endpoint: .local(LocalEndpoint()))

    init(
        _ settings: AutomationSettings = AutomationSettings(devices: [device]),
        limits: QuotaLimits? = nil, adapters: [any ProtocolAdapter] = [],
        busyTimeout: Duration = .seconds(5), room: OutputRoom = OutputRoom()
    ) async throws {
        directory = try TemporaryDirectory()
        repo = try Repo(
            settings: Repo.Settings(
                path: "\(directory.path)/store/agent.db", busyTimeout: busyTimeout), bus: bus)
        store = RunStore(repo)
        recorder = try EventRecorder(bus, "net_auto.run.*", "net_auto.runner.*", "net_auto.quota.*")
        quota = QuotaServer(
            limits: try limits ?? QuotaLimits(global: 100, otherSites: 100), bus: bus)
        automation = AutomationRuntime(
            settings: settings, store: store, quota: quota, hub: hub,
            adapters: adapters.isEmpty ? [adapter] : adapters, bus: bus, room: room)
    }

    /// Another program that holds the store until it is killed.
    func neighbour() async throws -> ChildProcess {
        let neighbour = try ChildProcess(
            "sqlite3", [repo.settings.path],
            input: Array(
                "BEGIN IMMEDIATE;\n.print locked\n.shell exec tail -f --pid=$PPID /dev/null\n".utf8)
        )
        _ = try await neighbour.waitForLine(containing: "locked", in: .output)
        return neighbour
    }

    func request(_ words: String...) -> RunRequest {
        RunRequest(deviceID: "edge-1", command: .words(words), requestedBy: "test")
    }

    /// Starts a run and waits for its end.
    func finish(_ words: String...) async throws -> Run {
        try await end(
            of: automation.executeRun(
                RunRequest(deviceID: "edge-1", command: .words(words), requestedBy: "test")
            ).id)
    }

    func end(of id: RunID) async throws -> Run {
        try await waitFor("run \(id) to end") {
            try await store.run(id).flatMap { $0.status.isFinal ? $0 : nil }
        }
    }

    func count(_ event: EventName) -> Int { recorder.events.count { $0.name == event } }

    func output(of id: RunID) async throws -> [UInt8] {
        try await store.chunks(of: id, maxBytes: 1 << 30).flatMap(\.bytes)
    }
}
