import PluginKit

struct PrometheusSettings: PluginSettings {
    @Setting("path", "Where the metrics are served.") var path = "/metrics"
    @Setting("created", "Whether OpenMetrics tells when each series began (_created).")
    var created = true
    @Setting("gzip_level", "Effort of compression for clients that take it; 0: none.", in: 0...9)
    var gzipLevel = 1
    @Setting("bearer_token", "Where set, a scrape must bring it.") var bearerToken: Secret?
    @Setting("basic_user", "User of HTTP basic authentication.") var basicUser: String?
    @Setting("basic_password", "Password of basic_user.") var basicPassword: Secret?

    /// What one setting alone cannot say.
    func check() throws {
        guard path.hasPrefix("/"), path.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw PluginError("setting \"path\": found \"\(path)\", accepted: a path like /metrics")
        }
        guard (basicUser == nil) == (basicPassword == nil) else {
            throw PluginError("settings \"basic_user\" and \"basic_password\" need each other")
        }
        for (key, secret) in [("bearer_token", bearerToken), ("basic_password", basicPassword)]
        where secret?.withBytes({ $0.isEmpty }) == true {
            throw PluginError("setting \"\(key)\" is empty: it would keep nobody out")
        }
        guard basicUser?.contains(":") != true else {
            throw PluginError("setting \"basic_user\": a user's name cannot contain \":\"")
        }
    }
}
