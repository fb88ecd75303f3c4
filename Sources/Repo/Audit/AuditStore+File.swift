import GRDB
import Telemetry

extension AuditStore {
    /// Looks at every entry of a file, whether an agent has it open or not; nothing is written.
    package static func verify(
        path: String, against anchor: AuditVerdict.Anchor? = nil, keys: AuditKeys = .none
    ) throws(RepoError) -> AuditVerdict {
        let file = StoreFile(path: path)
        guard try file.look() != nil else { throw .place(path: path, reason: "it is not there") }
        // Before the file: what is appended meanwhile comes after it.
        let left = StoreMark.read(beside: file)?.head
        var settings = Repo.Settings(path: path)
        settings.readers = 1
        let events: RepoEvents
        do {
            events = try RepoEvents(
                bus: TelemetryBus(), prefix: settings.eventPrefix, repo: settings.name,
                database: file.name)
        } catch { throw .settings("\(error)") }
        let sessions = Sessions(events, PoolGauge())
        var configuration = settings.configuration(sessions)
        configuration.readonly = true
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            defer {
                queue.inDatabase { _ in sessions.forget() }
                try? queue.close()
            }
            var walk = AuditWalk(anchor: anchor, left: left, keys: keys, isWhole: true)
            while try queue.read({ database in try walk.page(sessions.of(database)) }) {}
            return walk.verdict
        } catch {
            switch RepoError(error) {
            case .corrupt(let detail) where !detail.hasPrefix(path):
                throw .corrupt("\(path): \(detail)")
            case .newerSchema(_, let found, let known):
                throw .newerSchema(path: path, found: found, known: known)
            case let other: throw other
            }
        }
    }
}
