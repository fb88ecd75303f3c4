import PluginKit

struct StatsDSettings: PluginSettings {
    @Setting("transport", "How lines travel.") var transport = TransportKind.udp
    @Setting("address", "The receiver: host:port, or the path of a Unix socket.")
    var address = "127.0.0.1:8125"
    @Setting("protocol", "What the receiver understands.") var dialect = Dialect.statsd
    @Setting(
        "send",
        "\"deltas\": what was added since the last export; \"updates\": every single update.")
    var send = SendMode.deltas
    @Setting("prefix", "Stands before every name, with a dot between.") var prefix = ""
    @Setting("tags", "Tags of every line, such as \"env:prod\"; needs a DogStatsD protocol.")
    var tags: [String] = []
    @Setting(
        "labels",
        "What becomes of labels; by default \"tags\" with DogStatsD and \"values\" without.")
    var labels: LabelStyle?
    @Setting("types", "A line's type by metric name, in which \"*\" is any text.")
    var types = TypeMap()
    @Setting(
        "sample_rate", "Share of the updates sent as ms, h or d; stated in the line.",
        in: 0.000_001...1)
    var sampleRate = 1.0
    @Setting("quantiles", "Whether a summary's quantiles are sent as gauges.") var quantiles = true
    @Setting("buckets", "Whether a distribution's buckets are sent as counters.")
    var buckets = false
    @Setting("container_id", "Sent with every line; needs dogstatsd-1.2 or later.")
    var containerID: String?
    @Setting("timestamps", "Whether c and g tell their time; needs dogstatsd-1.3.")
    var timestamps = false
    @Setting(
        "packet_bytes", "The longest packet; by default 1432 over UDP and 8192 else.",
        in: 64...65_507)
    var packetBytes: Int?
    @Setting("resolve_interval", "How often a host's name is looked up again, from 1s on.")
    var resolveInterval = Duration.seconds(60)

    /// What labels become.
    var labelStyle: LabelStyle { labels ?? (dialect.hasTags ? .tags : .values) }

    /// The longest packet, without the newline at its end.
    var packetLimit: Int {
        packetBytes ?? (transport == .udp ? 1_432 : 8_192)
    }

    /// What one setting alone cannot say.
    func check() throws {
        try need(!tags.isEmpty, "\"tags\"", .dogStatsD10)
        try need(labels == .tags, "\"labels\": \"tags\"", .dogStatsD10)
        try need(containerID != nil, "\"container_id\"", .dogStatsD12)
        try need(timestamps, "\"timestamps\"", .dogStatsD13)
        try need(types.rules.contains { $0.type == .distribution }, "the type \"d\"", .dogStatsD10)
        guard resolveInterval >= .seconds(1), resolveInterval <= .seconds(86_400) else {
            throw PluginError("setting \"resolve_interval\": accepted: from 1s to 1d")
        }
        guard send == .updates || sampleRate == 1 else {
            throw PluginError("setting \"sample_rate\" needs \"send\": \"updates\"")
        }
        for rule in types.rules where send == .deltas && rule.type.isRaw {
            throw PluginError(
                """
                setting "types": "\(rule.pattern)" cannot be "\(rule.type.rawValue)", which takes \
                single values: it needs "send": "updates"
                """)
        }
        guard prefix.utf8.allSatisfy(StatsDFormat.isNameByte), !prefix.hasPrefix("."),
            prefix.utf8.count <= 200
        else {
            throw PluginError(
                """
                setting "prefix": found "\(prefix)", accepted: at most 200 letters, digits and \
                "_", "-", ".", not beginning with a dot
                """)
        }
        if let containerID {
            guard !containerID.isEmpty, containerID.utf8.count <= 200,
                containerID.utf8.allSatisfy(StatsDFormat.isNameByte)
            else {
                throw PluginError(
                    "setting \"container_id\": accepted: 1 to 200 letters, digits, \"-\", \"_\", \".\""
                )
            }
        }
        for tag in tags {
            let bytes = Array(tag.utf8)
            guard let first = bytes.first, first != UInt8(ascii: ":"), bytes.count <= 200,
                bytes.allSatisfy({ $0 > 0x20 && $0 != 0x7f }),
                !bytes.contains(where: { "|#,@".utf8.contains($0) })
            else {
                throw PluginError(
                    """
                    setting "tags": found "\(tag)", accepted: 1 to 200 bytes such as "env:prod", \
                    without blanks and without any of "|", "#", ",", "@"
                    """)
            }
        }
    }

    private func need(_ isUsed: Bool, _ what: String, _ lowest: Dialect) throws {
        guard isUsed, dialect.rank < lowest.rank else { return }
        throw PluginError(
            """
            setting \(what) needs "protocol": "\(lowest.rawValue)" or later; \
            found "\(dialect.rawValue)"
            """)
    }
}

enum TransportKind: String, SettingValue, CaseIterable {
    case udp
    case tcp
    case unixDatagram = "unix_datagram"
    case unixStream = "unix_stream"

    var isUnix: Bool { self == .unixDatagram || self == .unixStream }
    var isStream: Bool { self == .tcp || self == .unixStream }
}

/// What a receiver understands; each one all that those before it do.
enum Dialect: String, SettingValue, CaseIterable {
    case statsd
    case dogStatsD10 = "dogstatsd-1.0"
    case dogStatsD11 = "dogstatsd-1.1"
    case dogStatsD12 = "dogstatsd-1.2"
    case dogStatsD13 = "dogstatsd-1.3"

    var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    var hasTags: Bool { self != .statsd }
    var packsValues: Bool { rank >= Self.dogStatsD11.rank }
}

enum SendMode: String, SettingValue, CaseIterable {
    case deltas
    case updates
}

/// What becomes of labels.
enum LabelStyle: String, SettingValue, CaseIterable {
    /// DogStatsD tags: `|#site:chi1`.
    case tags
    /// Segments of the name, the values alone: `.chi1`.
    case values
    /// Segments of the name: `.site.chi1`.
    case pairs
    /// Nothing: series of a metric are added up.
    case drop
}
