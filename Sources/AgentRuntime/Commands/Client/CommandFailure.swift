/// Why a command could not do what it was asked, as a sentence.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String
    /// What the command exits with.
    let exitCode: Int32

    init(_ description: String, exitCode: Int32 = 1) {
        self.description = description
        self.exitCode = exitCode
    }
}
