import PluginKit

extension DatabasePlugin {
    static let events: [EventDefinition] = [
        EventDefinition(
            ".query", "A query was answered, or failed.",
            measurements: [
                .field("idle_time", "How long the connection had been idle.", unit: "duration"),
                .field("queue_time", "How long it waited for a connection.", unit: "duration"),
                .field("query_time", "How long the database worked on it.", unit: "duration"),
                .field("decode_time", "How long decoding its result took.", unit: "duration"),
                .field("total_time", "Waiting, execution and decoding.", unit: "duration"),
                .field("num_rows", "Rows returned or changed."),
            ],
            metadata: [
                .field("repo", "The repo it went through."),
                .field("source", "The table it is about."),
                .field("command", "select, insert, update, delete, …"),
                .field("result", "ok or error; of Ecto, the pair that begins with it."),
                .field("error_kind", "The class of the failure."),
                .field("statement", "A fingerprint of the statement; never its parameters."),
                .field("result.0", "Of Ecto: ok or error."),
                .field("result.1.command", "Of Ecto: select, insert, update, delete, …"),
                .field("result.1.postgres.code", "Of Ecto: the class of PostgreSQL's error."),
                .field("result.1.reason", "Of Ecto: why a connection failed."),
            ]),
        EventDefinition(
            ".init", "A repo was opened.",
            measurements: [
                .field("pool_size", "Connections its pool may have."),
                .field("timeout", "How long a query waits for one at most.", unit: "duration"),
            ],
            metadata: aDatabase),
        EventDefinition(
            ".pool", "How the pool is doing.",
            measurements: [
                .field("in_use", "Connections in use."),
                .field("idle", "Connections that are idle."),
                .field("waiting", "Queries that wait for one."),
            ],
            metadata: [.field("repo", "The repo.")]),
        EventDefinition(
            ".transaction", "A transaction ended.",
            measurements: [.field("duration", "Time since its start.", unit: "duration")],
            metadata: [.field("repo", "The repo."), .field("outcome", "commit or rollback.")]),
        EventDefinition(
            "ecto.repo.init", "A repo of Ecto's was started.",
            measurements: [.field("system_time", "When, since 1970.", unit: "duration")],
            metadata: aDatabase + [.field("opts.database", "Of Ecto: the database behind it.")]),
    ]

    private static let aDatabase: [EventDefinition.Field] = [
        .field("repo", "The repo."), .field("database", "The database behind it."),
    ]
}
