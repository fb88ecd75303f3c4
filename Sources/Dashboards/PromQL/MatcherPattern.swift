/// Looks over a regular expression of a matcher: what could not be compiled whatever engine reads it.
///
/// Source: RE2's syntax.
enum MatcherPattern {
    /// Why it is no regular expression; nil where nothing is seen.
    static func fault(in pattern: String) -> String? {
        var groups = 0
        var canRepeat = false
        var scalars = Array(pattern.unicodeScalars)[...]
        while let scalar = scalars.popFirst() {
            switch scalar {
            case "\\":
                guard scalars.popFirst() != nil else { return "it ends in a backslash" }
                canRepeat = true
            case "[":
                guard skipClass(&scalars) else { return "a \"[\" is not closed" }
                canRepeat = true
            case "(":
                groups += 1
                canRepeat = false
                // What follows "(?" is a flag or a name.
                if scalars.first == "?" { scalars.removeFirst() }
            case ")":
                groups -= 1
                guard groups >= 0 else { return "a \")\" closes nothing" }
                canRepeat = true
            case "*", "+", "?":
                guard canRepeat else { return "a \"\(scalar)\" repeats nothing" }
            case "|": canRepeat = false
            default: canRepeat = true
            }
        }
        return groups == 0 ? nil : "a \"(\" is not closed"
    }

    /// Moves behind the bracket that ends a class; its first character is never that.
    private static func skipClass(_ scalars: inout ArraySlice<Unicode.Scalar>) -> Bool {
        if scalars.first == "^" { scalars.removeFirst() }
        var isFirst = true
        while let scalar = scalars.popFirst() {
            if scalar == "]", !isFirst { return true }
            if scalar == "\\", scalars.popFirst() == nil { return false }
            isFirst = false
        }
        return false
    }
}
