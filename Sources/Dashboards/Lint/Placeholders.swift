/// Finds what stands in double braces: `{{site}}` of a legend, `{{ $labels.site }}` of an alert.
enum Placeholders {
    /// What stands between them, without blanks around it.
    static func names(in text: String) -> [String] {
        var names: [String] = []
        var rest = Substring(text)
        while let start = rest.firstRange(of: "{{") {
            rest = rest[start.upperBound...]
            guard let end = rest.firstRange(of: "}}") else { break }
            let words = rest[..<end.lowerBound].split(separator: " ")
            names.append(words.joined(separator: " "))
            rest = rest[end.upperBound...]
        }
        return names
    }
}
