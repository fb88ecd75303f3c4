public import CAgentPlugin
import PluginKit

/// The database under an application: its queries, its pool, its transactions.
///
/// It understands the agent's own store and, by keys that Ecto uses in its metadata, an Elixir application's.
struct DatabasePlugin: MetricPlugin {
    static let info = PluginInfo(
        id: "agent.database", name: "Database", version: "1.0.0", vendor: "agent",
        summary: "Times the queries of a database and watches its pool."
    )
    static let metricPrefix = "db"
    static let eventPrefix = "net_auto.repo"

    /// Read by the host alone, for the condition of `slow_queries_total`.
    struct Settings: PluginSettings {
        @Setting("slow_query_threshold", "A query that takes longer in all is slow.")
        var slowQueryThreshold = Duration.seconds(1)
    }

    static let metrics: [MetricDefinition] = queries + connections

    private static let queries: [MetricDefinition] = [
        time(
            "query_idle_seconds", "Time a connection was idle before a query.", of: "idle_time",
            labels: [repo]),
        time(
            "query_queue_seconds", "Time a query waited for a connection.", of: "queue_time",
            labels: [repo]),
        time(
            "query_decode_seconds", "Time it took to decode a query's result.", of: "decode_time",
            labels: [repo]),
        time(
            "query_execution_seconds", "Time the database worked on a query.", of: "query_time",
            labels: byStatement),
        time(
            "query_total_seconds", "Time a query took in all: waiting, execution, decoding.",
            of: "total_time", labels: byStatement),
        .distribution(
            "query_rows", "Rows a query returned or changed.", of: "num_rows", from: ".query",
            labels: byStatement, buckets: rows
        ).measuringWhenPresent(),
        .counter(
            "query_errors_total", "Queries that failed.", from: ".query",
            labels: byStatement + [errorKind]
        ).keeping(failed),
        .counter(
            "slow_queries_total", "Queries slower than the setting slow_query_threshold.",
            from: ".query", labels: byStatement
        ).keeping(.above("total_time", "1s", setting: "slow_query_threshold")),
    ]

    private static let connections: [MetricDefinition] = [
        .lastValue(
            "pool_size", "Connections the pool may have.", of: "pool_size", from: ".init",
            labels: [repo]),
        .lastValue(
            "pool_in_use", "Connections in use.", of: "in_use", from: ".pool", labels: [repo]),
        .lastValue(
            "pool_idle", "Connections that are idle.", of: "idle", from: ".pool", labels: [repo]),
        .lastValue(
            "pool_waiting", "Queries that wait for a connection.", of: "waiting", from: ".pool",
            labels: [repo]),
        .lastValue(
            "pool_timeout_seconds", "How long a query waits for a connection at most.",
            of: "timeout", in: "duration", from: ".init", unit: "seconds", labels: byDatabase
        ).measuringWhenPresent(),
        .counter(
            "transactions_total", "Transactions ended.", from: ".transaction",
            labels: [repo, "outcome"]),
        // Whoever falls silent is no longer known to be up.
        .lastValue(
            "up", "1 while the database gives signs of life.", from: ".init", ".pool", ".query",
            ecto, labels: [repo]
        ).dropping(failed).expiring(after: .seconds(300)),
        .lastValue(
            "init_info", "Always 1; the labels say which database is behind a repo.",
            from: ".init", ecto, labels: byDatabase),
    ]

    private static func time(
        _ name: String, _ help: String, of measurement: String, labels: [Label]
    ) -> MetricDefinition {
        .distribution(
            name, help, of: measurement, in: "duration", from: ".query", unit: "seconds",
            labels: labels, buckets: times
        ).measuringWhenPresent()
    }

    /// Ecto tells of every repo under this one name, whatever the repo's own prefix is.
    private static let ecto: MetricSource = "ecto.repo.init"

    private static let repo: Label = "repo"
    private static let byDatabase = [repo, Label("database", or: "opts.database", default: "")]
    private static let byStatement = [
        repo, Label("source", default: ""),
        Label("command", or: "result.1.command", default: ""),
    ]
    private static let errorKind = Label(
        "error_kind", or: "result.1.postgres.code", "result.1.reason", default: "other")

    /// A result of Ecto's is a pair, of which "ok" or "error" comes first.
    private static let failed = Condition.equals("result", "error").or("result.0")

    /// 100 µs, where an index answers, to 10 s.
    private static let times = [
        0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1,
        2.5, 5, 10,
    ]
    private static let rows: [Double] = [0, 1, 10, 100, 1_000, 10_000, 100_000]
}

@section(".note.agent.plugin") @used
let note: PluginNote = (
    header: (6, 32, 0x4147_4e54, 0x6e65_6761, 0x74),
    abi: (major: 1, minor: 0, lowestHostMinor: 0), kinds: 0b1, reserved: (0, 0, 0, 0)
)

// swift-format-ignore: AlwaysUseLowerCamelCase
@c @implementation
public func agent_plugin_entry(
    _ host: UnsafePointer<agent_host>!,
    _ plugin: UnsafeMutablePointer<UnsafePointer<agent_plugin>?>!,
    _ error: UnsafeMutablePointer<agent_error>!
) -> agent_status {
    PluginEntry<DatabasePlugin>.enter(host, plugin, error)
}
