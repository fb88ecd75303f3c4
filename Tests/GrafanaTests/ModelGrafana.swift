import PluginKit

@testable import Grafana

/// A Grafana of values: answers a plan's requests as the real one would, and counts them.
struct ModelGrafana {
    var folders: [String: HeldFolder] = [:]
    var dashboards: [String: HeldDashboard] = [:]
    var requests: [PushAction] = []
    /// Answers the first request that fits instead.
    var faults: [(matches: (PushAction) -> Bool, outcome: PushOutcome)] = []

    mutating func perform(_ action: PushAction) -> PushOutcome {
        requests.append(action)
        if let fault = faults.firstIndex(where: { $0.matches(action) }) {
            return faults.remove(at: fault).outcome
        }
        switch action {
        case .readFolder(let uid): return .folder(folders[uid])
        case .createFolder(let folder):
            guard folders[folder.uid] == nil else { return .conflict }
            folders[folder.uid] = HeldFolder(title: folder.title, version: 1)
            return .done
        case .renameFolder(let folder, let held):
            guard folders[folder.uid] == held else { return .conflict }
            folders[folder.uid] = HeldFolder(title: folder.title, version: held.version + 1)
            return .done
        case .read(let uid): return .dashboard(dashboards[uid])
        case .save(let save): return self.save(save)
        case .list:
            return .listed(uids: dashboards.values.filter { $0.stamp != nil }.map(\.uid).sorted())
        case .remove(let held):
            dashboards[held.uid] = nil
            return .done
        case .findDataSource: return .dataSource(uid: "prom", name: "Metrics")
        case .finish: return .done
        }
    }

    private mutating func save(_ save: PushAction.Save) -> PushOutcome {
        guard folders[save.folderUID] != nil else { return .noFolder }
        guard dashboards[save.uid]?.revision == save.replacing else { return .conflict }
        let version = (save.replacing?.version ?? 0) + 1
        dashboards[save.uid] = HeldDashboard(
            uid: save.uid, revision: .init(version: version), model: save.model,
            folderUID: save.folderUID, folderTitle: folders[save.folderUID]?.title)
        return .saved(version: version)
    }

    /// What a person does in the editor.
    mutating func edit(_ uid: String, title: String) {
        guard let held = dashboards[uid] else { return }
        dashboards[uid] = HeldDashboard(
            uid: uid, revision: .init(version: held.revision.version + 1),
            model: held.model.with("title", .string(title)), folderUID: held.folderUID,
            folderTitle: held.folderTitle)
    }

    /// Carries a plan out to its end, at most so many requests.
    mutating func carryOut(_ plan: inout PushPlan) -> [String: PushReport.Result] {
        var action = plan.begin()
        for _ in 0..<1000 {
            if case .finish(let report) = action { return report.byUID }
            action = plan.handle(perform(action))
        }
        return [:]
    }

    /// One push of these dashboards.
    mutating func push(
        _ wanted: [WantedDashboard], _ settings: PushSettings = PushSettings(),
        memory: inout PushMemory
    ) -> [String: PushReport.Result] {
        var plan = PushPlan(wanted, settings, memory: memory)
        defer { memory = plan.remembered }
        return carryOut(&plan)
    }

    /// The same by an agent that has just started.
    mutating func push(
        _ wanted: [WantedDashboard], _ settings: PushSettings = PushSettings()
    ) -> [String: PushReport.Result] {
        var memory = PushMemory()
        return push(wanted, settings, memory: &memory)
    }

    var saves: Int {
        requests.count { if case .save = $0 { true } else { false } }
    }
}

extension PushReport {
    var byUID: [String: Result] { Dictionary(results.map { ($0.uid, $0.result) }) { $1 } }
}

/// A dashboard with a title and a panel.
func wanted(
    _ uid: String, title: String = "Board", panel: String = "up",
    _ settings: PushSettings = PushSettings()
) throws -> WantedDashboard {
    let source = try JSON(
        parsing: """
            {"id": 7, "uid": "\(uid)", "title": "\(title)", "tags": ["agent"], "version": 3,
             "templating": {"list": [{"type": "datasource", "name": "datasource"}]},
             "panels": [{"type": "timeseries", "targets": [{"expr": "\(panel)"}]}]}
            """)
    return try WantedDashboard(source, fallbackUID: "none", settings: settings)
}
