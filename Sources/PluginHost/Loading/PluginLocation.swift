import Glibc

/// Where a library is: an absolute path, or a file name looked up in configured directories.
package struct PluginLocation: Hashable, Sendable {
    /// An absolute path (has a "/"), or a file name.
    package var file: String
    /// Absolute paths, searched in order. Not used for a path.
    package var directories: [String]

    package init(file: String, directories: [String] = []) {
        self.file = file
        self.directories = directories
    }

    /// The absolute path of the file; the first directory that has the name wins, whether or not what is
    /// there can be used.
    func resolve() throws(PluginRefusal) -> String {
        if file.hasPrefix("/") { return file }
        guard !file.contains("/"), !file.isEmpty, file != "..", file != "." else {
            throw PluginRefusal(file: file, reason: .relativePath)
        }
        for directory in directories where directory.hasPrefix("/") {
            let path = directory.hasSuffix("/") ? directory + file : directory + "/" + file
            var status = stat()
            if lstat(path, &status) == 0 { return path }
        }
        throw PluginRefusal(file: file, reason: .notFound(directories: directories))
    }
}
