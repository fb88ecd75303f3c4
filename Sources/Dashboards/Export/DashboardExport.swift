package import AgentConfiguration

/// Makes of a shipped dashboard the one that fits a configuration.
package struct DashboardExport: Sendable {
    package var renaming = MetricRenaming()
    /// The uid of the data source that is chosen when the dashboard is opened; nil: Grafana's default.
    package var dataSource: String?
    /// What is chosen when the dashboard is opened; all where empty.
    package var jobs: [String] = []
    package var instances: [String] = []

    package init() {}

    package func apply(to dashboard: JSONValue) -> JSONValue {
        guard case .object(var object) = dashboard else { return dashboard }
        for (key, value) in object.members {
            object[key] = key == "templating" ? variables(value) : queries(value)
        }
        return .object(object)
    }

    /// Rewrites what stands under "expr", however deep.
    private func queries(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let items): return .array(items.map(queries))
        case .object(var object):
            for (key, value) in object.members {
                if key == "expr", let text = value.string {
                    object[key] = .string(renaming.rewrite(text))
                } else {
                    object[key] = queries(value)
                }
            }
            return .object(object)
        case .null, .bool, .integer, .number, .string: return value
        }
    }

    // MARK: Variables

    private func variables(_ templating: JSONValue) -> JSONValue {
        guard case .object(var object) = templating, case .array(let list)? = object["list"] else {
            return templating
        }
        object["list"] = .array(list.map(variable))
        return .object(object)
    }

    private func variable(_ value: JSONValue) -> JSONValue {
        guard case .object(var variable) = value else { return value }
        for key in ["query", "definition"] {
            if let text = variable[key]?.string {
                variable[key] = .string(rewrite(variableQuery: text))
            } else if case .object(var query)? = variable[key], let text = query["query"]?.string {
                query["query"] = .string(rewrite(variableQuery: text))
                variable[key] = .object(query)
            }
        }
        switch variable["name"]?.string {
        case "datasource":
            if let dataSource {
                variable["current"] = ["text": .string(dataSource), "value": .string(dataSource)]
            }
        case "job" where !jobs.isEmpty: variable["current"] = Self.choice(jobs)
        case "instance" where !instances.isEmpty: variable["current"] = Self.choice(instances)
        default: break
        }
        return .object(variable)
    }

    private func rewrite(variableQuery text: String) -> String {
        guard let query = VariableQuery(text), let selector = query.selector else { return text }
        return query.text(selector: renaming.rewrite(selector))
    }

    private static func choice(_ values: [String]) -> JSONValue {
        let values = JSONValue.array(values.map { .string($0) })
        return ["text": values, "value": values]
    }
}
