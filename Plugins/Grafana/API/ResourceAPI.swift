import PluginKit

/// Folders and dashboards under `/apis`, as resources in the manner of Kubernetes: from Grafana 12 on.
struct ResourceAPI: DashboardAPI {
    static let dashboardGroup = "dashboard.grafana.app"
    static let folderGroup = "folder.grafana.app"

    let namespace: String
    let dashboardVersion: String
    let folderVersion: String

    private func dashboards(_ uid: String? = nil) -> String {
        path(Self.dashboardGroup, dashboardVersion, "dashboards", uid)
    }

    private func folders(_ uid: String? = nil) -> String {
        path(Self.folderGroup, folderVersion, "folders", uid)
    }

    private func path(_ group: String, _ version: String, _ kind: String, _ uid: String?) -> String
    {
        let all = "/apis/\(group)/\(version)/namespaces/\(namespace.percentEncoded)/\(kind)"
        return uid.map { "\(all)/\($0.percentEncoded)" } ?? all
    }

    func request(for action: PushAction) -> GrafanaRequest {
        switch action {
        case .readFolder(let uid): .get(folders(uid))
        case .createFolder(let folder):
            GrafanaRequest(method: .post, path: folders(), body: resource(folder))
        case .renameFolder(let folder, let held):
            GrafanaRequest(
                method: .put, path: folders(folder.uid), body: renamed(folder, held))
        case .read(let uid): .get(dashboards(uid))
        case .save(let save):
            GrafanaRequest(
                method: save.replacing == nil ? .post : .put,
                path: dashboards(save.replacing == nil ? nil : save.uid), body: resource(save))
        case .remove(let held):
            GrafanaRequest(
                method: .delete, path: dashboards(held.uid),
                body: .object([
                    "apiVersion": "v1", "kind": "DeleteOptions",
                    "preconditions": .object([
                        "resourceVersion": held.revision.resourceVersion.map { .string($0) }
                    ]),
                ]))
        case .findDataSource: dataSourceRequest
        case .list, .finish: listRequest
        }
    }

    private func resource(_ folder: PushSettings.Folder) -> JSON {
        .object([
            "apiVersion": .string("\(Self.folderGroup)/\(folderVersion)"), "kind": "Folder",
            "metadata": .object(["name": .string(folder.uid)]),
            "spec": .object(["title": .string(folder.title)]),
        ])
    }

    /// All else of the folder stays.
    private func renamed(_ folder: PushSettings.Folder, _ held: HeldFolder) -> JSON {
        guard let whole = held.resource, let spec = whole["spec"] else { return resource(folder) }
        return whole.with("spec", spec.with("title", .string(folder.title))).without(["status"])
    }

    private func resource(_ save: PushAction.Save) -> JSON {
        .object([
            "apiVersion": .string("\(Self.dashboardGroup)/\(dashboardVersion)"),
            "kind": "Dashboard",
            "metadata": .object([
                "name": .string(save.uid),
                "resourceVersion": save.replacing?.resourceVersion.map { .string($0) },
                "annotations": .object([
                    "grafana.app/folder": .string(save.folderUID),
                    "grafana.app/message": .string(save.message),
                ]),
            ]),
            // The resource's name is the uid.
            "spec": save.model.without(["uid"]),
        ])
    }

    func outcome(of action: PushAction, _ answer: GrafanaAnswer) -> PushOutcome {
        switch action {
        case .readFolder: folder(answer)
        case .createFolder, .renameFolder: changedFolder(answer)
        case .read(let uid): dashboard(answer, uid)
        case .save: saved(answer)
        case .remove: removed(answer)
        case .findDataSource: dataSource(answer)
        case .list, .finish: listed(answer)
        }
    }

    private func folder(_ answer: GrafanaAnswer) -> PushOutcome {
        if answer.isAbsence { return .folder(nil) }
        guard answer.isSuccess, let whole = answer.json, let title = whole["spec"]?["title"]?.text
        else { return answer.unexpected }
        return .folder(
            HeldFolder(
                title: title, version: whole["metadata"]?["generation"]?.integer ?? 0,
                resource: whole))
    }

    private func changedFolder(_ answer: GrafanaAnswer) -> PushOutcome {
        if answer.isSuccess, answer.json?["metadata"] != nil { return .done }
        if answer.status == 409 || answer.status == 412 || answer.isAbsence { return .conflict }
        return answer.unexpected
    }

    private func dashboard(_ answer: GrafanaAnswer, _ uid: String) -> PushOutcome {
        if answer.isAbsence { return .dashboard(nil) }
        guard answer.isSuccess, let metadata = answer.json?["metadata"],
            let spec = answer.json?["spec"], spec.members != nil,
            let resourceVersion = metadata["resourceVersion"]?.text
        else { return answer.unexpected }
        let revision = HeldDashboard.Revision(
            version: metadata["generation"]?.integer ?? 1, resourceVersion: resourceVersion)
        return .dashboard(
            HeldDashboard(
                uid: uid, revision: revision, model: spec,
                folderUID: metadata["annotations"]?["grafana.app/folder"]?.text ?? ""))
    }

    private func saved(_ answer: GrafanaAnswer) -> PushOutcome {
        if answer.isSuccess, let metadata = answer.json?["metadata"] {
            return .saved(version: metadata["generation"]?.integer ?? 1)
        }
        let isAboutFolder = answer.message?.lowercased().contains("folder") == true
        if isAboutFolder, [400, 404, 422].contains(answer.status) { return .noFolder }
        if answer.status == 409 || answer.isAbsence { return .conflict }
        return answer.unexpected
    }

    private func removed(_ answer: GrafanaAnswer) -> PushOutcome {
        if answer.isSuccess || answer.isAbsence { return .done }
        return answer.status == 409 ? .conflict : answer.unexpected
    }
}
