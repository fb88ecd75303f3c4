import PluginKit

/// One of Grafana's two ways to keep folders and dashboards: from actions to requests, from answers to outcomes.
protocol DashboardAPI: Sendable {
    func request(for action: PushAction) -> GrafanaRequest

    /// What an answer says that is neither trouble nor about what both ways have in common.
    func outcome(of action: PushAction, _ answer: GrafanaAnswer) -> PushOutcome
}

extension DashboardAPI {
    func reply(to action: PushAction, _ answer: GrafanaAnswer) -> Reply {
        if let trouble = answer.trouble { return .trouble(trouble) }
        return .outcome(outcome(of: action, answer))
    }

    // MARK: What both have in common

    /// How dashboards are searched for, which is one for both.
    var listRequest: GrafanaRequest {
        .get("/api/search?type=dash-db&limit=5000&tag=\(JSON.ownerTag.percentEncoded)")
    }

    func listed(_ answer: GrafanaAnswer) -> PushOutcome {
        guard answer.isSuccess, let found = answer.json?.elements else { return answer.unexpected }
        return .listed(uids: found.compactMap { $0["uid"]?.text })
    }

    var dataSourceRequest: GrafanaRequest { .get("/api/datasources") }

    /// The default Prometheus data source, else the first by name. Where sources may not be looked at, a dashboard
    /// works with Grafana's own default as well.
    func dataSource(_ answer: GrafanaAnswer) -> PushOutcome {
        guard answer.isSuccess, let sources = answer.json?.elements else { return .done }
        let usable = sources.compactMap { source -> (uid: String, name: String, isDefault: Bool)? in
            guard source["type"] == "prometheus", let uid = source["uid"]?.text,
                let name = source["name"]?.text
            else { return nil }
            return (uid, name, source["isDefault"] == .bool(true))
        }
        let sorted = usable.sorted { $0.name < $1.name }
        guard let chosen = sorted.first(where: \.isDefault) ?? sorted.first else { return .done }
        return .dataSource(uid: chosen.uid, name: chosen.name)
    }
}
