import PluginKit
import Testing

@testable import Grafana

struct PushPlanTests {
    private var grafana = ModelGrafana()

    @Test mutating func `a first push makes the folder and every dashboard once`() throws {
        let boards = [try wanted("agent-a"), try wanted("agent-b")]
        let results = grafana.push(boards)
        #expect(results == ["agent-a": .created, "agent-b": .created])
        #expect(grafana.folders == ["agent": HeldFolder(title: "Agent", version: 1)])
        let held = try #require(grafana.dashboards["agent-a"])
        #expect(held.folderUID == "agent")
        #expect(held.stamp == Stamp(version: 1, hash: boards[0].hash))
        #expect(held.model["id"] == nil)
        #expect(
            held.model["templating"]?["list"]?.elements?.first?["current"]?["value"] == "prom")
    }

    @Test mutating func `where all is well there is one request for each dashboard`() throws {
        let boards = [try wanted("agent-a"), try wanted("agent-b"), try wanted("agent-c")]
        _ = grafana.push(boards)
        grafana.requests = []
        #expect(grafana.push(boards).values.allSatisfy { $0 == .unchanged })
        #expect(grafana.requests == boards.map { .read(uid: $0.uid) })
    }

    @Test mutating func `where answers tell nothing of the folder it is looked at once`() throws {
        let boards = [try wanted("agent-a")]
        _ = grafana.push(boards)
        grafana.dashboards["agent-a"]?.folderTitle = nil
        grafana.requests = []
        var memory = PushMemory()
        for _ in 1...3 {
            #expect(grafana.push(boards, memory: &memory) == ["agent-a": .unchanged])
        }
        #expect(grafana.requests.filter { $0 == .readFolder(uid: "agent") }.count == 1)
        #expect(grafana.requests.count == 4)
    }

    @Test mutating func `new content replaces ours, and the message tells of both`() throws {
        _ = grafana.push([try wanted("agent-a")])
        var settings = PushSettings()
        settings.agentVersion = "1.2.3"
        let new = try wanted("agent-a", title: "New title", panel: "down")
        #expect(grafana.push([new], settings) == ["agent-a": .updated])
        guard case .save(let save)? = grafana.requests.last else {
            Issue.record("the last request is no save")
            return
        }
        #expect(save.message == "agent 1.2.3, content \(new.hash)")
        #expect(save.replacing == .init(version: 1))
        #expect(grafana.dashboards.keys.sorted() == ["agent-a"])
        #expect(grafana.dashboards["agent-a"]?.stamp?.version == 2)
    }

    // MARK: People

    @Test mutating func `what a person changed is kept, also when new content comes`() throws {
        _ = grafana.push([try wanted("agent-a")])
        grafana.edit("agent-a", title: "Mine")
        for panel in ["up", "down"] {
            #expect(grafana.push([try wanted("agent-a", panel: panel)]) == ["agent-a": .kept])
        }
        #expect(grafana.dashboards["agent-a"]?.model["title"] == "Mine")
        #expect(grafana.saves == 1)
    }

    @Test mutating func `a person who brings ours back is no conflict`() throws {
        var settings = PushSettings()
        settings.dataSourceUID = "prom"
        let board = try wanted("agent-a", settings)
        _ = grafana.push([board], settings)
        grafana.edit("agent-a", title: "Mine")
        #expect(grafana.push([board], settings) == ["agent-a": .kept])
        grafana.edit("agent-a", title: "Board")
        #expect(grafana.push([board], settings) == ["agent-a": .unchanged])
        #expect(grafana.saves == 1)
    }

    @Test mutating func `overwrite replaces what a person changed`() throws {
        _ = grafana.push([try wanted("agent-a")])
        grafana.edit("agent-a", title: "Mine")
        var settings = PushSettings()
        settings.onConflict = .overwrite
        let board = try wanted("agent-a")
        #expect(grafana.push([board], settings) == ["agent-a": .updated])
        #expect(grafana.dashboards["agent-a"]?.model["title"] == "Board")
        #expect(grafana.dashboards["agent-a"]?.stamp == Stamp(version: 3, hash: board.hash))
        #expect(grafana.push([board], settings) == ["agent-a": .unchanged])
    }

    @Test mutating func `copy saves what a person changed aside, once, and then replaces it`()
        throws
    {
        _ = grafana.push([try wanted("agent-a")])
        grafana.edit("agent-a", title: "Mine")
        var settings = PushSettings()
        settings.onConflict = .copy
        let board = try wanted("agent-a")
        #expect(
            grafana.push([board], settings) == ["agent-a": .copied(uid: "edited-agent-a-v2")])
        let copy = try #require(grafana.dashboards["edited-agent-a-v2"])
        #expect(copy.model["title"] == "Mine (edited, version 2)")
        #expect(copy.stamp == nil)
        #expect(copy.model["tags"] == .array(["agent"]))
        #expect(grafana.dashboards["agent-a"]?.model["title"] == "Board")
        #expect(grafana.push([board], settings) == ["agent-a": .unchanged])
        #expect(grafana.dashboards.count == 2)
    }

    @Test mutating func `a dashboard of our uid that nobody pushed counts as a person's`() throws {
        grafana.folders["agent"] = HeldFolder(title: "Agent", version: 1)
        grafana.dashboards["agent-a"] = HeldDashboard(
            uid: "agent-a", revision: .init(version: 9), model: .object(["title": "Old"]))
        #expect(grafana.push([try wanted("agent-a")]) == ["agent-a": .kept])
        #expect(grafana.saves == 0)
    }

    // MARK: The folder

    @Test mutating func `a folder that someone deleted comes back with its dashboards`() throws {
        let boards = [try wanted("agent-a"), try wanted("agent-b")]
        var memory = PushMemory()
        _ = grafana.push(boards, memory: &memory)
        grafana.folders = [:]
        grafana.dashboards = [:]
        #expect(
            grafana.push(boards, memory: &memory) == ["agent-a": .created, "agent-b": .created])
        #expect(grafana.folders["agent"] != nil)
    }

    @Test mutating func `a folder with another title is renamed, and nothing else is saved`() throws
    {
        _ = grafana.push([try wanted("agent-a")])
        var settings = PushSettings()
        settings.folder.title = "Metrics agent"
        #expect(grafana.push([try wanted("agent-a")], settings) == ["agent-a": .unchanged])
        #expect(grafana.folders["agent"] == HeldFolder(title: "Metrics agent", version: 2))
        #expect(grafana.saves == 1)
    }

    @Test mutating func `another folder uid moves the dashboards`() throws {
        _ = grafana.push([try wanted("agent-a")])
        var settings = PushSettings()
        settings.folder = .init(uid: "other", title: "Other")
        #expect(grafana.push([try wanted("agent-a", settings)], settings) == ["agent-a": .updated])
        #expect(grafana.dashboards["agent-a"]?.folderUID == "other")
    }

    @Test mutating func `without its folder nothing is saved`() throws {
        grafana.faults = [({ $0 == .readFolder(uid: "agent") }, .failed("it rains"))]
        let results = grafana.push([try wanted("agent-a")])
        #expect(results == ["folder agent": .failed("it rains")])
        #expect(grafana.saves == 0)
    }

    @Test mutating func `a folder that goes while dashboards are saved is made again`() throws {
        grafana.folders["agent"] = HeldFolder(title: "Agent", version: 1)
        grafana.faults = [({ if case .save = $0 { true } else { false } }, .noFolder)]
        grafana.folders = [:]
        #expect(grafana.push([try wanted("agent-a")]) == ["agent-a": .created])
        #expect(grafana.folders["agent"] != nil)
    }

    // MARK: Several agents

    @Test(arguments: 0..<200)
    func `agents that start together end in one version`(seed: Int) throws {
        var grafana = ModelGrafana()
        let boards = [try wanted("agent-a"), try wanted("agent-b")]
        var random = seed
        var plans = (0..<3).map { _ in PushPlan(boards, PushSettings()) }
        var actions = plans.indices.map { plans[$0].begin() }
        while let busy = Optional(plans.indices.filter { !actions[$0].isFinish }), !busy.isEmpty {
            random = (random &* 1_103_515_245 &+ 12345) & 0x7fff_ffff
            let next = busy[(random >> 8) % busy.count]
            actions[next] = plans[next].handle(grafana.perform(actions[next]))
        }
        #expect(grafana.dashboards.values.allSatisfy { $0.revision.version == 1 })
        for case .finish(let report) in actions {
            #expect(report.byUID.values.allSatisfy { $0 == .created || $0 == .unchanged })
        }
    }

    @Test mutating func `agents that want different things do not replace each other for ever`()
        throws
    {
        let (old, new) = (try wanted("agent-a", panel: "old"), try wanted("agent-a", panel: "new"))
        var memories = (PushMemory(), PushMemory())
        #expect(grafana.push([old], memory: &memories.0) == ["agent-a": .created])
        #expect(grafana.push([new], memory: &memories.1) == ["agent-a": .updated])
        for _ in 1...3 {
            #expect(grafana.push([old], memory: &memories.0) == ["agent-a": .superseded])
            #expect(grafana.push([new], memory: &memories.1) == ["agent-a": .unchanged])
        }
    }

    @Test mutating func `a save whose answer was lost is found done`() throws {
        let board = try wanted("agent-a")
        var plan = PushPlan([board], PushSettings())
        var action = plan.begin()
        while !action.isSave(of: "agent-a") { action = plan.handle(grafana.perform(action)) }
        _ = grafana.perform(action)
        // The same request again, as after a cut connection.
        action = plan.handle(grafana.perform(action))
        while !action.isFinish { action = plan.handle(grafana.perform(action)) }
        #expect(action.report?.byUID == ["agent-a": .unchanged])
        #expect(grafana.dashboards["agent-a"]?.revision.version == 1)
    }

    // MARK: What goes wrong with one

    @Test mutating func `one that is refused does not keep the others back`() throws {
        grafana.faults = [
            ({ $0.isSave(of: "agent-a") }, .refused("too wide")),
            ({ $0 == .read(uid: "agent-b") }, .failed("500")),
        ]
        let results = grafana.push(try ["agent-a", "agent-b", "agent-c"].map { try wanted($0) })
        #expect(
            results == [
                "agent-a": .refused("too wide"), "agent-b": .failed("500"), "agent-c": .created,
            ])
    }

    @Test mutating func `a title that is taken is looked at twice, then told`() throws {
        let taken =
            ModelGrafana().faults
            + Array(
                repeating: ({ (action: PushAction) in action.isSave(of: "agent-a") }, .titleTaken),
                count: 9)
        grafana.faults = taken
        #expect(
            grafana.push([try wanted("agent-a")])
                == ["agent-a": .refused("another dashboard in the folder has its title")])
        #expect(grafana.saves == 2)
    }

    @Test mutating func `conflict after conflict ends`() throws {
        grafana.faults = Array(
            repeating: ({ (action: PushAction) in action.isSave(of: "agent-a") }, .conflict),
            count: 99)
        #expect(
            grafana.push([try wanted("agent-a")])
                == ["agent-a": .failed("others keep changing it")])
    }

    @Test(arguments: [
        PushOutcome.done, .listed(uids: []), .noFolder, .titleTaken, .saved(version: 1),
    ])
    func `no answer leads astray`(outcome: PushOutcome) throws {
        var plan = PushPlan([try wanted("agent-a"), try wanted("agent-b")], PushSettings())
        var action = plan.begin()
        for _ in 0..<200 where !action.isFinish { action = plan.handle(outcome) }
        #expect(action.isFinish)
    }

    // MARK: Comparing

    @Test mutating func `comparing tells what would be done, and writes nothing`() throws {
        var settings = PushSettings()
        settings.comparesOnly = true
        settings.removesRetired = true
        #expect(
            grafana.push([try wanted("agent-a")], settings)
                == ["agent-a": .would("create"), "folder agent": .would("create")])
        _ = grafana.push(try ["agent-a", "agent-b", "agent-c", "agent-d"].map { try wanted($0) })
        grafana.edit("agent-c", title: "Mine")
        settings.onConflict = .copy
        settings.folder.title = "Other"
        let before = grafana.dashboards
        let boards = [
            try wanted("agent-a"), try wanted("agent-b", panel: "new"), try wanted("agent-c"),
        ]
        #expect(
            grafana.push(boards, settings) == [
                "agent-a": .unchanged, "agent-b": .would("update"), "agent-c": .would("copy"),
                "agent-d": .would("remove"), "folder agent": .would("rename"),
            ])
        #expect(grafana.dashboards == before)
        #expect(grafana.saves == 4)
    }

    // MARK: Retired

    @Test mutating func `what is pushed no more stays unless its removal is asked for`() throws {
        let boards = [try wanted("agent-a"), try wanted("agent-b"), try wanted("team-c")]
        _ = grafana.push(boards)
        _ = grafana.push([boards[0]])
        #expect(grafana.dashboards.count == 3)
        var settings = PushSettings()
        settings.removesRetired = true
        let results = grafana.push([boards[0]], settings)
        #expect(results == ["agent-a": .unchanged, "agent-b": .removed])
        #expect(grafana.dashboards.keys.sorted() == ["agent-a", "team-c"])
    }

    @Test mutating func `what people changed or made is not removed`() throws {
        _ = grafana.push([try wanted("agent-a"), try wanted("agent-b")])
        grafana.edit("agent-b", title: "Mine")
        grafana.dashboards["agent-own"] = HeldDashboard(
            uid: "agent-own", revision: .init(version: 1), model: .object(["title": "Own"]))
        var settings = PushSettings()
        settings.removesRetired = true
        #expect(
            grafana.push([try wanted("agent-a")], settings)
                == ["agent-a": .unchanged, "agent-b": .kept])
        #expect(grafana.dashboards.count == 3)
    }
}

extension PushAction {
    var isFinish: Bool { report != nil }

    var report: PushReport? {
        guard case .finish(let report) = self else { return nil }
        return report
    }

    func isSave(of uid: String) -> Bool {
        guard case .save(let save) = self else { return false }
        return save.uid == uid
    }
}
