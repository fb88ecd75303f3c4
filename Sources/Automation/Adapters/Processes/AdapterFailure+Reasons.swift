import Glibc

extension AdapterFailure {
    /// The system has not got what a run needs; another time it may.
    static func resources(_ what: String, code: Int32) -> AdapterFailure {
        AdapterFailure(
            kind: "spawn", reason: "resources", message: "\(what): \(systemSentence(code))")
    }

    /// Canceled before there was anything to end.
    static var canceledBeforeStart: AdapterFailure {
        AdapterFailure(
            kind: "spawn", reason: "canceled", message: "canceled before the command started")
    }

    static func invalidCommand(_ message: String) -> AdapterFailure {
        AdapterFailure(kind: "spawn", reason: "invalid_command", message: message)
    }

    static func systemSentence(_ code: Int32) -> String { String(cString: strerror(code)) }
}
