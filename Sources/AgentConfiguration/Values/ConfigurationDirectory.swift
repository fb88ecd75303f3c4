/// The directory of the configuration file, against which every relative path in it is resolved.
package struct ConfigurationDirectory: Hashable, Sendable {
    /// Empty for the working directory.
    package let path: String

    package init(_ path: String) {
        self.path = path
    }

    /// The directory `file` stands in.
    package init(of file: String) {
        guard let slash = file.lastIndex(of: "/") else {
            path = ""
            return
        }
        path = slash == file.startIndex ? "/" : String(file[..<slash])
    }

    /// An absolute path stays as it is; the result of a relative one is as relative as the
    /// directory.
    package func resolve(_ relative: String) -> String {
        if path.isEmpty || relative.hasPrefix("/") { return relative }
        return path.hasSuffix("/") ? path + relative : "\(path)/\(relative)"
    }
}
