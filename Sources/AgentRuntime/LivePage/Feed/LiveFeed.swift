import AgentConfiguration
import Automation
import EventIntake
import NIOCore
import PubSub
import Redaction
import Repo
import Telemetry

/// Writes what the page shows, once for all who see it, while anybody does.
///
/// It hears of runs, quotas, plugins and alerts over PubSub, and looks at the figures once a second. What it writes is
/// published under `Topic.live`; sessions that come get the whole page first and then what is newer.
actor LiveFeed {
    /// The whole page, and the last patch that is part of it.
    struct Page: Sendable {
        let number: UInt64
        let bytes: ByteBuffer
    }

    static let tickMilliseconds: Int64 = 1000
    /// What happens within this time is told together.
    private static let gathering = Duration.milliseconds(100)
    /// Messages that wait before the oldest is lost; then all is read anew.
    private static let mailbox = 4096

    private let sources: LiveSources
    private let sessions: LiveSessions
    private let events: LiveSessionEvents
    private var watchers = 0
    private var work: Task<Void, Never>?
    private var loading: Task<Void, Never>?

    private var board = RunBoard()
    private var recorder = FigureRecorder()
    private var shown = Shown()
    private var number: UInt64 = 0
    private var whole: Page?

    /// What was written last of what is looked at: it is only told when it changes.
    private struct Shown {
        var plugins = ""
        var faults = ""
        var sites = ""
        var schedules = ""
        var configuration = ""
    }

    init(_ sources: LiveSources, sessions: LiveSessions, events: LiveSessionEvents) {
        self.sources = sources
        self.sessions = sessions
        self.events = events
    }

    // MARK: Watchers

    /// One more looks; the page as it is now. With the first one it begins to work.
    func join() async -> Page {
        watchers += 1
        if work == nil { begin() }
        await loading?.value
        return page
    }

    /// One less looks; after the last one it rests.
    func leave() {
        watchers -= 1
        guard watchers == 0 else { return }
        work?.cancel()
        work = nil
        loading = nil
        whole = nil
    }

    private func begin() {
        recorder.pause()
        // Subscribed before the runs are read: what happens meanwhile is not missed.
        let news = sources.hub.subscribe(
            to: [.runs, .quota, .plugins, .alerts], capacity: Self.mailbox)
        loading = Task { await load() }
        work = Task {
            await loading?.value
            await withDiscardingTaskGroup { group in
                group.addTask { await self.tick() }
                group.addTask { await self.tell(news) }
            }
        }
    }

    private func load() async {
        guard let automation = sources.automation else { return }
        board.load(await RunBoard.runs(of: automation, now: sources.bus.clock.system()))
        whole = nil
    }

    // MARK: What has happened

    private func tell(_ news: Subscription) async {
        while let batch = await news.next() {
            if batch.missed > 0 {
                await load()
                write("page", whole: true)
            } else {
                take(batch.messages)
            }
            guard (try? await Task.sleep(for: Self.gathering)) != nil else { return }
        }
    }

    private func take(_ messages: [Message]) {
        var changed: [RunID: Run] = [:]
        var alerts: [AlertNotice] = []
        var isQuota = false
        var isPlugins = false
        for message in messages {
            switch message.notice {
            case let notice as RunNotice:
                if board.apply(notice.run) { changed[notice.run.id] = notice.run }
            case let notice as AlertNotice: alerts.append(notice)
            case is QuotaNotice: isQuota = true
            case is PluginNotice: isPlugins = true
            default: break
            }
        }
        if !changed.isEmpty {
            let runs = changed.values.sorted { $0.id > $1.id }
            write("runs") { $0.runs(runs, board, now: sources.bus.clock.system()) }
        }
        if isQuota { write("quota") { $0.quota(sources.automation?.quota.debugState()) } }
        if isPlugins { lookAtPlugins() }
        if !alerts.isEmpty { write("alerts") { $0.alerts(alerts) } }
    }

    // MARK: What is looked at

    private func tick() async {
        while !Task.isCancelled {
            look()
            try? await Task.sleep(for: .milliseconds(Self.tickMilliseconds))
        }
    }

    private func look() {
        sources.pluginWatch.look()
        let clock = sources.bus.clock
        let open = sessions.figures
        events.behind(open.backlog)
        let figures = recorder.take(
            FigureRecorder.Reading(
                at: clock.system(), monotonic: clock.monotonic(), process: ProcessFigures.read(),
                intake: sources.accounting.snapshot(), active: board.active,
                created: board.created, failed: board.failed, sessions: open))
        if let figures { write("figures") { $0.figures(figures) } }
        lookAtPlugins()
        writeIfNew("configuration", \.configuration) { _ in
            .string(LiveText.short(hash: sources.configurationHash()))
        }
        writeIfNew("faults", \.faults) { $0.faults(sources.accounting.recentFaults) }
        writeIfNew("sites", \.sites) { $0.sites(board, now: clock.system()) }
        if let automation = sources.automation {
            writeIfNew("schedules", \.schedules) { $0.schedules(automation.scheduleStates) }
        }
    }

    private func lookAtPlugins() {
        writeIfNew("plugins", \.plugins) { $0.plugins(sources.plugins.all) }
    }

    // MARK: Writing

    private var text: LiveText { LiveText(redactor: sources.redactor.value) }

    /// The page as it is now, written once however many ask.
    var page: Page {
        if let whole { return whole }
        let page = Page(number: number, bytes: render("page", pageValue))
        whole = page
        return page
    }

    private var pageValue: JSONValue {
        let now = sources.bus.clock.system()
        var page: JSONObject = [
            "agent": text.agent(hash: sources.configurationHash(), now: now),
            "history": text.history(recorder.history),
            "plugins": text.plugins(sources.plugins.all),
            "alerts": text.alerts(sources.desk.recent),
            "faults": text.faults(sources.accounting.recentFaults),
        ]
        if let automation = sources.automation {
            page["runs"] = text.runs(board.all, board, now: now)
            page["sites"] = text.sites(board, now: now)
            page["schedules"] = text.schedules(automation.scheduleStates)
            page["quota"] = text.quota(automation.quota.debugState())
        }
        return .object(page)
    }

    private func writeIfNew(
        _ event: String, _ last: WritableKeyPath<Shown, String>, _ value: (LiveText) -> JSONValue
    ) {
        let value = value(text)
        let written = JSONWriter(.compact).write(value)
        guard shown[keyPath: last] != written else { return }
        shown[keyPath: last] = written
        write(event) { _ in value }
    }

    private func write(_ event: String, _ value: (LiveText) -> JSONValue) {
        publish(render(event, value(text)))
    }

    private func write(_ event: String, whole: Bool) {
        self.whole = nil
        publish(render(event, pageValue))
    }

    private func publish(_ bytes: ByteBuffer) {
        number += 1
        whole = nil
        sources.hub.publish(Message(LivePatch(number: number, bytes: bytes), to: [.live]))
    }

    private func render(_ event: String, _ value: @autoclosure () -> JSONValue) -> ByteBuffer {
        let began = sources.bus.clock.monotonic()
        var buffer = ByteBuffer()
        ServerSentEvent(event, data: JSONWriter(.compact).write(value())).write(to: &buffer)
        events.rendered(event, in: sources.bus.clock.monotonic() - began)
        return buffer
    }

    /// Runs that are not on the page.
    func runs(_ query: RunPage.Query) async throws(RequestFault) -> ByteBuffer {
        let store = try store
        let runs = try await reading { () throws(RepoError) in
            try await store.runs(query.filter, before: query.before, limit: RunPage.limit + 1)
        }
        return render("older", text.page(RunPage(runs), of: query))
    }

    /// One run, which an address named; without a value where there is none.
    func run(_ id: RunID) async throws(RequestFault) -> ByteBuffer {
        let store = try store
        let run = try await reading { () throws(RepoError) in try await store.run(id) }
        return render("run", ["id": .string(id.text), "run": run.map(text.run) ?? .null])
    }

    private var store: RunStore {
        get throws(RequestFault) {
            guard let automation = sources.automation else {
                throw .unacceptable("nothing_runs", "this agent runs nothing")
            }
            return automation.store
        }
    }
}
