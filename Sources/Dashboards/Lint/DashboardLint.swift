package import AgentConfiguration

/// Checks a Grafana dashboard against the metrics there are and the rules of good dashboards.
///
/// Source: the rules of Grafana's dashboard linter; Grafana's dashboard model, schema version 41.
package struct DashboardLint {
    static let schemaVersion = 41
    static let longestUID = 40

    let file: String
    let dashboard: JSONNode
    let catalog: MetricCatalog
    var report = LintReport()

    package static func check(
        _ dashboard: JSONNode, file: String, _ catalog: MetricCatalog
    ) -> LintReport {
        var lint = DashboardLint(file: file, dashboard: dashboard, catalog: catalog)
        lint.check()
        return lint.report
    }

    private init(file: String, dashboard: JSONNode, catalog: MetricCatalog) {
        self.file = file
        self.dashboard = dashboard
        self.catalog = catalog
    }

    private mutating func check() {
        guard case .object = dashboard.content else {
            return add(.dashboard, dashboard.position, [], "a dashboard is a JSON object")
        }
        checkIdentity()
        checkModel()
        checkVariables()
        checkAnnotations()
        checkPanels()
    }

    // MARK: The dashboard itself

    private mutating func checkIdentity() {
        if dashboard.text("title") == nil { addMissing("title") }
        if dashboard.text("description") == nil { addMissing("description") }
        if let id = dashboard.member("id") {
            add(
                .dashboard, id.keyPosition, [],
                "leave out \"id\": it is the number that one Grafana gives, and null fails")
        }
        guard let uid = dashboard.text("uid") else { return addMissing("uid") }
        let isLegal = uid.utf8.allSatisfy {
            PromQLLexer.isLetter($0) || PromQLLexer.isDigit($0) || $0 == UInt8(ascii: "-")
        }
        if !isLegal || uid.utf8.count > Self.longestUID {
            add(
                .dashboard, dashboard["uid"]?.position, [],
                "the uid \"\(uid)\" must have at most \(Self.longestUID) letters, digits, \"-\" and \"_\""
            )
        }
    }

    private mutating func checkModel() {
        if dashboard.integer("schemaVersion") != Self.schemaVersion {
            add(
                .dashboard, dashboard["schemaVersion"]?.position, [],
                "\"schemaVersion\" must be \(Self.schemaVersion)")
        }
        if dashboard.flag("editable") != false {
            add(
                .dashboard, dashboard["editable"]?.position, [],
                "\"editable\" must be false: what is changed by hand is lost with the next push")
        }
    }

    private mutating func checkAnnotations() {
        for annotation in dashboard["annotations"]?.items("list") ?? [] {
            guard let expression = annotation["expr"], let text = expression.string else {
                continue
            }
            let name = "annotation \"\(annotation.text("name") ?? "")\""
            _ = report.check(
                expression: text, QueryRules(.annotation, variables: variableNames), catalog,
                file: file, expression.position, subject([name]))
            checkDataSource(of: annotation, [name])
        }
    }

    /// What is asked of every query: the data source that is chosen at the top.
    mutating func checkDataSource(of node: JSONNode, _ subject: [String]) {
        let source = node["datasource"]
        let uid = source?.text("uid").map { GrafanaVariables.names(in: $0) }
        guard source?.text("type") != "prometheus" || uid != ["datasource"] else { return }
        add(
            .dataSource, (source ?? node).position, subject,
            #"the data source must be {"type": "prometheus", "uid": "${datasource}"}"#)
    }

    // MARK: Findings

    func subject(_ inner: [String]) -> [String] {
        ["dashboard \"\(dashboard.text("title") ?? "")\""] + inner
    }

    mutating func add(
        _ rule: LintRule, _ position: JSONPosition?, _ inner: [String], _ message: String
    ) {
        report.add(rule, file, position, subject(inner), message)
    }

    private mutating func addMissing(_ key: String) {
        add(.dashboard, dashboard.position, [], "\"\(key)\" is missing or empty")
    }
}
