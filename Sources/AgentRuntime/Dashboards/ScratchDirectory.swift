import Glibc

/// A directory that is there for as long as it is used.
enum ScratchDirectory {
    /// Makes one with these files in it, and removes it after `body`.
    static func with<Result>(
        _ files: [(path: String, contents: String)],
        _ body: (_ directory: String) async throws -> Result
    ) async throws -> Result {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(base)/agent-dashboards-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw DashboardFiles.Failure(
                description:
                    "no directory can be made in \(base): \(String(cString: strerror(errno)))")
        }
        let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        defer { remove(path, files.map(\.path)) }
        try NewFiles.write(files, to: path)
        return try await body(path)
    }

    private static func remove(_ directory: String, _ files: [String]) {
        for file in files { unlink("\(directory)/\(file)") }
        rmdir(directory)
    }
}
