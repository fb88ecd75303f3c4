import PluginKit

struct GrafanaSettings: PluginSettings {
    @Setting(
        "url", "Where Grafana lives, with its path: https://example.net/grafana. Absent: off.",
        whenUnset: .leftOut)
    var url: Secret?
    @Setting(
        "api_key", "Token of a service account that may edit dashboards and folders.",
        whenUnset: .leftOut)
    var apiKey: Secret?
    @Setting("user", "User of HTTP basic authentication, instead of api_key.") var user: String?
    @Setting("password", "Password of user.") var password: Secret?
    @Setting("org_id", "Organisation to work in, where the credentials reach several.", in: 1...1e9)
    var organisation: Int?

    @Setting("dashboards", "Directory of dashboards, or several; the shipped ones when absent.")
    var dashboards: Directories?
    @Setting("plugin_dashboards", "Whether the dashboards of the running plugins are pushed too.")
    var includesPlugins = true
    @Setting("folder_uid", "The folder's uid.") var folderUID = "agent"
    @Setting("folder_title", "The folder's title.") var folderTitle = "Agent"
    @Setting(
        "on_conflict",
        "Dashboards that people changed in Grafana: keep theirs, overwrite it, or copy it aside.")
    var onConflict = PushSettings.ConflictPolicy.keep
    @Setting("remove_retired", "Whether dashboards are removed that are pushed no more.")
    var removesRetired = false
    @Setting(
        "uid_prefix",
        "What a dashboard's uid begins with that may be removed; put before every uid unless default."
    )
    var namespace = PushSettings.usualNamespace
    @Setting("datasource_uid", "Data source the dashboards begin with; looked for when absent.")
    var dataSourceUID: String?
    @Setting("annotations", "Whether the agent's start and stop become an annotation.")
    var annotates = true
    @Setting("annotation_tags", "Tags of that annotation.") var annotationTags = [
        "agent", "lifecycle",
    ]

    @Setting("refresh", "How often Grafana is looked at again, from 1s on.")
    var refresh = Duration.seconds(300)
    @Setting("timeout", "How long one request may take, from 100ms on.")
    var timeout = Duration.seconds(15)
    @Setting("run", "Push as long as the agent runs, once, or once compare and write nothing.")
    var run = Run.always
    @Setting("api", "Grafana's interface: /api (legacy), /apis (resources), or what it offers.")
    var api = API.auto
    @Setting("namespace", "Namespace under /apis; that of the organisation when absent.")
    var resourceNamespace: String?

    @Setting("ca_file", "PEM file of the authorities to trust, instead of the system's.")
    var caFile: FilePath?
    @Setting("client_certificate_file", "PEM file of the client's certificate.")
    var certificateFile: FilePath?
    @Setting("client_key_file", "PEM file of the client's key.") var keyFile: FilePath?
    @Setting("client_key_password", "Password of the client's key.") var keyPassword: Secret?
    @Setting("proxy", "Proxy, such as http://proxy.example.net:3128; the environment's otherwise.")
    var proxy: Secret?

    enum Run: String, CaseIterable, SettingValue {
        case always
        case once
        case compare
    }

    enum API: String, CaseIterable, SettingValue {
        case auto
        case legacy
        case resources
    }

    /// What one setting alone cannot say.
    func check() throws {
        guard apiKey?.isEmpty ?? true || user == nil else {
            throw PluginError("settings \"api_key\" and \"user\" exclude each other")
        }
        guard (user == nil) == (password == nil) else {
            throw PluginError("settings \"user\" and \"password\" need each other")
        }
        guard user?.contains(":") != true else {
            throw PluginError("setting \"user\": a user's name cannot contain \":\"")
        }
        guard keyFile == nil || certificateFile != nil else {
            throw PluginError("setting \"client_key_file\" needs \"client_certificate_file\"")
        }
        for (key, secret) in [("api_key", apiKey), ("password", password)] {
            guard secret?.isHeaderText ?? true else {
                throw PluginError("setting \"\(key)\" holds characters that no header takes")
            }
        }
        guard !folderUID.isEmpty, folderUID.utf8.count <= WantedDashboard.longestUID,
            !folderTitle.isEmpty
        else {
            throw PluginError("setting \"folder_uid\": accepted: 1 to 40 characters, and a title")
        }
        guard refresh >= .seconds(1), timeout >= .milliseconds(100) else {
            throw PluginError("settings \"refresh\" and \"timeout\": from 1s and 100ms on")
        }
        guard (3...24).contains(namespace.utf8.count),
            namespace.utf8.allSatisfy(WantedDashboard.isUIDByte)
        else {
            throw PluginError(
                "setting \"uid_prefix\": accepted: 3 to 24 letters, digits, \"-\" and \"_\"")
        }
    }

    func push(agentVersion: String) -> PushSettings {
        PushSettings(
            folder: PushSettings.Folder(uid: folderUID, title: folderTitle), onConflict: onConflict,
            removesRetired: removesRetired, namespace: namespace, dataSourceUID: dataSourceUID,
            comparesOnly: run == .compare,
            agentVersion: agentVersion)
    }
}

/// One directory or a list of them.
struct Directories: SettingValue {
    let paths: [String]

    static var schema: [JSON.Member] {
        [
            .init(
                "anyOf",
                .array([
                    .object(FilePath.schema),
                    .object([
                        .init("type", "array"), .init("items", .object(FilePath.schema)),
                    ]),
                ]))
        ]
    }
    static var accepted: String { "a directory or a list of directories" }

    init?(json: JSON, host: Host) {
        switch json {
        case .string(let path): paths = [path]
        case .array(let elements):
            paths = elements.compactMap(\.text)
            guard paths.count == elements.count else { return nil }
        default: return nil
        }
    }

    var json: JSON? { .array(paths.map { .string($0) }) }
}

extension Secret {
    var isEmpty: Bool { withBytes(\.isEmpty) }

    /// Its text, for what needs one; let go of it soon.
    var revealed: String { withBytes { String(decoding: $0, as: UTF8.self) } }

    fileprivate var isHeaderText: Bool {
        withBytes { bytes in bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7f } }
    }
}
