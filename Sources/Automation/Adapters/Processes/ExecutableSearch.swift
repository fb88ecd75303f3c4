import Glibc

/// Finds the program of a command the way a shell does.
enum ExecutableSearch {
    /// A name with a slash is a path, and relative to the command's working directory; any other is looked for in the
    /// absolute directories of `searchPath`, never in the working directory.
    static func find(_ program: String, along searchPath: String) throws(AdapterFailure) -> String {
        if program.utf8.contains(UInt8(ascii: "/")) { return program }
        var isThere = false
        for directory in searchPath.split(separator: ":") where directory.hasPrefix("/") {
            let candidate = "\(directory)/\(program)"
            var status = stat()
            guard stat(candidate, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                continue
            }
            if access(candidate, X_OK) == 0 { return candidate }
            isThere = true
        }
        guard isThere else {
            throw AdapterFailure(
                kind: "spawn", reason: "not_found",
                message: "there is no program '\(program)' in \(searchPath)")
        }
        throw AdapterFailure(
            kind: "spawn", reason: "permission", message: "'\(program)' may not be executed")
    }
}
