package import AgentConfiguration

/// A query of a dashboard, as Prometheus gets it.
package struct DashboardQuery: Sendable {
    /// Of a rule file: the file's name.
    package let dashboard: String
    /// Of a rule file: the rule.
    package let panel: String
    package let reference: String
    package let expression: String

    package var json: JSONValue {
        [
            "dashboard": .string(dashboard), "panel": .string(panel),
            "ref_id": .string(reference), "expr": .string(expression),
        ]
    }
}

extension DashboardQuery {
    /// Every query of a dashboard's panels and annotations, with its variables filled in.
    package static func all(
        of dashboard: JSONNode, filling values: VariableValues
    ) -> [DashboardQuery] {
        let uid = dashboard.text("uid") ?? ""
        let values = values.filled(from: dashboard)
        let panels = dashboard.items("panels").flatMap { [$0] + $0.items("panels") }
        let shown = panels.flatMap { panel in
            panel.items("targets").compactMap { target in
                target.text("expr").map { expression in
                    DashboardQuery(
                        dashboard: uid, panel: panel.text("title") ?? "",
                        reference: target.text("refId") ?? "",
                        expression: values.fill(expression))
                }
            }
        }
        let annotations = dashboard["annotations"]?.items("list") ?? []
        return shown
            + annotations.compactMap { annotation in
                annotation.text("expr").map { expression in
                    DashboardQuery(
                        dashboard: uid, panel: "annotation",
                        reference: annotation.text("name") ?? "",
                        expression: values.fill(expression))
                }
            }
    }
}

extension DashboardQuery {
    /// Every expression of a rule file; none where it cannot be read.
    package static func all(ofRules text: String, file: String) -> [DashboardQuery] {
        RuleFileLint.expressions(in: text).map { rule, expression in
            DashboardQuery(dashboard: file, panel: rule, reference: "expr", expression: expression)
        }
    }
}

/// What stands for a dashboard's variables where no Grafana fills them in.
package struct VariableValues: Sendable {
    /// In place of `$__rate_interval` and `$__interval`.
    package var interval = "1m"
    /// In place of `$__range`.
    package var range = "1h"
    package var others: [String: String] = [:]

    package init() {}

    /// With what a dashboard's own variables begin with, where nothing else is given for them.
    fileprivate func filled(from dashboard: JSONNode) -> VariableValues {
        var filled = self
        for variable in dashboard["templating"]?.items("list") ?? [] {
            guard let name = variable.text("name"), others[name] == nil,
                let chosen = variable["current"], let first = Self.first(of: chosen)
            else { continue }
            filled.others[name] = first == "$__all" ? variable.text("allValue") ?? ".+" : first
        }
        return filled
    }

    /// The value, or the first of several, that is chosen.
    private static func first(of chosen: JSONNode) -> String? {
        chosen.text("value") ?? chosen.items("value").first?.string
    }

    /// Variables that are not known stand for all there is, as `.+` does in a matcher.
    package func fill(_ expression: String) -> String {
        GrafanaVariables.replacing(in: expression) { name in
            switch name {
            case "__rate_interval", "__interval": interval
            case "__range": range
            case "__interval_ms", "__range_ms": "60000"
            case "__range_s": "3600"
            default: others[name] ?? ".+"
            }
        }
    }
}
