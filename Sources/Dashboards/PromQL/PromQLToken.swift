/// The smallest part of an expression that means something.
struct PromQLToken: Hashable {
    enum Kind: Hashable {
        /// A word that is no number: a name or a keyword.
        case word
        case number
        case duration
        case string
        /// A word that a Grafana variable is part of: `$job`, `${name:regex}`, `${unit}_total`.
        case template
        /// An operator, a bracket, a comma.
        case symbol
        case end
    }

    let kind: Kind
    /// As written; of a string, what it means.
    let text: String
    /// Bytes of the expression.
    let range: Range<Int>

    /// As an error names it.
    var summary: String {
        switch kind {
        case .end: "the end"
        case .string: "a string"
        case .word, .number, .duration, .template, .symbol: "\"\(text)\""
        }
    }

    /// Keywords are the same in upper and lower case.
    var keyword: String { text.lowercased() }
}
