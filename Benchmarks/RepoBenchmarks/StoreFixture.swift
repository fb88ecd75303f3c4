import Dispatch
import GRDB
import Glibc
import MetricRegistry
import Repo
import Telemetry

/// Stores under `STORE_DIRECTORY` (or /tmp) for the length of the process, and the metrics that watch them.
enum StoreFixture {
    /// A fresh store whose events feed what the Database plugin declares.
    static func watched(_ name: String) throws -> Repo {
        let bus = TelemetryBus()
        let registry = try MetricRegistry(bus: bus)
        // To be there as long as the process.
        _ = Unmanaged.passRetained(registry)
        try registry.declare(definitions(), owner: "benchmark")
        return try Repo(settings: .init(path: path(name)), bus: bus)
    }

    /// GRDB alone, on a file and with pragmas like the store's.
    static func bare(_ name: String) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.maximumReaderCount = 2
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA temp_store = MEMORY")
            guard !database.configuration.readonly else {
                return try database.execute(sql: "PRAGMA cache_size = -256")
            }
            try database.execute(
                sql: """
                    PRAGMA page_size = 16384; PRAGMA auto_vacuum = INCREMENTAL;
                    PRAGMA cache_size = -1024; PRAGMA secure_delete = FAST;
                    PRAGMA journal_size_limit = 16777216; PRAGMA wal_autocheckpoint = 512
                    """)
        }
        return try DatabasePool(path: path(name), configuration: configuration)
    }

    /// Runs `body` to its end, from a thread that may wait.
    static func wait(_ body: @escaping @Sendable () async throws -> Void) {
        let done = DispatchSemaphore(value: 0)
        Task.detached {
            do { try await body() } catch { fatalError("\(error)") }
            done.signal()
        }
        done.wait()
    }

    /// A place for a file, with nothing there.
    static func path(_ name: String) -> String {
        let place = getenv("STORE_DIRECTORY").map { String(cString: $0) } ?? "/tmp"
        let directory = place + "/agent-benchmark-store"
        mkdir(directory, 0o700)
        let path = "\(directory)/\(name).db"
        for end in ["", "-wal", "-shm", ".lock"] { unlink(path + end) }
        return path
    }

    /// Six distributions and a counter, by the labels the events' table names.
    private static func definitions() throws -> [MetricDefinition] {
        let event: EventName = "net_auto.repo.query"
        func labels(_ keys: [String]) throws -> [LabelMapping] {
            try keys.map { LabelMapping(name: try LabelName($0), key: $0) }
        }
        let durations = [
            ("idle", ["repo"]), ("queue", ["repo"]), ("decode", ["repo"]),
            ("query", ["repo", "source", "command"]), ("total", ["repo", "source", "command"]),
        ]
        let times = try durations.map { key, keys in
            MetricDefinition(
                name: try MetricName("db_query_\(key)_seconds"), kind: .distribution,
                help: "Time.", unit: "seconds", measurementUnit: "nanosecond",
                sources: [MetricSource(event: event, measurement: "\(key)_time")],
                labels: try labels(keys),
                buckets: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 1])
        }
        return times + [
            MetricDefinition(
                name: try MetricName("db_query_rows"), kind: .distribution, help: "Rows.",
                sources: [MetricSource(event: event, measurement: "num_rows")],
                labels: try labels(["repo", "source", "command"]),
                buckets: [0, 1, 10, 100, 1000]),
            MetricDefinition(
                name: try MetricName("db_query_errors_total"), kind: .counter, help: "Errors.",
                sources: [MetricSource(event: event)],
                labels: try labels(["repo", "source", "command", "error_kind"])),
        ]
    }
}
