/// What becomes of each dashboard.
extension PushPlan {
    mutating func handleDashboard(_ outcome: PushOutcome) {
        guard works.indices.contains(current) else { return }
        let task = works[current].task
        switch (task, outcome) {
        case (.unread, .dashboard(let held)): judge(held)
        case (.write(let revision), .saved(let version)):
            let uid = works[current].wanted.uid
            memory.assigned[uid] = version
            memory.seen[uid] = works[current].wanted.hash
            settle(
                works[current].copiedTo.map { .copied(uid: $0) }
                    ?? (revision == nil ? .created : .updated))
        case (.copy(let held), .saved), (.copy(let held), .conflict):
            // A conflict: another agent, or an earlier push, saved the same copy.
            works[current].copiedTo = copyUID(held)
            works[current].task = .write(replacing: held.revision)
        case (.write, .conflict): readAgain()
        // It may be the very same, saved by another agent a moment ago.
        case (_, .titleTaken) where works[current].attempts < 2: readAgain()
        case (_, .titleTaken):
            settle(.refused("another dashboard in the folder has its title"))
        case (.write, .noFolder), (.copy, .noFolder):
            folder = .unknown
            readAgain()
        case (_, .refused(let why)): settle(.refused(why))
        case (_, .failed(let why)): settle(.failed(why))
        default: settle(.failed("Grafana's answer does not fit the request"))
        }
    }

    private mutating func judge(_ held: HeldDashboard?) {
        let work = works[current]
        let wanted = work.wanted
        guard let held else {
            undertake(.write(replacing: nil))
            return
        }
        if held.folderUID == settings.folder.uid, let title = held.folderTitle {
            noteFolder(title == settings.folder.title ? .sure : .wrong)
        }
        let isOurs =
            held.stamp.map {
                $0.version == held.revision.version
                    || memory.assigned[wanted.uid] == held.revision.version
            } ?? false
        if isOurs ? held.stamp?.hash == wanted.hash : wanted.isHeld(as: held.model) {
            memory.seen[wanted.uid] = wanted.hash
            return settle(work.copiedTo.map { .copied(uid: $0) } ?? .unchanged)
        }
        if isOurs, memory.seen[wanted.uid] == wanted.hash {
            // What this agent has had there already, another one replaced: not to and fro for ever.
            return settle(.superseded)
        }
        if isOurs {
            undertake(.write(replacing: held.revision))
            return
        }
        switch settings.onConflict {
        case .keep: settle(.kept)
        case .overwrite: undertake(.write(replacing: held.revision))
        case .copy: undertake(.copy(held))
        }
    }

    /// Takes a write upon itself, or tells of it where nothing is to be written.
    private mutating func undertake(_ task: Task) {
        guard settings.comparesOnly else {
            works[current].task = task
            return
        }
        switch task {
        case .write(replacing: nil): settle(.would("create"))
        case .copy: settle(.would("copy"))
        default: settle(.would("update"))
        }
    }

    private mutating func readAgain() {
        guard works[current].attempts < Self.attempts else {
            return settle(.failed("others keep changing it"))
        }
        works[current].task = .unread
    }

    private mutating func settle(_ result: PushReport.Result) {
        works[current].task = .settled
        report.add(works[current].wanted.uid, result)
    }
}
