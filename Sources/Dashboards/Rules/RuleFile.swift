/// The rules of a Prometheus rule file.
struct RuleFile {
    struct Entry {
        let node: YAMLNode

        /// As findings call it.
        var name: String {
            if let alert = node["alert"]?.text { return "alert \(alert)" }
            return node["record"]?.text.map { "record \($0)" } ?? "a rule"
        }
    }

    let entries: [Entry]

    init(_ node: YAMLNode) {
        let groups = node["groups"]?.items ?? []
        entries = groups.flatMap { $0["rules"]?.items ?? [] }.map(Entry.init)
    }
}
