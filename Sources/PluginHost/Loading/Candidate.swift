import Digest
import Glibc

/// A library's file, read and found to be what it should be.
///
/// `@unchecked Sendable`: its bytes are touched only by the call that reads and loads it.
final class Candidate: @unchecked Sendable {
    let file: String
    let hash: String
    private var contents: LibraryBytes?

    init(_ request: ImageStore.Request) throws(PluginRefusal) {
        file = try request.location.resolve()
        do throws(PluginRefusal.Reason) {
            let bytes = try Self.read(file)
            hash = SHA256.hex(of: bytes.bytes)
            if let pin = request.pin?.lowercased(), pin != hash {
                throw .wrongHash(found: hash, expected: pin)
            }
            contents = consume bytes
        } catch {
            throw PluginRefusal(file: file, reason: error)
        }
    }

    /// Gives the bytes back.
    func release() { contents = nil }

    /// Reads the note and makes the bytes ready to be mapped; they are given back.
    func prepare(
        _ mode: PluginLoadMode
    ) throws(PluginRefusal) -> (note: PluginNote, source: PluginImage.Source) {
        guard let contents = contents.take() else {
            throw PluginRefusal(file: file, reason: .empty)
        }
        let note: PluginNote
        do throws(PluginNote.Fault) {
            note = try PluginNote.read(contents.bytes)
            try note.checkVersion()
        } catch {
            throw PluginRefusal(file: file, reason: .init(error))
        }
        return (note, try PluginImage.source(of: contents, file: file, mode: mode))
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
}
