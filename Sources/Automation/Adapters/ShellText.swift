/// Words for a POSIX shell.
enum ShellText {
    /// The words as a shell reads them back, whatever is in them.
    ///
    /// Source: POSIX.1-2017, Shell Command Language, 2.2.2 Single-Quotes.
    static func quoted(_ words: some Sequence<String>) -> String {
        words.map {
            "'"
                + $0.split(separator: "'", omittingEmptySubsequences: false).joined(
                    separator: #"'\''"#) + "'"
        }
        .joined(separator: " ")
    }

    /// The command that runs its first word as a script, with the others as `$1`, `$2`, ….
    static func script(_ command: [String]) -> [String] {
        guard let script = command.first, !script.isEmpty else { return [] }
        return ["/bin/sh", "-c", script, "sh"] + command.dropFirst()
    }
}
