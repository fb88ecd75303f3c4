import AgentConfiguration
import Repo
import Synchronization

/// What the store and the audit log take, as last looked at, for metrics and health; nothing where there is no store.
final class StoreWatch: Sendable {
    struct Figures: Sendable {
        /// Of parts of the store: `runs`, `audit`, `free`, and `log` beside the file.
        let bytes: [(part: String, bytes: Int64)]
        /// What runs and the audit log may take.
        let limits: [(part: String, bytes: Int64)]
        let entries: Int64
        let audit: AuditLog.Status
        /// As it was last told.
        let head: String?
    }

    private struct State {
        var parts: AutomationParts?
        var sizes: StoreSizes?
    }

    private let state = Mutex(State())

    func use(_ parts: AutomationParts) { state.withLock { $0.parts = parts } }

    /// Asks the store anew; to be called every few seconds. While it does not answer, what was known stays.
    func refresh() async {
        guard let parts = state.withLock({ $0.parts }),
            let sizes = try? await parts.repo.sizes()
        else { return }
        state.withLock { $0.sizes = sizes }
    }

    var figures: Figures? {
        let (parts, sizes) = state.withLock { ($0.parts, $0.sizes) }
        guard let parts else { return nil }
        var bytes = [("log", parts.repo.logBytes)]
        if let sizes {
            bytes += [("runs", sizes.runs), ("audit", sizes.audit), ("free", sizes.free)]
        }
        return Figures(
            bytes: bytes,
            limits: [("runs", parts.sizeLimits.runs), ("audit", parts.sizeLimits.audit)],
            entries: parts.repo.auditEntries, audit: parts.audit.status,
            head: parts.head.told?.text)
    }
}
