/// How far a library came where it was tried.
package enum TrialPhase: String, Sendable, CaseIterable {
    case loading
    case entry
    case describing

    /// For the middle of a sentence.
    var place: String {
        switch self {
        case .loading: "while its initialisers ran"
        case .entry: "in agent_plugin_entry"
        case .describing: "while it was asked what it offers"
        }
    }
}

/// What became of a library in the process where it was tried.
enum TrialVerdict: Hashable, Sendable {
    case good
    /// It answered in good order why it cannot be used: the refusal's code and sentence.
    case refused(code: String, text: String)
    case crashed(TrialPhase, signal: Int32)
    case exited(TrialPhase, code: Int32)
    case hung(TrialPhase)

    /// One line for the pipe to the agent, without its end.
    var line: String {
        switch self {
        case .good: "good"
        case .refused(let code, let text): "refused \(code) \(text.replacing("\n", with: " "))"
        case .crashed(let phase, let signal): "crashed \(phase) \(signal)"
        case .exited(let phase, let code): "exited \(phase) \(code)"
        case .hung(let phase): "hung \(phase)"
        }
    }

    /// Nil for a line that none of these writes.
    init?(line: some StringProtocol) {
        let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        let phase = words.count > 1 ? TrialPhase(rawValue: String(words[1])) : nil
        let number = words.count > 2 ? Int32(String(words[2])) : nil
        switch (words.first.map { String($0) }, phase, number) {
        case ("good", _, _): self = .good
        case ("refused", _, _) where words.count == 3:
            self = .refused(code: String(words[1]), text: String(words[2]))
        case ("crashed", let phase?, let number?): self = .crashed(phase, signal: number)
        case ("exited", let phase?, let number?): self = .exited(phase, code: number)
        case ("hung", let phase?, _): self = .hung(phase)
        default: return nil
        }
    }
}
