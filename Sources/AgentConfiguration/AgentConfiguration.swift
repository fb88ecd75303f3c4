/// Everything one configuration file says, with defaults in place of what it leaves out.
package struct AgentConfiguration: Sendable {
    /// How a library comes into the process.
    package enum PluginLoad: String, CaseIterable, Sendable {
        /// From a sealed copy in memory, so that overwriting the file does no harm.
        case memfd
        case path
    }

    package let http: HTTPConfiguration
    package let intake: IntakeConfiguration
    package let series: SeriesConfiguration

    /// Where libraries are looked for; `nil` for the places beside the executable.
    package let pluginDirectories: [String]?
    package let pluginLoad: PluginLoad
    package let plugins: [Located<PluginConfiguration>]
    package let metrics: [Located<MetricConfiguration>]

    package let store: StoreConfiguration
    package let audit: AuditConfiguration
    package let quotas: QuotaConfiguration
    package let devices: [Located<DeviceConfiguration>]
    package let runs: RunsConfiguration
    package let schedules: [Located<ScheduleConfiguration>]

    package let pipeline: PipelineConfiguration
    package let redaction: RedactionConfiguration
    package let log: LogConfiguration
    package let health: HealthConfiguration
    package let handlers: HandlersConfiguration

    /// Whether the agent runs anything: where the file has neither a store, quotas nor devices, that costs nothing.
    package private(set) var isAutomated = false

    /// What the file is called in messages.
    package private(set) var file = ""

    /// 16 hexadecimal digits that change when the file's bytes do, and tell nothing of what it
    /// refers to.
    package private(set) var contentHash = ""

    /// Resolves a path as every path in the file was.
    package func resolve(_ path: String) -> String {
        ConfigurationDirectory(of: file).resolve(path)
    }

    /// The file with the token of those who may act, beside the store unless it is named; `nil` where nothing needs one.
    package var tokenFile: String? {
        if let named = http.tokenFile { return named }
        return isAutomated ? ConfigurationDirectory(of: store.path).resolve("agent.token") : nil
    }
}

extension AgentConfiguration {
    /// The whole file. A further section is one more field here and one more file in `Sections`.
    static let shape = Shape<AgentConfiguration>.object(
        Field<String?>("$schema", .text("a reference to a JSON Schema"), "For editors; not read."),
        Field<HTTPConfiguration>(
            "http", HTTPConfiguration.shape, default: [:], "The agent's own HTTP server."),
        Field<IntakeConfiguration>(
            "intake", IntakeConfiguration.shape, default: [:], "Where applications send events."),
        Field<SeriesConfiguration>(
            "series", SeriesConfiguration.shape, default: [:],
            "Limits of every metric that sets none of its own."),
        Field<[String]?>(
            "plugin_directories",
            .array(of: .path("a directory"), count: 1...32, "an array of directories"),
            "Where plugins are looked for; beside the executable when absent."),
        Field<PluginLoad>(
            "plugin_load", .word, default: "memfd",
            "\"memfd\" loads a sealed copy; \"path\" is for kernels that forbid that."),
        Field<[Located<PluginConfiguration>]>(
            "plugins",
            .array(
                of: PluginConfiguration.shape.located(), count: 0...256, "an array of plugins",
                check: PluginConfiguration.checkNames),
            default: [], "Plugins to load; the same one may be there several times."),
        Field<[Located<MetricConfiguration>]>(
            "metrics",
            .array(
                of: MetricConfiguration.shape.located(), "an array of metrics",
                check: MetricConfiguration.checkNames),
            default: [], "Metrics on any event, without code."),
        Field<StoreConfiguration>(
            "store", StoreConfiguration.shape, default: [:],
            "Where runs and their output are kept."),
        Field<AuditConfiguration>(
            "audit", AuditConfiguration.shape, default: [:],
            "How it is kept what was done with the agent, and by whom."),
        Field<QuotaConfiguration>(
            "quotas", QuotaConfiguration.shape, default: [:],
            "How many runs and holds of others there may be at once."),
        Field<[Located<DeviceConfiguration>]>(
            "devices",
            .array(
                of: DeviceConfiguration.shape.located(), "an array of devices",
                check: DeviceConfiguration.checkIDs),
            default: [], "What runs are made against."),
        Field<RunsConfiguration>(
            "runs", RunsConfiguration.shape, default: [:],
            "What holds for every run that sets nothing of its own."),
        Field<[Located<ScheduleConfiguration>]>(
            "schedules",
            .array(
                of: ScheduleConfiguration.shape.located(), count: 0...1000,
                "an array of schedules", check: ScheduleConfiguration.check),
            default: [], "Runs that repeat."),
        Field<PipelineConfiguration>(
            "pipeline", PipelineConfiguration.shape, default: [:],
            "What events pass before any handler gets them."),
        Field<RedactionConfiguration>(
            "redaction", RedactionConfiguration.shape, default: [:],
            "What is taken out of everything that is logged, stored, published or shown."),
        Field<LogConfiguration>(
            "log", LogConfiguration.shape, default: [:],
            "What the agent writes of itself, and how."),
        Field<HealthConfiguration>(
            "health", HealthConfiguration.shape, default: [:],
            "When the agent counts as well, and as ready."),
        Field<HandlersConfiguration>(
            "handlers", HandlersConfiguration.shape, default: [:],
            "What the agent does with events by itself, beside its metrics."),
        build: {
            _, http, intake, series, directories, load, plugins, metrics, store, audit, quotas,
            devices,
            runs, schedules, pipeline, redaction, log,
            health, handlers in
            AgentConfiguration(
                http: http, intake: intake, series: series, pluginDirectories: directories,
                pluginLoad: load, plugins: plugins, metrics: metrics, store: store,
                audit: audit, quotas: quotas, devices: devices, runs: runs, schedules: schedules,
                pipeline: pipeline, redaction: redaction, log: log, health: health,
                handlers: handlers)
        }
    )
    .ruled(by: ScheduleConfiguration.checkDevices)

    /// Reads a file of at most 16 MiB.
    package static func load(
        path: String, environment: Environment = .process
    ) throws(ConfigurationErrors) -> AgentConfiguration {
        let bytes: [UInt8]
        do {
            bytes = try FileBytes.read(path, limit: 16 << 20)
        } catch {
            throw ConfigurationErrors(
                errors: [
                    ConfigurationError(
                        file: path, position: nil, problem: .unreadable(reason: error.reason))
                ])
        }
        return try parse(bytes, file: path, environment: environment)
    }

    /// - Parameter file: the name for messages, whose directory relative paths are resolved
    ///   against.
    package static func parse(
        _ bytes: [UInt8], file: String, environment: Environment = .process
    ) throws(ConfigurationErrors) -> AgentConfiguration {
        var decoding = Decoding(file: file, environment: environment)
        var configuration: AgentConfiguration?
        do throws(JSONError) {
            let node = try JSONReader.read(bytes)
            configuration = shape.decode(node, &decoding)
            configuration?.isAutomated = ["store", "quotas", "devices"].contains {
                node.member($0) != nil
            }
        } catch {
            decoding.report(.malformed(reason: error.reason), at: error.position)
        }
        guard var configuration, decoding.errors.isEmpty else {
            throw ConfigurationErrors(
                errors: decoding.errors.inOrderOfFile, contentHash: ContentHash.text(of: bytes))
        }
        configuration.file = file
        configuration.contentHash = ContentHash.text(of: bytes)
        return configuration
    }
}

extension [ConfigurationError] {
    /// By position; those at one position as they were found.
    fileprivate var inOrderOfFile: [ConfigurationError] {
        enumerated()
            .sorted { ($0.element.offset, $0.offset) < ($1.element.offset, $1.offset) }
            .map(\.element)
    }
}

extension ConfigurationError {
    fileprivate var offset: Int { position?.offset ?? 0 }
}
