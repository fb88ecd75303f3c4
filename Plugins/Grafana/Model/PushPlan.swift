import PluginKit

/// One push, decided step by step: what was answered to the last request says which one is next.
///
/// Every request may be made again when its answer was lost: a save names the revision it replaces, so the second
/// one is a conflict, and the dashboard is read again and found as it should be. The same makes agents that start
/// together end in one version.
///
/// First all dashboards are read. Where all is well that is the end; else the folder is made sure of, and what
/// differs is saved.
struct PushPlan: Sendable {
    enum Task {
        case unread
        case write(replacing: HeldDashboard.Revision?)
        /// A person's version, to be saved aside before it is replaced.
        case copy(HeldDashboard)
        case settled
    }

    enum FolderState {
        case unknown, wrong, sure
    }

    struct Work {
        let wanted: WantedDashboard
        var task = Task.unread
        var copiedTo: String?
        var attempts = 0
    }

    enum Phase {
        case dashboards
        case readingFolder, makingFolder
        case dataSource
        case listing
        case readingRetired(String)
        case removing(String)
        case done
    }

    /// How often one dashboard or the folder is looked at again because others were faster.
    static let attempts = 5

    let settings: PushSettings
    var memory: PushMemory
    var works: [Work]
    var current = 0
    var phase = Phase.dashboards
    var folder = FolderState.unknown
    var folderAttempts = 0
    var retired: [String] = []
    var isListed = false
    var report = PushReport()

    init(_ wanted: [WantedDashboard], _ settings: PushSettings, memory: PushMemory = PushMemory()) {
        self.settings = settings
        self.memory = memory
        works = wanted.map { Work(wanted: $0) }
    }

    /// What the next push should know of this one.
    var remembered: PushMemory { memory }

    /// The first request.
    mutating func begin() -> PushAction { next() }

    /// The request that follows from what became of the last one.
    mutating func handle(_ outcome: PushOutcome) -> PushAction {
        switch phase {
        case .dashboards: handleDashboard(outcome)
        case .readingFolder, .makingFolder: return handleFolder(outcome)
        case .dataSource:
            memory.dataSource = .none
            if case .dataSource(let uid, let name) = outcome {
                memory.dataSource = .found(uid: uid, name: name)
            }
            phase = .dashboards
        case .listing, .readingRetired, .removing: return handleRetired(outcome)
        case .done: break
        }
        return next()
    }

    // MARK: What is next

    mutating func next() -> PushAction {
        if let unread = works.firstIndex(where: {
            if case .unread = $0.task { true } else { false }
        }) {
            current = unread
            works[current].attempts += 1
            return .read(uid: works[current].wanted.uid)
        }
        let unsettled = works.firstIndex { if case .settled = $0.task { false } else { true } }
        if mustReadFolder(forWriting: unsettled != nil) {
            phase = .readingFolder
            return .readFolder(uid: settings.folder.uid)
        }
        guard let unsettled else { return nextRetired() }
        current = unsettled
        if settings.dataSourceUID == nil, memory.dataSource == .unknown {
            phase = .dataSource
            return .findDataSource
        }
        return save()
    }

    /// Where every dashboard is as it should be, the folder is looked at once in this agent's life at most: often
    /// the answers about dashboards tell of it.
    private func mustReadFolder(forWriting: Bool) -> Bool {
        switch folder {
        case .sure: false
        case .wrong: true
        case .unknown: forWriting || !works.isEmpty && !memory.isFolderChecked
        }
    }

    private func save() -> PushAction {
        let work = works[current]
        switch work.task {
        case .copy(let held): return .save(copy(of: held))
        case .write(let revision): return .save(push(work.wanted, replacing: revision))
        case .unread, .settled: return .read(uid: work.wanted.uid)
        }
    }

    private func push(
        _ wanted: WantedDashboard, replacing revision: HeldDashboard.Revision?
    ) -> PushAction.Save {
        let stamp = Stamp(version: (revision?.version ?? 0) &+ 1, hash: wanted.hash)
        var model = wanted.model
        if case .found(let uid, let name) = memory.dataSource {
            model = model.usingDataSource(uid: uid, name: name)
        }
        return PushAction.Save(
            uid: wanted.uid, title: wanted.title, model: model.marked(stamp),
            folderUID: settings.folder.uid, replacing: revision,
            message: "agent \(settings.agentVersion), content \(wanted.hash)")
    }

    private func copy(of held: HeldDashboard) -> PushAction.Save {
        let uid = copyUID(held)
        let title =
            "\(held.model["title"]?.text ?? held.uid) (edited, version \(held.revision.version))"
        let model = held.model.without(WantedDashboard.givenByGrafana).unmarked
            .with("uid", .string(uid)).with("title", .string(title))
        return PushAction.Save(
            uid: uid, title: title, model: model,
            folderUID: held.folderUID.isEmpty ? settings.folder.uid : held.folderUID,
            replacing: nil,
            message: "agent \(settings.agentVersion), copy of \(held.uid) as edited in Grafana")
    }

    /// The same for every agent that finds the same version, and outside the namespace of what may be removed.
    func copyUID(_ held: HeldDashboard) -> String {
        let suffix = "-v\(held.revision.version)"
        let room = WantedDashboard.longestUID - suffix.utf8.count - "edited-".utf8.count
        return "edited-\(held.uid.prefix(room))\(suffix)"
    }
}
