import Digest
import Glibc
import Telemetry

/// The images this process has mapped, by the hash of their bytes.
///
/// One for the process, as the dynamic linker's list is: an image is mapped once, its entry function called once,
/// and neither is ever undone.
final class ImageStore: Sendable {
    static let shared = ImageStore()

    private struct State {
        var libraries: [String: Result<PluginLibrary, PluginRefusal>] = [:]
        var mapped = 0
    }

    private let state = Guarded(State())

    /// How many images are mapped.
    var count: Int { state.withLock { $0.mapped } }

    /// Checks, maps and asks a library, or answers what the same bytes answered before.
    func load(
        _ location: PluginLocation, sha256 pin: String?, mode: PluginLoadMode, log: PluginLog,
        clock: TelemetryClock
    ) throws(PluginRefusal) -> PluginLibrary {
        let file = try location.resolve()
        do throws(PluginRefusal.Reason) {
            let bytes = try Self.read(file)
            let hash = SHA256.hex(of: bytes.bytes)
            if let pin, pin.lowercased() != hash {
                throw .wrongHash(found: hash, expected: pin.lowercased())
            }
            return try state.withLock { (state) throws(PluginRefusal.Reason) in
                try Self.find(hash, bytes, file, mode, log, clock, &state)
            }
        } catch {
            throw PluginRefusal(file: file, reason: error)
        }
    }

    /// What the same bytes answered before, wherever they were; nil where there were none.
    func known(_ hash: String, file: String) -> PluginLibrary? {
        guard var library = try? state.withLock({ $0.libraries[hash] })?.get() else { return nil }
        library.file = file
        return library
    }

    private static func read(_ file: String) throws(PluginRefusal.Reason) -> LibraryBytes {
        let descriptor: Int32
        do { descriptor = try TrustedPath().open(file) } catch { throw .init(error) }
        defer { close(descriptor) }
        do {
            return try LibraryBytes(reading: descriptor, limit: PluginLibrary.maximumSize)
        } catch {
            throw .init(error)
        }
    }

    private static func find(
        _ hash: String, _ bytes: borrowing LibraryBytes, _ file: String, _ mode: PluginLoadMode,
        _ log: PluginLog, _ clock: TelemetryClock, _ state: inout State
    ) throws(PluginRefusal.Reason) -> PluginLibrary {
        switch state.libraries[hash] {
        case .success(var library):
            library.file = file
            return library
        case .failure(let refusal): throw refusal.reason
        case nil: break
        }
        let note: PluginNote
        do {
            note = try PluginNote.read(bytes.bytes)
            try note.checkVersion()
        } catch { throw .init(error) }

        let host = HostContext(name: file, log: log, clock: clock)
        let result: Result<PluginLibrary, PluginRefusal>
        do throws(PluginRefusal) {
            let image = try PluginImage.map(bytes, file: file, mode: mode)
            state.mapped += 1
            if case .pathInstead(let code) = image.origin {
                log(
                    .warning, file,
                    "mapped from its path, because the kernel forbids code from memory files "
                        + "(\(systemErrorText(code))): replace the file, never overwrite it")
            }
            result = .success(
                try PluginLibrary(image, file: file, sha256: hash, note: note, host: host))
        } catch {
            // What failed for want of memory or of another library may work the next time.
            if case .noMemory = error.reason { throw error.reason }
            if case .loadFailed = error.reason { throw error.reason }
            result = .failure(error)
        }
        state.libraries[hash] = result
        do { return try result.get() } catch { throw error.reason }
    }
}
