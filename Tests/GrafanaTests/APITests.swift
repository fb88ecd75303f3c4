import PluginKit
import Testing

@testable import Grafana

struct APITests {
    private let save = PushAction.save(
        .init(
            uid: "u", title: "T", model: .object(["uid": "u", "title": "T"]), folderUID: "f",
            replacing: .init(version: 3, resourceVersion: "1003"), message: "m"))
    private let create = PushAction.save(
        .init(
            uid: "u", title: "T", model: .object(["uid": "u", "title": "T"]), folderUID: "f",
            replacing: nil, message: "m"))
    private let resources = ResourceAPI(
        namespace: "org-2", dashboardVersion: "v1", folderVersion: "v1beta1")

    private func answer(_ status: Int, _ text: String?) throws -> GrafanaAnswer {
        GrafanaAnswer(status: status, json: try text.map { try JSON(parsing: $0) })
    }

    @Test func `a save names folder, version and message, and never overwrites blindly`() throws {
        let body = try #require(LegacyAPI().request(for: save).body)
        #expect(
            body.description == #"{"dashboard":{"uid":"u","title":"T","version":3},"#
                + #""folderUid":"f","message":"m","overwrite":false}"#)
        #expect(LegacyAPI().request(for: create).body?["dashboard"]?["version"] == nil)
    }

    @Test func `a resource names its revision, folder and message in its metadata`() throws {
        let request = resources.request(for: save)
        #expect(request.method == .put)
        #expect(
            request.path == "/apis/dashboard.grafana.app/v1/namespaces/org-2/dashboards/u")
        let metadata = try #require(request.body?["metadata"])
        #expect(metadata["resourceVersion"] == "1003")
        #expect(metadata["annotations"]?["grafana.app/folder"] == "f")
        #expect(metadata["annotations"]?["grafana.app/message"] == "m")
        #expect(request.body?["spec"] == .object(["title": "T"]))
        #expect(resources.request(for: create).method == .post)
    }

    @Test func `renaming a folder leaves what else it has`() throws {
        let whole = try JSON(
            parsing:
                #"{"metadata": {"resourceVersion": "7"}, "spec": {"title": "a", "description": "d"}}"#
        )
        let held = HeldFolder(title: "a", version: 1, resource: whole)
        let request = resources.request(for: .renameFolder(.init(uid: "f", title: "b"), held))
        #expect(request.body?["spec"] == .object(["title": "b", "description": "d"]))
        #expect(request.body?["metadata"]?["resourceVersion"] == "7")
    }

    @Test(
        arguments: [
            (200, #"{"uid": "u", "version": 4}"#, PushOutcome.saved(version: 4)),
            (412, #"{"status": "version-mismatch", "message": "m"}"#, .conflict),
            (412, #"{"status": "name-exists", "message": "m"}"#, .titleTaken),
            (
                412, #"{"status": "plugin-dashboard", "message": "m"}"#,
                .refused("it belongs to a plugin of Grafana (412: m)")
            ),
            (412, #"{"status": "new", "message": "m"}"#, .refused("Grafana refuses it (412: m)")),
            (404, #"{"message": "folder not found"}"#, .noFolder),
            (404, #"{"message": "Dashboard not found"}"#, .conflict),
            (
                400, #"{"message": "bad request data"}"#,
                .refused("Grafana refuses it (400: bad request data)")
            ),
            (403, #"{"message": "no"}"#, .failed("Grafana does not permit it (403: no)")),
            (500, #"{"message": "oops"}"#, .failed("Grafana failed (500: oops)")),
            (200, #"[]"#, .failed("the answer (200) is not Grafana's; is \"url\" right?")),
            (404, nil, .failed("there is no such path (404); is \"url\" right?")),
        ] as [(Int, String?, PushOutcome)])
    func `each answer to a save has its meaning`(
        status: Int, text: String?, outcome: PushOutcome
    ) throws {
        #expect(LegacyAPI().reply(to: save, try answer(status, text)) == .outcome(outcome))
    }

    @Test(
        arguments: [
            (201, #"{"metadata": {"generation": 4}}"#, PushOutcome.saved(version: 4)),
            (409, #"{"message": "the object has been modified"}"#, .conflict),
            (404, #"{"message": "not found"}"#, .conflict),
            (404, #"{"message": "folder not found"}"#, .noFolder),
            (422, #"{"message": "invalid"}"#, .refused("Grafana refuses it (422: invalid)")),
        ] as [(Int, String?, PushOutcome)])
    func `each answer to a saved resource has its meaning`(
        status: Int, text: String?, outcome: PushOutcome
    ) throws {
        #expect(resources.reply(to: save, try answer(status, text)) == .outcome(outcome))
    }

    @Test(arguments: [301, 302, 308, 401, 407, 429, 503])
    func `what stands before every request is trouble for all of them`(status: Int) throws {
        for action in [save, .read(uid: "u"), .readFolder(uid: "f"), .list] {
            for api in [LegacyAPI(), resources] as [any DashboardAPI] {
                guard case .trouble = api.reply(to: action, try answer(status, "{}")) else {
                    Issue.record("\(status) to \(action)")
                    continue
                }
            }
        }
    }

    @Test func `the newer way is taken where it speaks our schema`() throws {
        func offering(_ dashboards: String, _ folders: String) throws -> (String, String)? {
            func group(_ name: String, _ versions: String) -> String {
                "{\"name\": \"\(name)\", \"versions\": [\(versions)]}"
            }
            let text =
                "{\"groups\": [\(group("dashboard.grafana.app", dashboards)), "
                + "\(group("folder.grafana.app", folders))]}"
            return try APIDetection.resources(in: answer(200, text))
        }
        let (alpha, beta, v1, v2) = (
            #"{"version": "v0alpha1"}"#, #"{"version": "v1beta1"}"#, #"{"version": "v1"}"#,
            #"{"version": "v2"}"#
        )
        #expect(try offering("\(v2), \(v1), \(beta)", beta)! == ("v1", "v1beta1"))
        #expect(try offering(alpha, beta) == nil)
        #expect(try offering(v2, v1) == nil)
        for (status, text) in [(404, nil), (404, "{}"), (200, nil), (200, "[]"), (403, "{}")] {
            #expect(try APIDetection.resources(in: answer(status, text)) == nil)
        }
        for status in [401, 429, 500, 503] {
            #expect(throws: Trouble.self) { try APIDetection.resources(in: answer(status, "{}")) }
        }
    }

    @Test func `the default Prometheus data source is found`() throws {
        let text = #"""
            [{"uid": "l", "name": "A", "type": "loki", "isDefault": true},
             {"uid": "b", "name": "B", "type": "prometheus"}, {"uid": "c", "name": "C", "type": "prometheus"}]
            """#
        #expect(LegacyAPI().dataSource(try answer(200, text)) == .dataSource(uid: "b", name: "B"))
        let chosen = text.replacing(
            #""type": "prometheus"}]"#, with: #""type": "prometheus", "isDefault": true}]"#)
        #expect(LegacyAPI().dataSource(try answer(200, chosen)) == .dataSource(uid: "c", name: "C"))
        #expect(LegacyAPI().dataSource(try answer(403, "{}")) == .done)
        #expect(LegacyAPI().dataSource(try answer(200, "[]")) == .done)
    }

    @Test func `an annotation is one region from start to stop`() throws {
        var life = Lifecycle(start: 1000, version: "1.0.0", tags: ["agent"])
        #expect(life.ending(5) == nil)
        #expect(life.beginning?.body?["time"] == .integer(1000))
        #expect(try life.begun(answer(200, #"{"id": 7}"#)) == nil)
        #expect(life.beginning == nil)
        let ending = try #require(life.ending(2000))
        #expect(ending.method == .patch)
        #expect(ending.path == "/api/annotations/7")
        #expect(ending.body?["timeEnd"] == .integer(2000))
        #expect(life.ending(10)?.body?["timeEnd"] == .integer(1000))
    }

    @Test func `an annotation whose answer was lost is looked for before it is made again`() throws
    {
        var life = Lifecycle(start: 1000, version: "1.0.0", tags: ["agent", "a b"])
        life.lost()
        let search = try #require(life.beginning)
        #expect(search.method == .get)
        #expect(search.path.hasSuffix("&from=1000&to=1000&tags=agent&tags=a%20b"))
        var other = life
        #expect(try other.begun(answer(200, "[]")) == nil)
        #expect(other.beginning?.method == .post)
        let held =
            #"[{"id": 3, "time": 1000, "text": "x"}, {"id": 4, "time": 1000, "text": "agent 1.0.0 runs"}]"#
        #expect(try life.begun(answer(200, held)) == nil)
        #expect(life.beginning == nil)
        #expect(life.ending(2000)?.path == "/api/annotations/4")
    }

    @Test func `an annotation that is refused is not tried again`() throws {
        var life = Lifecycle(start: 1000, version: "1.0.0", tags: [])
        #expect(throws: Trouble.self) { try life.begun(answer(503, "{}")) }
        #expect(life.beginning?.method == .post)
        #expect(try life.begun(answer(403, #"{"message": "no"}"#)) == "403: no")
        #expect(life.beginning == nil)
        #expect(life.ending(2000) == nil)
    }
}
