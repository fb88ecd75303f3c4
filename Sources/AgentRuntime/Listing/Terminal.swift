import Glibc

/// The terminal that the output goes to.
enum Terminal {
    /// Whether people read standard error as it is written.
    static var isStandardError: Bool { isatty(STDERR_FILENO) == 1 }

    /// Whether what goes to standard output is coloured: on a terminal, unless NO_COLOR says no.
    ///
    /// Source: no-color.org
    static var isColoured: Bool {
        isatty(STDOUT_FILENO) == 1 && variable("NO_COLOR") == nil && variable("TERM") != "dumb"
    }

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// How many characters a line has: what COLUMNS says, or the terminal; nil when the output goes
    /// elsewhere, to a file or a program.
    static var width: Int? {
        if let told = getenv("COLUMNS").flatMap({ Int(String(cString: $0)) }), told >= 40 {
            return told
        }
        guard isatty(STDOUT_FILENO) == 1 else { return nil }
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 40 else {
            return 80
        }
        return Int(size.ws_col)
    }
}
