import AgentConfiguration

extension DashboardLint {
    /// Panels that show no data.
    private static let silent: Set<String> = ["row", "text"]

    private static let retired: Set<String> = [
        "graph", "singlestat", "table-old", "heatmap-old", "grafana-singlestat-panel",
        "grafana-piechart-panel", "grafana-worldmap-panel", "natel-discrete-panel",
    ]

    /// All panels, those that lie folded in a row as well.
    private var panels: [JSONNode] {
        dashboard.items("panels").flatMap { [$0] + $0.items("panels") }
    }

    mutating func checkPanels() {
        if !panels.contains(where: { !Self.silent.contains($0.text("type") ?? "") }) {
            add(.panel, dashboard.position, [], "no panel shows anything")
        }
        var ids: Set<Int> = []
        for panel in panels {
            if let id = panel.integer("id"), id > 0 {
                if !ids.insert(id).inserted {
                    add(
                        .panel, panel["id"]?.position, [Self.name(of: panel)],
                        "the id \(id) is taken by another panel")
                }
            } else {
                add(
                    .panel, panel.position, [Self.name(of: panel)],
                    "\"id\" must be a number above 0")
            }
            check(panel)
        }
        checkLayout(dashboard.items("panels"))
        for row in dashboard.items("panels") { checkLayout(row.items("panels")) }
    }

    static func name(of panel: JSONNode) -> String {
        if let title = panel.text("title") { return "panel \"\(title)\"" }
        return panel.integer("id").map { "panel \($0)" } ?? "a panel"
    }

    // MARK: One panel

    private mutating func check(_ panel: JSONNode) {
        let name = Self.name(of: panel)
        let type = panel.text("type") ?? ""
        if type.isEmpty { return add(.panel, panel.position, [name], "\"type\" is missing") }
        if panel.text("title") == nil { add(.panel, panel.position, [name], "it has no title") }
        if Self.retired.contains(type) {
            add(
                .panel, panel["type"]?.position, [name],
                "panels of the type \"\(type)\" are gone from Grafana; \"graph\" is \"timeseries\" now"
            )
        }
        guard !Self.silent.contains(type) else { return }
        if panel.text("description") == nil {
            add(.panel, panel.position, [name], "it has no description")
        }
        if !Self.hasUnit(panel) {
            add(
                .panel, panel.position, [name],
                "it has no unit: fieldConfig.defaults.unit, for a plain number \"short\"")
        }
        checkDataSource(of: panel, [name])
        checkTargets(of: panel, name, type)
    }

    /// A unit for all fields, or for some of them.
    private static func hasUnit(_ panel: JSONNode) -> Bool {
        if panel.inner("fieldConfig", "defaults")?.text("unit") != nil { return true }
        let overrides = panel["fieldConfig"]?.items("overrides") ?? []
        return overrides.flatMap { $0.items("properties") }.contains { $0.text("id") == "unit" }
    }

    private mutating func checkTargets(of panel: JSONNode, _ name: String, _ type: String) {
        let targets = panel.items("targets")
        if targets.isEmpty { add(.panel, panel.position, [name], "it has no query") }
        var references: Set<String> = []
        for target in targets {
            let reference = target.text("refId") ?? ""
            if reference.isEmpty || !references.insert(reference).inserted {
                add(
                    .panel, target.position, [name],
                    "each query needs a \"refId\" of its own, found \"\(reference)\"")
            }
            let subject = [name, "query \(reference)"]
            checkDataSource(of: target, subject)
            guard let expression = target["expr"], let text = expression.string else {
                add(.panel, target.position, subject, "\"expr\" is missing")
                continue
            }
            let labels = report.check(
                expression: text,
                QueryRules(.panel(isHeatmap: type == "heatmap"), variables: variableNames), catalog,
                file: file, expression.position, self.subject(subject))
            checkLegend(of: target, labels, subject)
        }
    }

    /// `{{label}}` in a legend shows a label the query yields.
    private mutating func checkLegend(
        of target: JSONNode, _ labels: Set<String>?, _ subject: [String]
    ) {
        guard let legend = target["legendFormat"], let text = legend.string, let labels else {
            return
        }
        for label in Placeholders.names(in: text) where !labels.contains(label) {
            let known = labels.isEmpty ? "none" : labels.sorted().joined(separator: ", ")
            add(
                .unknownLabel, legend.position, subject,
                "the legend shows {{\(label)}}, and the query yields the labels \(known)")
        }
    }

    // MARK: Layout

    private mutating func checkLayout(_ panels: [JSONNode]) {
        var placed: [(panel: JSONNode, area: PanelArea)] = []
        for panel in panels {
            let name = Self.name(of: panel)
            guard let position = panel["gridPos"], let area = PanelArea(position) else {
                add(
                    .layout, panel.position, [name],
                    "\"gridPos\" needs x, y, w and h within \(PanelArea.columns) columns")
                continue
            }
            if let other = placed.first(where: { $0.area.overlaps(area) }) {
                add(
                    .layout, position.position, [name],
                    "it lies over \(Self.name(of: other.panel))")
            }
            placed.append((panel, area))
        }
    }
}
