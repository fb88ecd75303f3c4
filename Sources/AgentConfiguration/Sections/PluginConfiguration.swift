/// One entry of `plugins`: a library, and one instance of it.
package struct PluginConfiguration: Sendable {
    /// Which file is meant.
    package enum Library: Hashable, Sendable {
        /// `"plugin": "Runner"`: `libRunner.so` in one of the plugin directories.
        case named(String)
        /// `"library"`: a file name in one of the plugin directories, or a path when it has a
        /// slash.
        case file(String)
    }

    package let library: Library

    /// Unique among the enabled and the disabled.
    package let name: String
    package let isEnabled: Bool

    /// Whether the agent refuses to start without it.
    package let isRequired: Bool

    /// The only content the file may have, as 64 lower-case hexadecimal digits.
    package let sha256: String?
    package let eventPrefix: String?
    package let metricPrefix: String?

    /// What the application's durations are in, where the plugin's definitions leave it open.
    package let durationUnit: DurationUnit?

    /// By the metric's name as the plugin declares it.
    package let metrics: [String: Located<MetricOverride>]
    package let interval: Duration?
    package let timeout: Duration?

    /// What an exporter gets: everything when empty.
    package let include: [SampleFilter]

    /// What an exporter does not get, even where `include` matches.
    package let exclude: [SampleFilter]
    package let settings: PluginSettings
}

package enum DurationUnit: String, CaseIterable, Sendable {
    case nanosecond
    case microsecond
    case millisecond
    case second
}

extension PluginConfiguration.Library {
    /// The file's name or path.
    package var fileName: String {
        switch self {
        case .named(let name): "lib\(name).so"
        case .file(let file): file
        }
    }

    /// The instance's name when the configuration gives none: `libNet_Box.so` → `net_box`.
    fileprivate var instanceName: String {
        switch self {
        case .named(let name): return name.lowercased()
        case .file(let file):
            var name = Substring(file)
            if let slash = name.lastIndex(of: "/") { name = name[name.index(after: slash)...] }
            if name.hasPrefix("lib") { name = name.dropFirst(3) }
            if let dot = name.firstIndex(of: ".") { name = name[..<dot] }
            return name.lowercased()
        }
    }

    private static let file = Shape<String>.text("a library's file name or path")

    fileprivate static let shape = Shape<PluginConfiguration.Library>(
        expectation: file.expectation, schema: file.schema
    ) { node, decoding in
        let directory = decoding.directory
        return file.decode(node, &decoding).map { text in
            .file(text.contains("/") ? directory.resolve(text) : text)
        }
    }
}

extension PluginConfiguration {
    static let shape = Shape<PluginConfiguration>.object(
        Field<Library?>(
            "plugin", Shape<String>.name(.pluginName).map { .named($0) },
            "The plugin's name: \"Runner\" is libRunner.so in a plugin directory."),
        Field<Library?>(
            "library", Library.shape,
            "The library's file name in a plugin directory, or its path; instead of \"plugin\"."),
        Field<String?>(
            "name", .name(.instanceName),
            "Name of this instance, unique; the plugin's name in lower case when absent."),
        Field<Bool>("enabled", .boolean, default: true, "Whether the plugin is loaded."),
        Field<Bool>(
            "required", .boolean, default: false,
            "Whether the agent refuses to start when the plugin cannot be loaded."),
        Field<String?>(
            "sha256", .name(.digest), "SHA-256 of the library; any other content is refused."),
        Field<String?>(
            "event_prefix", .name(.eventName), "Prefix of the events the plugin listens to."),
        Field<String?>(
            "metric_prefix", .name(.metricName), "Prefix of the names of the plugin's metrics."),
        Field<DurationUnit?>(
            "duration_unit", .word, "Unit in which the application measures durations."),
        Field<[String: Located<MetricOverride>]>(
            "metrics", MetricOverride.byName, default: [:],
            "Changes to single metrics, by the name the plugin declares."),
        Field<Duration?>(
            "interval", .duration(in: .milliseconds(100)...(.seconds(86_400))),
            "How often the plugin polls or exports."),
        Field<Duration?>(
            "timeout", .duration(in: .milliseconds(10)...(.seconds(3600))),
            "How long one poll or export may take."),
        Field<[SampleFilter]>(
            "include", .array(of: SampleFilter.shape, "filters"), default: [],
            "What an exporter gets; everything when empty."),
        Field<[SampleFilter]>(
            "exclude", .array(of: SampleFilter.shape, "filters"), default: [],
            "What an exporter does not get."),
        Field<PluginSettings>(
            "settings", PluginSettings.shape, default: [:],
            "The plugin's own settings, as its JSON Schema describes them."),
        build: PluginConfiguration.init
    )
    .ruled(by: checkLibrary)
    .adding(toSchema: ["oneOf": [["required": ["plugin"]], ["required": ["library"]]]])

    private init(
        plugin: Library?, library: Library?, name: String?, isEnabled: Bool, isRequired: Bool,
        sha256: String?, eventPrefix: String?, metricPrefix: String?, durationUnit: DurationUnit?,
        metrics: [String: Located<MetricOverride>], interval: Duration?, timeout: Duration?,
        include: [SampleFilter], exclude: [SampleFilter], settings: PluginSettings
    ) throws(AbsentValue) {
        guard let library = plugin ?? library else { throw AbsentValue() }
        self.library = library
        self.name = name ?? library.instanceName
        self.isEnabled = isEnabled
        self.isRequired = isRequired
        self.sha256 = sha256?.lowercased()
        self.eventPrefix = eventPrefix
        self.metricPrefix = metricPrefix
        self.durationUnit = durationUnit
        self.metrics = metrics
        self.interval = interval
        self.timeout = timeout
        self.include = include
        self.exclude = exclude
        self.settings = settings
    }

    private static func checkLibrary(
        _ node: JSONNode, _ decoding: inout Decoding
    ) {
        switch (node.member("plugin"), node.member("library")) {
        case (nil, nil):
            decoding.report(
                .missingKey("plugin", expected: "it or \"library\", to say which library is meant"),
                at: node.position)
        case (_?, _?):
            decoding.reject(
                node, key: "library", "\"plugin\" and \"library\" both say which library is meant")
        default: break
        }
    }

    /// Reports every instance name that is taken already.
    static func checkNames(
        _ plugins: [Located<PluginConfiguration>], _ decoding: inout Decoding
    ) {
        var owners: [String: ConfigurationLocation] = [:]
        for plugin in plugins {
            if let owner = owners[plugin.name] {
                let reason =
                    "the instance name \(plugin.name.quoted()) is taken by \(owner.keyPath)"
                    + "; give one of them another \"name\""
                decoding.report([plugin.location.error(reason)])
            } else {
                owners[plugin.name] = plugin.location
            }
        }
    }
}
