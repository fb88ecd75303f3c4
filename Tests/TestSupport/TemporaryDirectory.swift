import Foundation
import Glibc

/// A directory that is removed, with what is in it, when its owner lets go of it.
///
/// Its path is short, so that a Unix socket's path (107 bytes at most) fits beneath it.
package final class TemporaryDirectory: Sendable {
    package let path: String

    package init() throws {
        var template = Array("/tmp/agent-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemCallFailed("mkdtemp") }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of something in the directory, which need not be there yet.
    package func path(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file, with the directories on its way, and returns its path.
    @discardableResult
    package func write(_ contents: String, to name: String) throws -> String {
        try write(Array(contents.utf8), to: name)
    }

    /// Writes a file, with the directories on its way, and returns its path.
    @discardableResult
    package func write(_ contents: [UInt8], to name: String) throws -> String {
        let file = URL(fileURLWithPath: path(name))
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(contents).write(to: file)
        return file.path
    }
}
