import PluginKit

/// Finds out which way a Grafana offers.
enum APIDetection {
    static let request = GrafanaRequest.get("/apis")

    /// The newer way, where it takes dashboards of the schema we write; `nil`: the older one.
    ///
    /// A Grafana that has no such path answers 404, or with its web page.
    static func resources(in answer: GrafanaAnswer) throws(Trouble) -> (
        dashboards: String, folders: String
    )? {
        if let trouble = answer.trouble { throw trouble }
        guard answer.status < 500 else {
            throw Trouble(reason: "Grafana failed (\(answer.described))")
        }
        guard answer.isSuccess, let groups = answer.json?["groups"]?.elements,
            let dashboards = version(of: ResourceAPI.dashboardGroup, in: groups),
            let folders = version(of: ResourceAPI.folderGroup, in: groups)
        else { return nil }
        return (dashboards, folders)
    }

    /// The namespace of the organisation that answers. Source: `org-<id>`, the first one's is `default`.
    static let organisationRequest = GrafanaRequest.get("/api/org")

    static func namespace(organisation id: Int64) -> String { id <= 1 ? "default" : "org-\(id)" }

    static func namespace(in answer: GrafanaAnswer) throws(Trouble) -> String {
        if let trouble = answer.trouble { throw trouble }
        guard answer.isSuccess, let id = answer.json?["id"]?.integer else { return "default" }
        return namespace(organisation: id)
    }

    /// Versions from 2 on describe dashboards in another schema; alphas come and go.
    private static let versions = ["v1", "v1beta1"]

    private static func version(of group: String, in groups: [JSON]) -> String? {
        let offered = groups.first { $0["name"] == .string(group) }?["versions"]?.elements ?? []
        return versions.first { version in
            offered.contains { $0["version"] == .string(version) }
        }
    }
}
