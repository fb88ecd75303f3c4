import PluginKit

/// What a dashboard says of its last push, in a tag: `agent-push:VERSION:HASH`.
///
/// Tags go unchanged through every kind of Grafana and its storage, stay when a person edits the dashboard, and are
/// read with it. VERSION is the one that the push brought about, known beforehand because each save adds one: a
/// dashboard of another version was saved by someone else since. At most 50 characters fit in Grafana's database.
struct Stamp: Equatable, Sendable {
    let version: Int64
    let hash: String

    private static let prefix = "agent-push:"

    var tag: String { "\(Self.prefix)\(version):\(hash)" }

    init(version: Int64, hash: String) {
        self.version = version
        self.hash = hash
    }

    init?(tag: String) {
        guard tag.hasPrefix(Self.prefix) else { return nil }
        let parts = tag.dropFirst(Self.prefix.count).split(separator: ":")
        guard parts.count == 2, let version = Int64(parts[0]) else { return nil }
        self.init(version: version, hash: String(parts[1]))
    }

    /// The stamp of a dashboard's model.
    init?(model: JSON) {
        for case .string(let tag) in model["tags"]?.elements ?? [] {
            guard let stamp = Stamp(tag: tag) else { continue }
            self = stamp
            return
        }
        return nil
    }
}

extension JSON {
    /// Tells dashboards that some agent pushed from all others.
    static let ownerTag = "pushed-by-agent"

    /// A dashboard's model without what a push adds to its tags.
    var unmarked: JSON {
        let tags = (self["tags"]?.elements ?? []).filter { tag in
            tag.text.map { Stamp(tag: $0) == nil && $0 != Self.ownerTag } ?? false
        }
        return with("tags", .array(tags))
    }

    /// A dashboard's model as it is pushed.
    func marked(_ stamp: Stamp) -> JSON {
        let bare = unmarked
        let tags = bare["tags"]?.elements ?? []
        return bare.with("tags", .array(tags + [.string(Self.ownerTag), .string(stamp.tag)]))
    }
}
