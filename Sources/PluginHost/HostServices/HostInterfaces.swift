import CAgentPlugin

/// The host's interfaces by id: tables in memory that stays.
///
/// `@unchecked Sendable`: written before they are shared, constant from then on.
struct HostInterfaces: @unchecked Sendable {
    private static let shared = HostInterfaces()

    /// The interfaces an instance may use.
    static let instanceIDs = shared.instance.keys.sorted()

    private let everywhere: [String: UnsafeRawPointer]
    private let instance: [String: UnsafeRawPointer]

    private init() {
        everywhere = [
            AGENT_HOST_LOG_V1: Self.permanent(LogService.table),
            AGENT_HOST_CLOCK_V1: Self.permanent(ClockService.table),
        ]
        instance = [
            AGENT_HOST_EMIT_V1: UnsafeRawPointer(EmitService.permanent),
            AGENT_HOST_SNAPSHOT_V1: Self.permanent(SnapshotService.table),
            AGENT_HOST_SECRETS_V1: Self.permanent(SecretsService.table),
            AGENT_HOST_DASHBOARDS_V1: Self.permanent(DashboardService.table),
            AGENT_HOST_STATUS_V1: Self.permanent(StatusService.table),
            AGENT_HOST_SELF_METRICS_V1: Self.permanent(SelfMetricsService.table),
        ]
    }

    /// The table of an interface; nil where it is unknown, or not offered outside an instance.
    static func find(_ id: String, isInstance: Bool) -> UnsafeRawPointer? {
        shared.everywhere[id] ?? (isInstance ? shared.instance[id] : nil)
    }

    private static func permanent<Table>(_ table: Table) -> UnsafeRawPointer {
        let pointer = UnsafeMutablePointer<Table>.allocate(capacity: 1)
        pointer.initialize(to: table)
        return UnsafeRawPointer(pointer)
    }
}
