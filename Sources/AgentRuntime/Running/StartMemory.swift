import CPlatform

/// What only the start needs.
enum StartMemory {
    /// Gives back the program's pages: most of the code that reads, checks and puts together does not run again for as
    /// long as the agent does, and what does is mapped again from the file, without reading it.
    ///
    /// - Returns: how many bytes of code and constants the program has.
    @discardableResult
    static func giveBack() -> Int64 { platform_give_back_program() }
}
