import PluginKit
import Testing

@testable import Grafana

struct WantedDashboardTests {
    private func made(_ text: String, fallback: String = "agent-file") throws -> WantedDashboard {
        try WantedDashboard(
            try JSON(parsing: text), fallbackUID: fallback, settings: PushSettings())
    }

    @Test func `what is an installation's own is left out`() throws {
        let board = try made(
            #"""
            {"id": null, "uid": "u", "version": 9, "iteration": 1, "__inputs": [], "__requires": [],
             "title": "T", "panels": []}
            """#)
        #expect(
            board.model
                == .object(["uid": "u", "title": "T", "panels": .array([]), "tags": .array([])]))
    }

    @Test func `the hash follows the content, not the order of keys or what Grafana gives`() throws
    {
        let hash = try made(#"{"uid": "u", "title": "T", "panels": [{"a": 1, "b": 2}]}"#).hash
        #expect(hash.count == 16)
        #expect(
            try made(
                #"{"version": 4, "panels": [{"b": 2, "a": 1}], "title": "T", "uid": "u", "id": 3}"#
            )
            .hash == hash)
        for other in [
            #"{"uid": "u", "title": "T", "panels": [{"a": 1, "b": 3}]}"#,
            #"{"uid": "u", "title": "T2", "panels": [{"a": 1, "b": 2}]}"#,
            #"{"uid": "v", "title": "T", "panels": [{"a": 1, "b": 2}]}"#,
            #"{"uid": "u", "title": "T", "panels": [{"a": 1}, {"b": 2}]}"#,
            #"{"uid": "u", "title": "T", "panels": [{"a": "1", "b": 2}]}"#,
        ] {
            #expect(try made(other).hash != hash, "\(other)")
        }
    }

    @Test func `a dashboard that names itself not is named by its file, never by its title`() throws
    {
        #expect(try made(#"{"title": "One"}"#).uid == "agent-file")
        #expect(try made(#"{"title": "Two", "uid": ""}"#).uid == "agent-file")
    }

    @Test(arguments: [
        ("agent-", "agent-x", "agent-x"), ("agent-", "mine", "mine"),
        ("staging-", "agent-x", "staging-agent-x"), ("staging-", "staging-x", "staging-x"),
    ])
    func `a prefix of one's own stands before every uid, and links follow`(
        prefix: String, own: String, uid: String
    ) throws {
        var settings = PushSettings()
        settings.namespace = prefix
        let links =
            #"[{"url": "/g/d/\#(own)/slug?x=1"}, {"url": "/d/other"}, {"text": "/d/\#(own)"}]"#
        let board = try WantedDashboard(
            try JSON(parsing: #"{"uid": "\#(own)", "title": "T", "links": \#(links)}"#),
            fallbackUID: "none", settings: settings, siblings: [own])
        #expect(board.uid == uid && board.model["uid"] == .string(uid))
        #expect(
            board.model["links"]
                == .array([
                    .object(["url": .string("/g/d/\(uid)/slug?x=1")]),
                    .object(["url": "/d/other"]), .object(["text": .string("/d/\(own)")]),
                ]))
    }

    @Test func `what some tools put around a dashboard comes off`() throws {
        #expect(try made(#"{"meta": {}, "dashboard": {"uid": "u", "title": "T"}}"#).title == "T")
    }

    @Test(arguments: [
        (#"[]"#, "no JSON object"), (#"{"uid": "u"}"#, "no title"),
        (#"{"uid": "a b", "title": "T"}"#, "uid"), (#"{"uid": "ü", "title": "T"}"#, "uid"),
        (
            #"{"uid": "12345678901234567890123456789012345678901", "title": "T"}"#,
            "at most 40"
        ),
    ])
    func `what Grafana would refuse is told beforehand`(text: String, reason: String) throws {
        let error = #expect(throws: WantedDashboard.Unusable.self) { try made(text) }
        #expect(error?.description.contains(reason) == true)
    }

    @Test func `a stamp is read back from among other tags, and replaced`() throws {
        let stamp = Stamp(version: 12, hash: "0123456789abcdef")
        let board = try made(#"{"uid": "u", "title": "T", "tags": ["x"]}"#).model.marked(stamp)
        #expect(Stamp(model: board) == stamp)
        let again = board.marked(Stamp(version: 13, hash: "f"))
        #expect(
            again["tags"] == .array(["x", "pushed-by-agent", "agent-push:13:f"]))
        #expect(again.unmarked["tags"] == .array(["x"]))
    }

    @Test func `the longest stamp fits where Grafana keeps tags`() {
        let tag = Stamp(version: .max, hash: "0123456789abcdef").tag
        #expect(tag.utf8.count <= 50)
    }

    @Test(arguments: [
        "agent-push:", "agent-push:x:1", "agent-push:1", "agent-push:1:2:3", "", "tag",
    ])
    func `other tags are no stamps`(tag: String) {
        #expect(Stamp(tag: tag) == nil)
    }
}
