import AgentConfiguration
import Dashboards

extension DashboardWorkspace {
    /// Checks every file, each as the configuration would have it, and all of them together.
    ///
    /// - Parameter isComplete: Whether every metric has to stand on a panel.
    func lint(isComplete: Bool) throws(DashboardFiles.Failure) -> LintReport {
        var report = LintReport()
        var export = DashboardExport()
        export.renaming = renaming
        let catalog = catalog.adding(files.rules.flatMap { RuleFileLint.recorded(in: $0.text) })
        for dashboard in files.dashboards {
            report.add(
                DashboardLint.check(
                    try fitted(dashboard, export), file: dashboard.file, catalog))
        }
        report.checkIdentities(files.dashboards.map { ($0.file, $0.node) })
        for rules in files.rules {
            report.add(RuleFileLint.check(try fitted(rules), file: rules.file, catalog))
        }
        if isComplete { report.checkCoverage(of: self.catalog) }
        return report
    }

    /// A rule file as the configuration has it; one that cannot be read stays as it is.
    func fitted(_ rules: DashboardFiles.Rules) throws(DashboardFiles.Failure) -> String {
        guard !renaming.isEmpty else { return rules.text }
        return (try? RuleFileExport.apply(renaming, to: rules.text)) ?? rules.text
    }
}

extension DashboardWorkspace {
    /// Every dashboard and rule file as the configuration has it.
    ///
    /// - Parameter faulty: Files that are left out.
    func exported(
        _ options: DashboardExport = DashboardExport(), besides faulty: Set<String>
    ) throws(DashboardFiles.Failure) -> [(path: String, contents: String)] {
        var export = options
        export.renaming = renaming
        let writer = JSONWriter(.pretty)
        var exported: [(path: String, contents: String)] = []
        for dashboard in files.dashboards where !faulty.contains(dashboard.file) {
            let json = export.apply(to: dashboard.node.value)
            exported.append((dashboard.name, writer.write(json)))
        }
        for rules in files.rules where !faulty.contains(rules.file) {
            exported.append((rules.name, try fitted(rules)))
        }
        return exported
    }
}
