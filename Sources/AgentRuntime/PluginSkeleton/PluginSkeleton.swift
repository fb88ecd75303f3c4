/// The files a new plugin begins with: they build, load and do something to see.
package enum PluginSkeleton {
    package enum Language: String, CaseIterable, Sendable {
        case c
        case swift
    }

    package enum Kind: String, CaseIterable, Sendable {
        case exporter
        case metrics
    }

    /// The files, by their paths below the directory of the plugin.
    ///
    /// - Parameters:
    ///   - name: what an operator writes in the configuration; a letter, then letters and digits.
    ///   - agentPackage: path or URL of the package that holds PluginKit; read for Swift only.
    package static func files(
        name: String, language: Language, kind: Kind, agentPackage: String = "../agent"
    ) throws(PluginSkeletonError) -> [(path: String, contents: String)] {
        try check(name: name)
        let replacements = [
            ("@NAME@", name),
            ("@SLUG@", slug(of: name)),
            ("@SUMMARY@", summary(of: kind)),
        ]
        let files =
            switch language {
            case .c: CSkeleton.files(kind: kind)
            case .swift: try SwiftSkeleton.files(kind: kind, agentPackage: agentPackage)
            }
        return files.map { file in
            var file = file
            for (placeholder, text) in replacements {
                file.path.replace(placeholder, with: text)
                file.contents.replace(placeholder, with: text)
            }
            return file
        }
    }

    /// The name in files, ids and metric names: `Kafka` is `kafka`.
    package static func slug(of name: String) -> String { name.lowercased() }

    private static func summary(of kind: Kind) -> String {
        switch kind {
        case .exporter: "Counts the samples of every snapshot."
        case .metrics: "Counts and times the requests of an application."
        }
    }

    private static func check(name: String) throws(PluginSkeletonError) {
        func isLetter(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }
        let bytes = name.utf8
        guard let first = bytes.first, isLetter(first), bytes.count <= 40,
            bytes.allSatisfy({
                isLetter($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
            })
        else { throw .invalidName(name) }
        guard !["CAgentPlugin", "PluginKit", "Swift"].contains(name) else { throw .takenName(name) }
    }
}
