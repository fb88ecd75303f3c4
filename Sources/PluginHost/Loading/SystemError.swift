import Glibc

/// What the system says of an error number: "Permission denied".
func systemErrorText(_ code: Int32) -> String {
    guard let text = strerror(code) else { return "error \(code)" }
    return String(cString: text)
}

/// What people call a signal: "SIGSEGV".
func signalName(_ signal: Int32) -> String {
    switch signal {
    case SIGSEGV: "SIGSEGV"
    case SIGBUS: "SIGBUS"
    case SIGABRT: "SIGABRT"
    case SIGILL: "SIGILL"
    case SIGTRAP: "SIGTRAP"
    case SIGFPE: "SIGFPE"
    case SIGKILL: "SIGKILL"
    case SIGSYS: "SIGSYS"
    default: "signal \(signal)"
    }
}

/// A text in quotes, cut to what a person wants to read, with control characters made visible.
func quoted(_ text: String, limit: Int = 80) -> String {
    var result = "\""
    for (index, character) in text.unicodeScalars.enumerated() {
        if index == limit {
            result += "…"
            break
        }
        switch character {
        case "\"", "\\": result += "\\\(character)"
        case _ where character.value < 0x20 || character.value == 0x7F:
            result += "\\u{\(String(character.value, radix: 16))}"
        default: result.unicodeScalars.append(character)
        }
    }
    return result + "\""
}
