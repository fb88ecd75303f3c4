import AgentConfiguration

extension DashboardLint {
    /// All that a query may use with a dollar sign.
    var variableNames: Set<String> {
        Set((dashboard["templating"]?.items("list") ?? []).compactMap { $0.text("name") })
    }

    mutating func checkVariables() {
        let variables = dashboard["templating"]?.items("list") ?? []
        var seen: Set<String> = []
        for variable in variables {
            let name = variable.text("name") ?? ""
            if !seen.insert(name).inserted {
                addFault(name, variable, "there are two variables of this name")
            }
            if variable.text("type") == "query" { checkQuery(of: variable, name) }
        }
        checkDataSources(variables.filter { $0.text("type") == "datasource" })
        for name in ["job", "instance"] {
            guard let variable = variables.first(where: { $0.text("name") == name }) else {
                add(
                    .variable, dashboard["templating"]?.position, ["variable \"\(name)\""],
                    "it is missing: whoever looks cannot choose")
                continue
            }
            checkChoice(variable, name)
        }
    }

    private mutating func checkDataSources(_ variables: [JSONNode]) {
        guard variables.count == 1, let variable = variables.first,
            variable.text("name") == "datasource"
        else {
            return add(
                .variable, dashboard["templating"]?.position, [],
                "there must be one variable of the type \"datasource\", and its name must be "
                    + "\"datasource\"")
        }
        if variable.text("query") != "prometheus" {
            addFault("datasource", variable, "its query must be \"prometheus\"")
        }
    }

    /// `job` and `instance`: any number of them, all by default.
    private mutating func checkChoice(_ variable: JSONNode, _ name: String) {
        if variable.text("type") != "query" {
            addFault(name, variable, "it must take its values from a query")
        }
        if variable.flag("multi") != true || variable.flag("includeAll") != true {
            addFault(name, variable, "\"multi\" and \"includeAll\" must be true")
        }
        if variable.text("allValue") != ".+" {
            addFault(name, variable, "\"allValue\" must be \".+\"")
        }
        if let query = Self.query(of: variable).flatMap(VariableQuery.init), query.label != name {
            addFault(name, variable, "its query yields the label \"\(query.label)\"")
        }
    }

    private mutating func checkQuery(of variable: JSONNode, _ name: String) {
        checkDataSource(of: variable, ["variable \"\(name)\""])
        guard let text = Self.query(of: variable), let query = VariableQuery(text) else {
            return addFault(
                name, variable,
                "its query must be label_values(METRIC, LABEL), which can be checked")
        }
        guard let selector = query.selector else {
            return addFault(
                name, variable,
                "name a metric in label_values(METRIC, \(query.label)): all series "
                    + "are looked through without one")
        }
        var rules = QueryRules(.variable, variables: variableNames)
        rules.variables.remove(name)
        let labels = report.check(
            expression: selector, rules, catalog, file: file, variable.position,
            subject(["variable \"\(name)\""]))
        if let labels, !labels.contains(query.label) {
            addFault(name, variable, "\(selector) has no label \"\(query.label)\"")
        }
    }

    /// The query, which newer versions of the model put into an object.
    static func query(of variable: JSONNode) -> String? {
        variable.text("query") ?? variable["query"]?.text("query")
    }

    private mutating func addFault(_ name: String, _ variable: JSONNode, _ message: String) {
        add(.variable, variable.position, ["variable \"\(name)\""], message)
    }
}
