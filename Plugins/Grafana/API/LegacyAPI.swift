import PluginKit

/// Folders and dashboards under `/api`: all there is up to Grafana 11, deprecated from 13 on.
struct LegacyAPI: DashboardAPI {
    func request(for action: PushAction) -> GrafanaRequest {
        switch action {
        case .readFolder(let uid): return .get("/api/folders/\(uid.percentEncoded)")
        case .createFolder(let folder):
            return GrafanaRequest(
                method: .post, path: "/api/folders",
                body: .object(["uid": .string(folder.uid), "title": .string(folder.title)]))
        case .renameFolder(let folder, let held):
            return GrafanaRequest(
                method: .put, path: "/api/folders/\(folder.uid.percentEncoded)",
                body: .object([
                    "title": .string(folder.title), "version": .integer(held.version),
                    "overwrite": .bool(false),
                ]))
        case .read(let uid): return .get("/api/dashboards/uid/\(uid.percentEncoded)")
        case .save(let save):
            let version = save.replacing.map { JSON.integer($0.version) }
            return GrafanaRequest(
                method: .post, path: "/api/dashboards/db",
                body: .object([
                    "dashboard": save.model.with("version", version),
                    // Left out, an update would move the dashboard to the root.
                    "folderUid": .string(save.folderUID),
                    "message": .string(save.message), "overwrite": .bool(false),
                ]))
        case .remove(let held):
            return GrafanaRequest(
                method: .delete, path: "/api/dashboards/uid/\(held.uid.percentEncoded)")
        case .findDataSource: return dataSourceRequest
        case .list, .finish: return listRequest
        }
    }

    func outcome(of action: PushAction, _ answer: GrafanaAnswer) -> PushOutcome {
        switch action {
        case .readFolder: folder(answer)
        case .createFolder, .renameFolder: changedFolder(answer)
        case .read(let uid): dashboard(answer, uid)
        case .save: saved(answer)
        case .remove: answer.isSuccess || answer.isAbsence ? .done : answer.unexpected
        case .findDataSource: dataSource(answer)
        case .list, .finish: listed(answer)
        }
    }

    private func folder(_ answer: GrafanaAnswer) -> PushOutcome {
        if answer.isAbsence { return .folder(nil) }
        guard answer.isSuccess, let title = answer.json?["title"]?.text else {
            return answer.unexpected
        }
        return .folder(HeldFolder(title: title, version: answer.json?["version"]?.integer ?? 0))
    }

    private func changedFolder(_ answer: GrafanaAnswer) -> PushOutcome {
        if answer.isSuccess, answer.json?["uid"] != nil { return .done }
        if answer.status == 409 || answer.status == 412 || answer.isAbsence { return .conflict }
        return answer.unexpected
    }

    private func dashboard(_ answer: GrafanaAnswer, _ uid: String) -> PushOutcome {
        if answer.isAbsence { return .dashboard(nil) }
        guard answer.isSuccess, let model = answer.json?["dashboard"], model.members != nil,
            let meta = answer.json?["meta"],
            let version = meta["version"]?.integer ?? model["version"]?.integer
        else { return answer.unexpected }
        return .dashboard(
            HeldDashboard(
                uid: uid, revision: HeldDashboard.Revision(version: version), model: model,
                folderUID: meta["folderUid"]?.text ?? "", folderTitle: meta["folderTitle"]?.text))
    }

    private func saved(_ answer: GrafanaAnswer) -> PushOutcome {
        if answer.isSuccess, let version = answer.json?["version"]?.integer {
            return .saved(version: version)
        }
        let isAboutFolder = answer.message?.lowercased().contains("folder") == true
        switch (answer.status, answer.conflictStatus) {
        case (412, "version-mismatch"): return .conflict
        case (412, "name-exists"): return .titleTaken
        case (412, "plugin-dashboard"):
            return .refused("it belongs to a plugin of Grafana (\(answer.described))")
        case (409, _): return .conflict
        case (404, _) where isAboutFolder, (400, _) where isAboutFolder: return .noFolder
        // Removed since it was read.
        case (404, _) where answer.json != nil: return .conflict
        case (400, _) where answer.message?.contains("same uid") == true: return .conflict
        default: return answer.unexpected
        }
    }
}

extension GrafanaAnswer {
    /// A 404 of Grafana itself, not of what stands before it.
    var isAbsence: Bool { status == 404 && json?.members != nil }
}
