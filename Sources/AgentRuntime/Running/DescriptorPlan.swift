import AgentConfiguration
import CPlatform

/// How the descriptors that the process may have are shared out, so that whoever takes all of one kind leaves enough for
/// the others.
struct DescriptorPlan: Equatable, Sendable {
    /// What may be connected at once.
    struct Connections: Equatable, Sendable {
        var http: Int
        /// Further ones of HTTP, to hear what a client wants: probes and scrapes are answered.
        var reserve = 32
        /// Senders at the Unix stream socket.
        var senders: Int
    }

    /// As the configuration has it, or less.
    let connections: Connections
    /// A sentence where it is less.
    let shortage: String?

    /// Files, sockets and pollers of the agent's own.
    private static let own = 48
    private static let ofPlugin = 4
    /// What has to be free for a command to start.
    private static let spare = 64
    private static let ofRun = 3
    private static let fewest = (connections: 8, reserve: 4)

    /// - Parameter runs: how many there may be at once; nil where nothing is run
    init(_ wanted: Connections, plugins: Int, runs: Int?, limit: UInt64) throws(StartFailure) {
        let limit = Int(clamping: limit)
        let own = Self.own + plugins * Self.ofPlugin + (runs == nil ? 0 : Self.spare)
        let all =
            own + wanted.http + wanted.reserve + wanted.senders + Self.ofRun * (runs ?? 0)
        guard limit < all else {
            connections = wanted
            shortage = nil
            return
        }
        let fewest = own + Self.fewest.reserve + Self.fewest.connections
        guard limit >= fewest else {
            throw .runtime(
                "the limit of open files is \(limit), and the agent needs at least \(fewest) "
                    + "(\(all) for all that the configuration allows): raise it (ulimit -n, LimitNOFILE=)"
            )
        }
        var given = wanted
        given.reserve = min(wanted.reserve, max(Self.fewest.reserve, (limit - own) / 4))
        let free = limit - own - given.reserve
        given.senders = min(wanted.senders, free / 2)
        given.http = min(wanted.http, free - given.senders)
        connections = given
        shortage =
            "the limit of open files is \(limit), and what the configuration allows needs \(all): "
            + "HTTP gets \(given.http) of \(wanted.http) connections (\"http.max_connections\"), "
            + "senders \(given.senders) of \(wanted.senders) (\"intake.limits.connections\"); "
            + "raise the limit (ulimit -n, LimitNOFILE=)"
    }

    /// Of this process, with this configuration.
    init(_ configuration: AgentConfiguration) throws(StartFailure) {
        let wanted = Connections(
            http: configuration.http.maxConnections,
            senders: configuration.intake.unixStream == nil
                ? 0 : configuration.intake.limits.connections)
        try self.init(
            wanted, plugins: configuration.plugins.count,
            runs: configuration.isAutomated ? configuration.runs.maxActive : nil,
            limit: platform_descriptor_limit())
    }
}
