package import AgentConfiguration

/// Makes a dashboard of metrics: a panel or two for each, a variable for each label.
package struct DashboardGenerator: Sendable {
    /// Variables at the top are for choosing; more than these would be in the way.
    private static let mostVariables = 8

    private let uid: String
    private let title: String
    private let metrics: [MetricCatalog.Metric]
    private let filtered: [String]

    /// - Parameter name: Whose metrics these are: a plugin's instance.
    package init(name: String, metrics: [MetricCatalog.Metric]) {
        title = "Agent: \(name)"
        uid = Self.uid(of: name)
        self.metrics = metrics
        filtered = Self.commonLabels(of: metrics)
    }

    package var dashboard: JSONValue {
        [
            "uid": .string(uid), "title": .string(title),
            "description":
                "Every metric, each as its kind is best seen. Made from the metrics' definitions.",
            "tags": ["agent", "generated"],
            "schemaVersion": .integer(Int64(DashboardLint.schemaVersion)),
            "editable": false, "graphTooltip": 1, "refresh": "30s", "timezone": "browser",
            "time": ["from": "now-1h", "to": "now"],
            "links": [
                [
                    "type": "dashboards", "title": "Agent", "tags": ["agent"], "asDropdown": true,
                    "includeVars": true, "keepTime": true, "icon": "external link",
                ]
            ],
            "annotations": ["list": []],
            "templating": ["list": .array(variables)],
            "panels": .array(panels),
        ]
    }

    // MARK: Identity

    /// `agent-` and the name; of a name too long for Grafana, its beginning and a digest of it all.
    private static func uid(of name: String) -> String {
        let legal = name.utf8.map { byte in
            PromQLLexer.isLetter(byte) || PromQLLexer.isDigit(byte) ? byte : UInt8(ascii: "-")
        }
        let whole = "agent-\(String(decoding: legal, as: UTF8.self))"
        guard whole.utf8.count > DashboardLint.longestUID else { return whole }
        let digest = ContentHash.text(of: name.utf8)
        return "\(whole.prefix(DashboardLint.longestUID - digest.count - 1))-\(digest)"
    }

    // MARK: Variables

    /// The labels that most metrics have, as far as they can be the name of a variable.
    private static func commonLabels(of metrics: [MetricCatalog.Metric]) -> [String] {
        var counts: [String: Int] = [:]
        let taken = MetricSeries.scraped.union(["datasource"])
        for label in metrics.flatMap({ $0.labels ?? [] }) where !taken.contains(label) {
            counts[label, default: 0] += 1
        }
        let ranked = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return ranked.prefix(mostVariables).map(\.key)
    }

    private var variables: [JSONValue] {
        let dataSource: JSONValue = [
            "name": "datasource", "label": "Data source", "type": "datasource",
            "query": "prometheus",
        ]
        guard let first = metrics.first else { return [dataSource] }
        let plain = Self.anySeries(of: first)
        var variables = [
            dataSource, Self.variable("job", plain, allValue: ".+"),
            Self.variable(
                "instance", Self.anySeries(of: first, matching: "job=~\"$job\""), allValue: ".+"),
        ]
        for label in filtered {
            guard let owner = metrics.first(where: { $0.labels?.contains(label) == true }) else {
                continue
            }
            let matchers = "job=~\"$job\", instance=~\"$instance\""
            // Series that take what is past a metric's limit do not have the label.
            variables.append(
                Self.variable(
                    label, Self.anySeries(of: owner, matching: matchers), allValue: ".*"))
        }
        return variables
    }

    private static func anySeries(
        of metric: MetricCatalog.Metric, matching matchers: String = ""
    ) -> String {
        let parts = MetricSeries.parts(of: metric)
        let count = parts.first { $0.part == .count } ?? parts.first
        let name = count?.name ?? metric.name
        guard (try? PromQLParser.parse("\(name){}")) != nil else {
            return "{__name__=\"\(name)\"\(matchers.isEmpty ? "" : ", \(matchers)")}"
        }
        return matchers.isEmpty ? name : "\(name){\(matchers)}"
    }

    private static func variable(
        _ name: String, _ selector: String, allValue: String
    ) -> JSONValue {
        let query = "label_values(\(selector), \(name))"
        return [
            "name": .string(name), "type": "query", "datasource": PanelDraft.dataSource,
            "query": ["query": .string(query), "refId": .string("variable-\(name)")],
            "refresh": 2, "sort": 1, "multi": true,
            "includeAll": true, "allValue": .string(allValue),
            "current": ["text": ["All"], "value": ["$__all"]],
        ]
    }

    // MARK: Panels

    private static let sections: [(title: String, kinds: Set<MetricCatalog.Metric.Kind>)] = [
        ("Rates", [.counter, .sum]), ("Levels", [.upDownCounter, .lastValue]),
        ("Distributions", [.distribution, .summary]),
    ]

    private var panels: [JSONValue] {
        var panels: [JSONValue] = []
        var top = 0
        for section in Self.sections {
            let drafts = metrics.filter { section.kinds.contains($0.kind) }.flatMap { metric in
                PanelDraft.panels(
                    for: metric, title: Self.title(of: metric), filtered: filtered)
            }
            guard !drafts.isEmpty else { continue }
            let row = PanelArea(x: 0, y: top, width: PanelArea.columns, height: 1)
            panels.append([
                "id": .integer(Int64(panels.count + 1)), "type": "row",
                "title": .string(section.title), "collapsed": false, "gridPos": row.json,
                "panels": [],
            ])
            for (index, draft) in drafts.enumerated() {
                let area = PanelArea(
                    x: index % 2 * 12, y: top + 1 + index / 2 * 8, width: 12, height: 8)
                panels.append(draft.json(id: panels.count + 1, area: area))
            }
            top += 1 + (drafts.count + 1) / 2 * 8
        }
        return panels
    }

    /// `runner_queue_time_seconds`: `Runner queue time`.
    private static func title(of metric: MetricCatalog.Metric) -> String {
        var words = metric.name.split { $0 == "_" || $0 == ":" }.map(String.init)
        for ending in ["total", metric.unit, "info"] where words.count > 1 && words.last == ending {
            words.removeLast()
        }
        let text = words.joined(separator: " ")
        return text.isEmpty ? metric.name : text.prefix(1).uppercased() + text.dropFirst()
    }
}
