import Glibc

/// The variables that `{"env": "NAME"}` may name.
package struct Environment: Sendable, ExpressibleByDictionaryLiteral {
    private let variables: [String: String]

    package init(_ variables: [String: String]) {
        self.variables = variables
    }

    package init(dictionaryLiteral elements: (String, String)...) {
        variables = Dictionary(elements) { _, last in last }
    }

    package subscript(name: String) -> String? { variables[name] }

    /// This process's own, copied once; what is not valid UTF-8 is left out.
    package static var process: Environment {
        var variables: [String: String] = [:]
        // Nothing in the agent calls setenv or putenv, so the array stands still while it is read.
        var entry = environ
        while let pointer = entry.pointee {
            if let text = String(validatingCString: pointer),
                let separator = text.firstIndex(of: "=")
            {
                variables[String(text[..<separator])] = String(
                    text[text.index(after: separator)...])
            }
            entry += 1
        }
        return Environment(variables)
    }
}
