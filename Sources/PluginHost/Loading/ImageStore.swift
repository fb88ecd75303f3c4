import Glibc
import Telemetry

/// The images this process has mapped, by the hash of their bytes.
///
/// One for the process, as the dynamic linker's list is: an image is mapped once, its entry function called once,
/// and neither is ever undone. No lock is held while a library's code runs.
final class ImageStore: Sendable {
    static let shared = ImageStore()

    /// One library that is wanted.
    struct Request: Sendable {
        let location: PluginLocation
        /// The only hash it may have.
        let pin: String?
    }

    private struct State {
        var libraries: [String: Entry] = [:]
        var mapped = 0
        /// Loads whose thread was given up.
        var hung = 0
    }

    private enum Entry {
        /// Another caller is at it.
        case loading
        case done(Result<PluginLibrary, PluginRefusal>)
    }

    private let state = Monitor(State())

    /// How many images are mapped.
    var count: Int { state.withLock { $0.mapped } }

    /// Whether code of a library still runs that was to be mapped or asked.
    var isHung: Bool { state.withLock { $0.hung > 0 } }

    /// Checks, tries, maps and asks libraries, or answers what the same bytes answered before.
    func load(_ requests: [Request], _ settings: ImageSettings) -> [ImageLoader.Answer] {
        var found: [Result<Candidate, PluginRefusal>] = []
        var mine: [Candidate] = []
        for request in requests {
            do throws(PluginRefusal) {
                let candidate = try Candidate(request)
                // Bytes that somebody else answers for need not stay in memory.
                if claim(candidate.hash) { mine.append(candidate) } else { candidate.release() }
                found.append(.success(candidate))
            } catch {
                found.append(.failure(error))
            }
        }
        // All that is claimed is done before others are waited for: so nobody waits for ever.
        ImageLoader(settings).load(
            mine, onMapped: { self.state.change { $0.mapped += 1 } },
            onResult: { candidate, result in finish(candidate.hash, result) })
        return found.map { found in
            found.flatMap { self.answer(to: $0, settings) }
        }
    }

    /// What the same bytes answered before, wherever they were; nil where there were none.
    func known(_ hash: String, file: String) -> PluginLibrary? {
        guard case .done(.success(var library)) = state.withLock({ $0.libraries[hash] }) else {
            return nil
        }
        library.file = file
        return library
    }

    private func claim(_ hash: String) -> Bool {
        state.change { state in
            guard state.libraries[hash] == nil else { return false }
            state.libraries[hash] = .loading
            return true
        }
    }

    private func finish(_ hash: String, _ result: Result<PluginLibrary, PluginRefusal>) {
        state.change { state in
            state.libraries[hash] = .done(result)
            if case .failure(let refusal) = result, case .late = refusal.reason { state.hung += 1 }
        }
    }

    private func answer(
        to candidate: Candidate, _ settings: ImageSettings
    ) -> Result<PluginLibrary, PluginRefusal> {
        let deadline = MonotonicTime.after(settings.patience.nanoseconds &* 4)
        let entry: Entry? = state.wait { state in
            if case .done(let result) = state.libraries[candidate.hash] {
                // What failed for want of memory or of another library may work the next time.
                if case .failure(let refusal) = result, refusal.isOfTheMoment {
                    state.libraries[candidate.hash] = nil
                }
                return .done(.done(result))
            }
            guard state.libraries[candidate.hash] != nil, MonotonicTime.now < deadline else {
                return .done(nil)
            }
            return .wait(until: deadline)
        }
        guard case .done(let result) = entry else {
            return .failure(
                PluginRefusal(
                    file: candidate.file,
                    reason: .late(
                        call: "loading it elsewhere",
                        seconds: settings.patience.components.seconds * 4)))
        }
        return result.map { library in
            var library = library
            library.file = candidate.file
            return library
        }.mapError { PluginRefusal(file: candidate.file, reason: $0.reason) }
    }
}

extension PluginRefusal {
    /// Whether the same bytes may be taken another time.
    fileprivate var isOfTheMoment: Bool {
        switch reason {
        case .noMemory, .loadFailed, .crashed(_, signal: SIGKILL): true
        case .refusedWhenTried(let code, _): code == "load"
        default: false
        }
    }
}
