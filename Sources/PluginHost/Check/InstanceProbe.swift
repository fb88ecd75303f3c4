import CAgentPlugin
import MetricRegistry
import Telemetry

/// One instance under check: every call has a deadline, and what goes wrong becomes a finding.
///
/// `@unchecked Sendable`: used by one thread, which waits while another makes the call.
final class InstanceProbe: @unchecked Sendable {
    enum Outcome: Equatable {
        case notTried
        case made
        case refused(code: Int32, text: String)
    }

    private(set) var findings: [PluginFinding] = []
    private(set) var outcome = Outcome.notTried

    let library: PluginLibrary
    let services: InstanceServices
    let context: HostContext
    let counters = InstanceCounters(PluginCounters())
    let description: PluginDescription
    let bus: TelemetryBus
    let registry: MetricRegistry
    private let settings: String
    private let patience: Int64
    private(set) var instance: UnsafeMutableRawPointer?
    private var isHung = false

    init(
        _ host: PluginHost, _ library: PluginLibrary, _ description: PluginDescription,
        settings: String, patience: Int64
    ) {
        self.library = library
        self.description = description
        self.settings = settings
        self.patience = patience
        bus = host.bus
        registry = host.registry
        services = InstanceServices(
            name: "check", eventPrefix: description.eventPrefix, bus: host.bus, secrets: [:],
            snapshots: SnapshotSource(
                registry: host.registry, views: host.views, filter: SnapshotFilter()),
            selfMetrics: host.selfMetrics)
        context = HostContext(
            name: "check", log: host.settings.log, clock: host.bus.clock, services: services)
    }

    func add(_ severity: PluginFinding.Severity, _ text: String) {
        findings.append(PluginFinding(severity: severity, text: text))
    }

    /// What a call needs of the plugin's side.
    var call: PluginCall {
        PluginCall(
            name: "check", instance: instance, host: context, services: services,
            counters: counters, log: .silent)
    }

    // MARK: Calls with a deadline

    /// Makes a call; nil when it did not return in time, after which nothing more is called.
    func make(
        _ what: String,
        _ body: @escaping @Sendable (UnsafeMutablePointer<agent_error>) -> agent_status
    ) -> (status: agent_status, text: String)? {
        guard !isHung else { return nil }
        let answer = OSThread.call("plg-check", deadline: MonotonicTime.after(patience)) {
            ErrorBuffer.call(body)
        }
        guard let answer else {
            isHung = true
            add(.fault, "\(what) did not return within \(patience / 1_000_000_000) s")
            return nil
        }
        if answer.status < 0, answer.text.isEmpty {
            add(
                .warning,
                "\(what) fails with \(answer.status) and gives no reason: fill in agent_error")
        }
        if answer.status > AGENT_END {
            add(.fault, "\(what) answers \(answer.status); success is 0 (AGENT_OK)")
        }
        return answer
    }

    @discardableResult
    func create() -> Outcome {
        let made = make("create") { [self] error in
            var name = "check"
            var settings = settings
            return name.withUTF8 { name in
                settings.withUTF8 { settings in
                    var config = agent_instance_config(
                        size: UInt32(MemoryLayout<agent_instance_config>.size), flags: 0,
                        name: agent_str(UnsafeRawBufferPointer(name)),
                        settings: agent_str(UnsafeRawBufferPointer(settings)))
                    return library.descriptor.table.create?(
                        context.table, &config, &instance, error) ?? AGENT_UNSUPPORTED
                }
            }
        }
        if let made {
            outcome = made.status >= 0 ? .made : .refused(code: made.status, text: made.text)
        }
        return outcome
    }

    func destroy() {
        _ = make("destroy") { [self] _ in
            library.descriptor.table.destroy?(instance)
            return AGENT_OK
        }
        guard !isHung else { return }
        context.close()
        services.close()
    }
}
