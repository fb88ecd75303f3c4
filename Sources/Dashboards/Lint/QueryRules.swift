/// What is asked of an expression besides being right.
package struct QueryRules: Sendable {
    /// Where an expression stands.
    package enum Place: Sendable {
        /// In a panel: the time range, job and instance are chosen by who looks.
        case panel(isHeatmap: Bool)
        /// In the query of an annotation.
        case annotation
        /// In the query that a variable takes its values from.
        case variable
        /// In a rule that Prometheus evaluates: nobody chooses anything.
        case rule
    }

    package var place: Place
    /// The variables of the dashboard.
    package var variables: Set<String>

    package init(_ place: Place, variables: Set<String> = []) {
        self.place = place
        self.variables = variables
    }

    var isDashboard: Bool {
        if case .rule = place { return false }
        return true
    }

    /// Whether it asks only which series there are.
    var asksForLabels: Bool {
        if case .variable = place { return true }
        return false
    }

    var isPanel: Bool {
        if case .panel = place { return true }
        return false
    }

    var isHeatmap: Bool {
        if case .panel(isHeatmap: true) = place { return true }
        return false
    }
}
