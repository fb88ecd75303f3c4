import PluginKit

/// A dashboard as it should be in Grafana.
struct WantedDashboard: Sendable {
    /// Why a dashboard cannot be pushed.
    struct Unusable: Error, CustomStringConvertible {
        let description: String
    }

    static let longestUID = 40

    let uid: String
    let title: String
    /// Grafana's dashboard model without what Grafana itself gives.
    let model: JSON
    /// Of the model, and of the place it should be in.
    let hash: String

    /// - Parameters:
    ///   - fallbackUID: what names a dashboard that names itself not; never its title, which may change.
    ///   - siblings: the uids, as they are in files, that links may lead to.
    init(
        _ source: JSON, fallbackUID: String, settings: PushSettings, siblings: Set<String> = []
    ) throws(Unusable) {
        guard source.members != nil else { throw Unusable(description: "it is no JSON object") }
        let source = Self.bare(source)
        let uid = settings.uid(Self.ownUID(source) ?? fallbackUID)
        guard uid.utf8.count <= Self.longestUID, uid.utf8.allSatisfy(Self.isUIDByte) else {
            throw Unusable(
                description:
                    "its uid \"\(uid.prefix(80))\" is none: Grafana takes letters, digits, "
                    + "\"-\" and \"_\", at most \(Self.longestUID)")
        }
        guard let title = source["title"]?.text, !title.isEmpty else {
            throw Unusable(description: "it has no title")
        }
        self.uid = uid
        self.title = title
        var model = source.without(Self.givenByGrafana).with("uid", .string(uid))
        if let dataSource = settings.dataSourceUID {
            model = model.usingDataSource(uid: dataSource, name: dataSource)
        }
        let moved = siblings.filter { settings.uid($0) != $0 }
        if !moved.isEmpty { model = model.leading(to: moved, as: settings.uid) }
        self.model = model.unmarked
        hash = ContentHash(self.model, .string(settings.folder.uid)).description
    }

    /// Without what some tools put around it.
    private static func bare(_ source: JSON) -> JSON {
        source["dashboard"].flatMap { $0.members == nil ? nil : $0 } ?? source
    }

    /// The uid that a dashboard gives itself.
    static func ownUID(_ source: JSON) -> String? {
        bare(source)["uid"]?.text.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Whether `held` is this dashboard, whoever saved it.
    func isHeld(as held: JSON) -> Bool {
        let bare = held.without(Self.givenByGrafana).with("uid", .string(uid))
        return ContentHash(bare.unmarked) == ContentHash(model)
    }

    /// A model's members that are an installation's own. `id` must be absent; what begins with "__" is for
    /// importing by hand.
    static let givenByGrafana = [
        "id", "version", "iteration", "__inputs", "__requires", "__elements",
    ]

    static func isUIDByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension JSON {
    /// A dashboard's model whose variable `datasource` begins with this data source.
    func usingDataSource(uid: String, name: String) -> JSON {
        guard let templating = self["templating"], let list = templating["list"]?.elements else {
            return self
        }
        let current = JSON.object([
            "selected": .bool(false), "text": .string(name), "value": .string(uid),
        ])
        let variables = list.map { variable in
            guard variable["type"] == "datasource", variable["name"] == "datasource" else {
                return variable
            }
            return variable.with("current", current)
        }
        return with("templating", templating.with("list", .array(variables)))
    }

    /// A model whose links to these dashboards, `/d/UID…`, lead to what they are called.
    func leading(to uids: Set<String>, as name: (String) -> String) -> JSON {
        switch self {
        case .array(let elements): .array(elements.map { $0.leading(to: uids, as: name) })
        case .object(let members):
            .object(
                members.map { member in
                    guard member.key == "url", let url = member.value.text else {
                        return Member(member.key, member.value.leading(to: uids, as: name))
                    }
                    return Member(member.key, .string(Self.url(url, uids, name)))
                })
        default: self
        }
    }

    private static func url(
        _ url: String, _ uids: Set<String>, _ name: (String) -> String
    ) -> String {
        guard let place = url.firstRange(of: "/d/") else { return url }
        let rest = url[place.upperBound...]
        let uid = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard uids.contains(String(uid)) else { return url }
        return url[..<place.upperBound] + name(String(uid)) + rest[uid.endIndex...]
    }
}
