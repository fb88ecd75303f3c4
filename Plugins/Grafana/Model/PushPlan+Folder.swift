/// The folder all dashboards lie in.
extension PushPlan {
    mutating func noteFolder(_ state: FolderState) {
        // One answer that tells it is wrong outweighs those read before it was made wrong.
        guard folder != .wrong || state == .wrong else { return }
        folder = state
        if state == .sure { memory.isFolderChecked = true }
    }

    mutating func handleFolder(_ outcome: PushOutcome) -> PushAction {
        phase = .dashboards
        switch outcome {
        case .folder(let held) where settings.comparesOnly && held?.title != settings.folder.title:
            report.add(folderName, .would(held == nil ? "create" : "rename"))
            folder = .sure
        case .folder(nil):
            phase = .makingFolder
            return .createFolder(settings.folder)
        case .folder(let held?) where held.title != settings.folder.title:
            phase = .makingFolder
            return .renameFolder(settings.folder, held)
        case .folder, .done:
            folder = .sure
            memory.isFolderChecked = true
        case .conflict, .noFolder:
            folderAttempts += 1
            folder = .unknown
            memory.isFolderChecked = false
            if folderAttempts >= Self.attempts { giveUp("others keep changing it") }
        case .refused(let why), .failed(let why): giveUp(why)
        default: giveUp("Grafana's answer does not fit the request")
        }
        return next()
    }

    private var folderName: String { "folder \(settings.folder.uid)" }

    /// Without its folder no dashboard is saved: it would lie in the root.
    private mutating func giveUp(_ why: String) {
        report.add(folderName, .failed(why))
        folder = .sure
        for index in works.indices { works[index].task = .settled }
    }
}
