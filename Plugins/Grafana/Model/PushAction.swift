import PluginKit

/// One request of a push.
enum PushAction: Equatable, Sendable {
    /// A dashboard to be saved as new, or in place of a certain revision: what others save at the same time makes
    /// it fail, and is not lost.
    struct Save: Equatable, Sendable {
        let uid: String
        let title: String
        let model: JSON
        let folderUID: String
        let replacing: HeldDashboard.Revision?
        let message: String
    }

    case readFolder(uid: String)
    case createFolder(PushSettings.Folder)
    case renameFolder(PushSettings.Folder, HeldFolder)
    case read(uid: String)
    case findDataSource
    case save(Save)
    /// All dashboards that were ever pushed.
    case list
    case remove(HeldDashboard)
    case finish(PushReport)
}

/// What became of a request that was answered.
enum PushOutcome: Equatable, Sendable {
    /// `nil`: there is none.
    case folder(HeldFolder?)
    case dashboard(HeldDashboard?)
    case dataSource(uid: String, name: String)
    case done
    case saved(version: Int64)
    case listed(uids: [String])
    /// Someone else changed it first.
    case conflict
    /// Another dashboard in the folder has its title.
    case titleTaken
    /// The folder is not there.
    case noFolder
    /// It will not be taken as it is.
    case refused(String)
    /// It may be taken later.
    case failed(String)
}

/// What a push came to.
struct PushReport: Equatable, Sendable {
    enum Result: Equatable, Sendable {
        case unchanged
        case created
        case updated
        /// Updated, and what a person had made of it saved under this uid.
        case copied(uid: String)
        /// A person changed it, and it stays so.
        case kept
        /// Another agent pushed other content after this one did.
        case superseded
        case removed
        /// What a push would do: create, update, copy, rename, remove.
        case would(String)
        case refused(String)
        case failed(String)
    }

    private(set) var results: [(uid: String, result: Result)] = []

    mutating func add(_ uid: String, _ result: Result) {
        results.append((uid, result))
    }

    static func == (a: PushReport, b: PushReport) -> Bool {
        a.results.elementsEqual(b.results) { $0.uid == $1.uid && $0.result == $1.result }
    }

    /// Whether trying again soon may help.
    var isWorthRetrying: Bool {
        results.contains { if case .failed = $0.result { true } else { false } }
    }
}
