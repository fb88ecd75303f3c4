import Foundation
import TestSupport

/// A Grafana for tests (`Tests/Support/grafana_server.py`), and what a test asks of it.
final class GrafanaServer: Sendable {
    /// What it holds, and what it was asked.
    struct State {
        struct Dashboard {
            let version: Int
            let folder: String
            let title: String
            let tags: [String]
            let model: String
            let messages: [String]
        }

        let folders: [String: String]
        let dashboards: [String: Dashboard]
        let annotations: [[String: Any]]
        /// `GET /api/…`, in their order.
        let requests: [String]
        let organisations: [String?]
        /// Faults that have not come about yet.
        let faults: Int
    }

    struct NoPorts: Error {
        let line: String
    }

    let port: UInt16
    private let process: ChildProcess
    private let control: HTTPClient

    init(_ arguments: String...) async throws {
        process = try ChildProcess(
            "python3", ["\(repositoryRoot)/Tests/Support/grafana_server.py"] + arguments)
        let line = try await process.waitForLine(containing: "listening on", in: .output)
        let ports = line.split { !$0.isNumber }.compactMap { UInt16($0) }.suffix(2)
        guard let port = ports.first, let second = ports.last else {
            throw NoPorts(line: line)
        }
        self.port = port
        control = HTTPClient(port: second)
    }

    /// All it holds and was asked for, as it is.
    func everything() async throws -> [UInt8] { try await control.get("/state").body }

    func state() async throws -> State {
        let response = try await control.get("/state")
        let all =
            try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any] ?? [:]
        let folders = all["folders"] as? [String: [String: Any]] ?? [:]
        let requests = all["requests"] as? [[String: Any]] ?? []
        return State(
            folders: folders.mapValues { $0["title"] as? String ?? "" },
            dashboards: (all["dashboards"] as? [String: [String: Any]] ?? [:]).mapValues(dashboard),
            annotations: all["annotations"] as? [[String: Any]] ?? [],
            requests: requests.map { $0["line"] as? String ?? "" },
            organisations: requests.map { $0["organisation"] as? String },
            faults: (all["faults"] as? [Any])?.count ?? 0)
    }

    private func dashboard(_ held: [String: Any]) -> State.Dashboard {
        let model = held["model"] as? [String: Any] ?? [:]
        let text = try? JSONSerialization.data(
            withJSONObject: model, options: [.sortedKeys, .withoutEscapingSlashes])
        let history = held["history"] as? [[String: Any]] ?? []
        return State.Dashboard(
            version: held["version"] as? Int ?? 0, folder: held["folder"] as? String ?? "",
            title: model["title"] as? String ?? "", tags: model["tags"] as? [String] ?? [],
            model: String(decoding: text ?? Data(), as: UTF8.self),
            messages: history.map { $0["message"] as? String ?? "" })
    }

    /// Has the next requests whose method and path contain a text go wrong; see the script for what may be said.
    func fault(_ match: String, _ fault: String) async throws {
        _ = try await control.post("/fault", "{\"match\": \"\(match)\", \(fault)}")
    }

    /// What a person does in the editor.
    func edit(_ uid: String, title: String) async throws {
        _ = try await control.post(
            "/edit", "{\"uid\": \"\(uid)\", \"changes\": {\"title\": \"\(title)\"}}")
    }

    func deleteFolder(_ uid: String) async throws {
        _ = try await control.post("/delete-folder", "{\"uid\": \"\(uid)\"}")
    }

    func givePlugin(_ uid: String) async throws {
        _ = try await control.post("/plugin", "{\"uid\": \"\(uid)\"}")
    }
}

/// A directory of dashboards, and agents that push them.
struct GrafanaPush {
    let directory: TemporaryDirectory

    init(_ names: String...) throws {
        directory = try TemporaryDirectory()
        for name in names { try write(name) }
    }

    func write(_ name: String, panel: String = "up") throws {
        try directory.write(
            """
            {"uid": "agent-\(name)", "title": "Board \(name)", "tags": ["agent"], "schemaVersion": 41,
             "templating": {"list": [{"type": "datasource", "name": "datasource", "query": "prometheus"}]},
             "panels": [{"type": "timeseries", "title": "x", "targets": [{"expr": "\(panel)"}]}]}
            """, to: "dashboards/\(name).json")
    }

    func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: directory.path("dashboards/\(name).json"))
    }

    /// An agent with the plugin set so, looking at Grafana again every second.
    func agent(
        url: String, _ settings: String = "", environment: [String: String] = [:]
    ) async throws -> RunningAgent {
        try await RunningAgent(configuration(url: "\"\(url)\"", settings), environment: environment)
    }

    func configuration(
        url: String, _ settings: String = "", directory relative: String? = nil
    ) -> AgentConfigurationText {
        AgentConfigurationText(plugins: [
            #"{ "plugin": "Prometheus" }"#,
            """
            { "plugin": "Grafana", "settings": {
                "url": \(url), "dashboards": "\(relative ?? directory.path("dashboards"))",
                "refresh": "1s"\(settings.isEmpty ? "" : ", ")\(settings) } }
            """,
        ])
    }
}
