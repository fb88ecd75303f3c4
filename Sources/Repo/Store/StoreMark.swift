import Glibc
import Telemetry

/// A line beside the store that says how its agent left it: whether it was closed in order, and the last audit entry.
///
/// SQLite keeps what is new in a file of its own (`-wal`). Where that is taken away, the store is whole and older, and
/// nothing in it tells; this line does. It is written after each transaction that appends entries, and not flushed to
/// the disk: it outlives the process, not always the machine.
final class StoreMark: Sendable {
    struct Content: Sendable, Equatable {
        var isOpen: Bool
        var head: AuditVerdict.Anchor?

        /// `open 17:9f86d081…`, of the same length whatever it says.
        var line: [UInt8] {
            var line = Array("\(isOpen ? "open" : "closed") \(head?.text ?? "-")".utf8)
            line += [UInt8](repeating: UInt8(ascii: " "), count: max(0, 95 - line.count))
            return line + [UInt8(ascii: "\n")]
        }

        init(isOpen: Bool, head: AuditVerdict.Anchor?) {
            self.isOpen = isOpen
            self.head = head
        }

        /// Nil for what is no such line.
        init?(_ line: String) {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count == 2, words[0] == "open" || words[0] == "closed" else { return nil }
            let head = AuditVerdict.Anchor(String(words[1]))
            guard head != nil || words[1] == "-" else { return nil }
            self.init(isOpen: words[0] == "open", head: head)
        }
    }

    private let file: Int32
    private let content: Guarded<Content>

    /// Opens the line, or makes it.
    init(_ store: StoreFile) throws(RepoError) {
        let path = Self.path(store)
        file = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        content = Guarded(
            (file < 0 ? nil : Self.read(file)) ?? Content(isOpen: false, head: nil))
        guard file >= 0 else {
            throw .place(
                path: store.path,
                reason: "cannot open \(path): \(String(cString: strerror(errno)))")
        }
        fchmod(file, 0o600)
    }

    deinit { if file >= 0 { close(file) } }

    /// What the last agent left; nil where there is nothing of the kind.
    static func read(beside store: StoreFile) -> Content? {
        let file = open(path(store), O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        return read(file)
    }

    private static func path(_ store: StoreFile) -> String { store.path + ".head" }

    private static func read(_ file: Int32) -> Content? {
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = bytes.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, 0) }
        return Content(String(decoding: bytes.prefix(max(0, count)), as: UTF8.self))
    }

    var head: AuditVerdict.Anchor? { content.withLock { $0.head } }
    var isOpen: Bool { content.withLock { $0.isOpen } }

    /// From here on the store is in use, and ends so.
    func begin(_ head: AuditVerdict.Anchor?) {
        change {
            $0.isOpen = true
            $0.head = head
        }
    }

    /// An entry was stored.
    func note(_ head: AuditVerdict.Anchor) {
        change { if head.seq > $0.head?.seq ?? 0 { $0.head = head } }
    }

    /// Everything is in the file itself.
    func end() { change { $0.isOpen = false } }

    private func change(_ body: (inout Content) -> Void) {
        content.withLock { content in
            body(&content)
            let line = content.line
            // Where that fails the line is older than the store, which harms nothing.
            if pwrite(file, line, line.count, 0) == line.count { ftruncate(file, line.count) }
        }
    }
}
